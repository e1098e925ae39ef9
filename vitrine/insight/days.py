"""The days of the events' table: made ahead, and dropped whole when their time is up.

Events of a day that has no table of its own are kept in the default one, and move when it gets one. A day goes only
once `rollup.py` has been through it.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

import structlog
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from vitrine.insight.models import Event, Mark

log = structlog.get_logger()

AHEAD = 7
KEEP_REPEATS = timedelta(days=2)
_LOCK_PATIENCE = "50ms"  # events that come in wait as long, and no longer
_TRIES = 10
_PAUSE_S = 0.3
_MAKING = 0x7669_7472_696E_6532
_NAME = re.compile(r"insight_event_(\d{8})")
_COLUMNS = ", ".join(str(field.column) for field in Event._meta.concrete_fields)  # noqa: SLF001  # as below


def keep_ahead() -> int:
    """Tables for yesterday, today and AHEAD more days, and for whatever lies in the default one. How many are new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM insight_event_default")
        stray = {row[0] for row in cursor.fetchall()}
    today = timezone.now().astimezone(UTC).date()
    wanted = {today + timedelta(days=number) for number in range(-1, AHEAD + 1)} | stray
    missing = sorted(wanted - set(there()))
    return sum(1 for _ in takewhile(make, missing))


def there() -> list[date]:
    """The days that have a table, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
            " WHERE inhparent = 'insight_event'::regclass"
        )
        names = [_NAME.fullmatch(row[0]) for row in cursor.fetchall()]
    return sorted(datetime.strptime(name[1], "%Y%m%d").replace(tzinfo=UTC).date() for name in names if name)


def table_of(day: date) -> str:
    return f"insight_event_{day:%Y%m%d}"


def make(day: date) -> bool:
    """False when another makes tables now, or somebody holds the events' one: the next round tries again."""
    name, start, end = table_of(day), f"{day} 00:00+00", f"{day + timedelta(days=1)} 00:00+00"
    within = f"at >= '{start}' AND at < '{end}'"

    def work(cursor: CursorWrapper) -> bool:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_MAKING])
        if not cursor.fetchone()[0] or day in there():
            return False
        # Nothing may come into the default one between the move and the end.
        cursor.execute("LOCK TABLE insight_event_default IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"CREATE TABLE {name} (LIKE insight_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(
            f"WITH moved AS (DELETE FROM insight_event_default WHERE {within} RETURNING {_COLUMNS})"  # noqa: S608
            f" INSERT INTO {name} ({_COLUMNS}) SELECT {_COLUMNS} FROM moved"
        )
        cursor.execute(
            f"ALTER TABLE insight_event ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')"
        )
        return True

    return _patiently(work)


def drop_before(first: date) -> int:
    """Drop the days before `first` that are rolled up, the oldest first. How many events went with them.

    It ends at a day that somebody reads all the while: that and those after it go with another call.
    """
    upto = Mark.objects.values_list("upto", flat=True).first() or 0
    events = 0
    for day in there():
        if day >= first:
            break
        count, latest = _count_and_latest(day)
        if latest > upto:
            log.warning("day_not_dropped", day=str(day), reason="not rolled up yet")
        elif _drop(day, upto):
            events += count
        else:
            log.info("day_not_dropped", day=str(day), reason="in use")
            break
    return events


def _count_and_latest(day: date) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), coalesce(max(id), 0) FROM {table_of(day)}")  # noqa: S608  # a name of ours
        count, latest = cursor.fetchone()
    return count, latest


# One statement, so that nothing is held while a message travels. The events' table first, as whoever reads or writes
# takes it; while that is held, nothing else is waited for.
_DROP = """
DO $$
DECLARE known text := current_setting('lock_timeout');
BEGIN
    PERFORM set_config('lock_timeout', '{patience}', true);
    LOCK TABLE ONLY insight_event IN ACCESS EXCLUSIVE MODE;
    LOCK TABLE ONLY {name}, ONLY insight_event_default IN ACCESS EXCLUSIVE MODE NOWAIT;
    IF (SELECT coalesce(max(id), 0) FROM {name}) <= {upto} THEN
        DROP TABLE {name};
    END IF;
    PERFORM set_config('lock_timeout', known, true);
EXCEPTION WHEN lock_not_available THEN
    NULL;
END $$
"""


def _drop(day: date, upto: int) -> bool:
    """False when its table did not come free in some tries; between them, all that waited goes on."""
    statement = _DROP.format(patience=_LOCK_PATIENCE, name=table_of(day), upto=upto)
    for number in range(_TRIES):
        if number:
            time.sleep(_PAUSE_S)
        with connection.cursor() as cursor:
            cursor.execute(statement)
        if day not in there():
            return True
    return False


def _patiently(work: Callable[[CursorWrapper], bool]) -> bool:
    """`work` in a transaction of its own, or nothing of it where others would have to wait behind it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = %s", [_LOCK_PATIENCE])
            done = work(cursor)
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")
            return done
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return False
