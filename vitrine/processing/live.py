"""How jobs are doing, told as it happens: one thread looks at the database once a second for all who listen in this
process, and ends when nobody does. Who listens holds a thread of the web server, so only some may; and no connection.

A mark is a moment, in milliseconds since 1970: whoever lost the line names the last one they heard, to whichever
process answers now, and is told everything that changed since.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from vitrine.access.presence import Visit, still_here
from vitrine.errors import Busy
from vitrine.processing.models import Job, State

log = structlog.get_logger()

TICK_S = 1.0
OVERLAP = timedelta(seconds=15)  # a commit shows later than the moment that it names
LONGEST_AWAY = timedelta(hours=12)
AT_ONCE_A_PERSON = 4
_MOST = 500
_AGAIN_S = 30
_OPEN = Q(state__in=[State.QUEUED, State.PROCESSING])


@dataclass(frozen=True, slots=True)
class News:
    """Jobs that changed, oldest first. `over`: the listener has logged out, and gets nothing more. `elsewhere`: this
    process ends, and another one goes on telling."""

    mark: int
    jobs: tuple[Job, ...] = ()
    over: bool = False
    elsewhere: bool = False


@dataclass(eq=False, slots=True)
class Listener:
    """One who listens."""

    visit: Visit
    heard: "SimpleQueue[News]" = field(default_factory=SimpleQueue)

    def wait(self, seconds: float) -> News | None:
        """The next news; None when there were none for so long."""
        try:
            return self.heard.get(timeout=seconds)
        except Empty:
            return None


class Station:
    """Who listens in this process, and the thread that looks for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()

    @contextmanager
    def listening(self, visit: Visit) -> Iterator[Listener]:
        """Busy when all places are taken: ask for the jobs from time to time then."""
        listener = Listener(visit)
        with self._lock:
            own = sum(one.visit.person_id == visit.person_id for one in self._listeners)
            if len(self._listeners) >= settings.LISTENERS_AT_ONCE or own >= AT_ONCE_A_PERSON:
                raise Busy(
                    "All places of those who are told as it happens are taken. "
                    f"Ask /api/tasks/ instead, and here again in {_AGAIN_S} s.",
                    retry_after_s=_AGAIN_S,
                )
            self._listeners.add(listener)
            self._begin()
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)
                if not self._listeners:
                    self._wake.set()

    def end(self) -> None:
        """Send everybody away, and wait for the thread."""
        with self._lock:
            listeners, thread = list(self._listeners), self._thread
            self._listeners.clear()
            self._wake.set()
        for one in listeners:
            one.heard.put(News(mark_of(timezone.now()), over=True))
        if thread is not None:
            thread.join()

    def let_go(self) -> None:
        """End every line, since this process ends. Nobody is waited for."""
        with self._lock:
            listeners = list(self._listeners)
        for one in listeners:
            one.heard.put(News(mark_of(timezone.now()), elsewhere=True))

    def _begin(self) -> None:
        self._wake.clear()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._look, name="live-jobs", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        seen = Seen()
        while self._goes_on():
            try:
                self._tell(seen)
            except DatabaseError as error:  # the next round tells all that was missed
                log.warning("live_jobs_missed", reason=str(error))
            finally:
                connection.close()
            self._wake.wait(TICK_S)

    def _goes_on(self) -> bool:
        with self._lock:
            if self._listeners:
                return True
            self._thread = None
            return False

    def _tell(self, seen: "Seen") -> None:
        now = timezone.now()
        jobs = seen.changed(now)
        with self._lock:
            listeners = list(self._listeners)
        here = still_here({one.visit for one in listeners})
        for one in listeners:
            if one.visit not in here:
                one.heard.put(News(mark_of(now), over=True))
            elif jobs:
                one.heard.put(News(mark_of(now), tuple(jobs)))


class Seen:
    """How the jobs stood at the last look."""

    def __init__(self) -> None:
        self._stood: dict[UUID, tuple[object, ...]] = {}

    def changed(self, now: datetime) -> list[Job]:
        """Open ones and those that ended a moment ago, if they stand otherwise than before."""
        jobs = _since(now - OVERLAP)
        known = {job.pk for job in jobs}
        put_back = [
            pk for pk, stood in self._stood.items() if stood[0] == State.PROCESSING and pk not in known
        ]
        jobs += _jobs().filter(pk__in=put_back) if put_back else []
        changed = [job for job in jobs if self._stood.get(job.pk) != _stands(job)]
        self._stood = {job.pk: _stands(job) for job in jobs}
        return changed


def since(mark: int | None) -> News:
    """What somebody who heard `mark` last has missed: without one, all that is open now."""
    now = timezone.now()
    if mark is None:
        return News(mark_of(now), tuple(_in_order([*_jobs().filter(_OPEN).order_by("created_at")[:_MOST]])))
    then = max(moment_of(mark), now - LONGEST_AWAY)
    return News(mark_of(now), tuple(_since(then - OVERLAP)))


def mark_of(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def moment_of(mark: int) -> datetime:
    """Whatever number it is: a moment between 1970 and 2200."""
    return datetime.fromtimestamp(min(max(mark, 0), 7_258_118_400_000) / 1000, tz=UTC)


def _since(then: datetime) -> list[Job]:
    """Two ways in, since each has its index."""
    being_done = Q(state=State.PROCESSING) | Q(created_at__gt=then)
    still_open = _jobs().filter(_OPEN & being_done).order_by("created_at")[:_MOST]
    ended = _jobs().filter(finished_at__gt=then).order_by("-finished_at")[:_MOST]
    return _in_order([*still_open, *ended])


def _in_order(jobs: Iterable[Job]) -> list[Job]:
    return sorted({job.pk: job for job in jobs}.values(), key=lambda job: job.created_at)


def _jobs() -> QuerySet[Job]:
    return Job.objects.select_related("version", "made_version").filter(version__product__deleted_at=None)


def _stands(job: Job) -> tuple[object, ...]:
    return (job.state, job.step, job.progress, job.attempts)


STATION = Station()
