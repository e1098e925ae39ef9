"""The read that every product page makes, on the event loop: one trip to Redis, one statement to the database, nothing
rendered and no thread. What this cannot answer, every refusal among it, goes the long way through DRF.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from vitrine.access.addresses import HasMeta
from vitrine.access.limits import SCRIPT, Kind, Receipt, Taken, asked_of, free, name_of_address
from vitrine.access.lines import LineBroken
from vitrine.access.redis_line import RedisLine
from vitrine.access.roles import Action, Role, may
from vitrine.access.tokens import Subject
from vitrine.access.verified import subject_of
from vitrine.api.answers import has
from vitrine.api.reading import Kept, etag, made_or_found, name_of, stamp_of
from vitrine.catalog import standing
from vitrine.catalog.standing import Standing
from vitrine.metrics.table import DATABASE_CALLS, READ_CACHE

log = structlog.get_logger()

T = TypeVar("T")
InAThread: TypeAlias = Callable[[Callable[[], T]], Awaitable[T]]

_PATH = re.compile(r"/api/assets/3d/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?")


def product_in(path: str) -> UUID | None:
    """Which product's address that is."""
    found = _PATH.fullmatch(path)
    return UUID(found[1]) if found else None


class Asking(HasMeta, Protocol):
    """A request. `receipt` is for the long way: what was taken here is not taken there again."""

    receipt: Receipt | None


@dataclass(slots=True)
class Timing:
    """What goes with the answer as `Server-Timing`: milliseconds from `started` on."""

    started: float = field(default_factory=time.perf_counter)
    parts: list[str] = field(default_factory=list)

    def note(self, name: str, since: float) -> float:
        now = time.perf_counter()
        self.parts.append(f"{name};dur={(now - since) * 1000:.2f}")
        return now

    def header(self) -> str:
        self.note("total", self.started)
        return ", ".join(self.parts)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer. `headers` are those that are another each time; `person` is who asked, None for a stranger."""

    status: int
    body: bytes
    headers: list[tuple[str, str]]
    person: UUID | None

    @property
    def public(self) -> bool:
        return self.person is None


class QuickReads:
    """Of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, in_a_thread: InAThread[Any]) -> None:
        self._loop, self._in_a_thread = loop, in_a_thread
        self._redis = RedisLine(settings.REDIS_URL, SCRIPT, loop=loop)
        self._database = standing.line(loop)
        self._being_made: dict[tuple[UUID, str], asyncio.Future[tuple[Kept | None, str]]] = {}

    async def begin(self) -> bool:
        """Open both lines; whether both are. Those who come before go the long way."""
        return all(await asyncio.gather(self._redis.open(), self._database.open()))

    async def end(self) -> None:
        await self._redis.end()
        await self._database.end()

    async def answer(self, request: Asking, product_id: UUID, base: str) -> Told | None:
        """None for what goes the long way. `base` is where this service is reached."""
        known, subject = _who(request)
        if not known:
            return None
        try:
            return await self._answer(request, product_id, base, subject)
        except LineBroken as error:
            log.debug("read_goes_the_long_way", reason=str(error))
            return None

    async def _answer(
        self, request: Asking, product_id: UUID, base: str, subject: Subject | None
    ) -> Told | None:
        person = subject.person if subject else None
        timing = Timing()
        taken, found = await self._take(request, person, name_of(product_id))
        if not taken.allowed:
            return None
        now = timing.note("cache", timing.started)
        stands = await standing.standing(self._database, product_id, subject)
        DATABASE_CALLS.note(timing.note("db", now) - now, "select", "ok")
        if stands is None or not _may_read(stands, person):
            return None
        stamp = stamp_of(product_id, stands.revision, public=stands.published)
        if has(request, etag(stamp, base)):
            READ_CACHE.count("unchanged")
            return Told(304, b"", _headers(etag(stamp, base), b"", taken, timing), person)
        kept, answered = Kept.of(found), "kept"
        if kept is None or kept.stamp != stamp:
            kept, answered = await self._made_once(product_id, stamp)
        if kept is None or (person is None and kept.stamp != stamp):  # a stranger may not see it any more
            return None
        READ_CACHE.count(answered)
        body = kept.at(base)
        return Told(200, body, _headers(etag(kept.stamp, base), body, taken, timing), person)

    async def _take(self, request: Asking, person: UUID | None, name: str) -> tuple[Taken, bytes | None]:
        """One of a quota, by the names that the long way counts by, and what is kept under `name`, by one trip."""
        kind, who = (
            (Kind.PUBLIC, name_of_address(request)) if person is None else (Kind.READ, f"user {person}")
        )
        asked = asked_of(kind, who)
        if asked is None:
            (found,) = await self._redis.run([name], []) or [None]
            return free(kind), found
        wait_us, ahead_us, *fetched = await self._redis.run([asked.name, name], asked.numbers)
        taken = asked.taken(wait_us, ahead_us)
        if taken.allowed:
            request.receipt = Receipt(who, taken)
        return taken, fetched[0] if fetched else None

    async def _made_once(self, product_id: UUID, stamp: str) -> tuple[Kept | None, str]:
        """Made by one thread of this process, however many ask for it meanwhile."""
        wanted = (product_id, stamp)
        making = self._being_made.get(wanted)
        if making is None:
            making = asyncio.ensure_future(self._in_a_thread(lambda: _made(product_id, stamp)))
            self._being_made[wanted] = making
            making.add_done_callback(lambda _: self._being_made.pop(wanted, None))
        return await asyncio.shield(making)


def _made(product_id: UUID, stamp: str) -> tuple[Kept | None, str]:
    close_old_connections()
    try:
        return made_or_found(product_id, stamp)
    except DatabaseError as error:  # the long way says what is wrong
        log.warning("answer_not_made", reason=str(error))
        return None, "made"
    finally:
        close_old_connections()


def _who(request: HasMeta) -> tuple[bool, Subject | None]:
    """Whether it is clear who calls without asking further, and who that is; None is a stranger."""
    sent = request.META
    # A cookie of another name that holds ours goes the long way for nothing, which does no harm.
    if not _takes_json(request) or f"{settings.SESSION_COOKIE_NAME}=" in sent.get("HTTP_COOKIE", ""):
        return False, None
    credentials = sent.get("HTTP_AUTHORIZATION")
    if credentials is None:
        return True, None
    scheme, _, token = credentials.partition(" ")
    subject = subject_of(token.strip()) if scheme == "Bearer" else None
    return subject is not None, subject


def _takes_json(request: HasMeta) -> bool:
    accepted = request.META.get("HTTP_ACCEPT", "*/*")
    return "*/*" in accepted or "json" in accepted or "application/*" in accepted


def _may_read(stands: Standing, person: UUID | None) -> bool:
    if person is None:
        return stands.published
    return stands.role is not None and may(Role(stands.role), Action.READ)


def _headers(tag: str, body: bytes, taken: Taken, timing: Timing) -> list[tuple[str, str]]:
    return [
        ("ETag", tag),
        ("Content-Length", str(len(body))),
        ("Server-Timing", timing.header()),
        *taken.headers.items(),
    ]
