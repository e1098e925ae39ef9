"""Heavy reads from a replica of the database, when there is one; and never an older answer for it.

A replica follows with some delay. So a read first asks the primary how far its log is written, waits a moment for the
replica to have come as far, and otherwise reads from the primary: what anybody had been told was done before the read
began is in its answer. The primary is spared the work, not the question. A replica that fails or stays behind is left
alone for a while.

Only `fresh` sends reads there. Whether somebody may, whether a product is public, how a job stands: all else is asked
of the primary.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections

log = structlog.get_logger()

T = TypeVar("T")

ALIAS = "replica"
_PATIENCE_S = 0.1
_STEP_S = 0.002
_PAUSE_S = 5.0
_reading: ContextVar[bool] = ContextVar("reading", default=False)
_left_alone_until = 0.0


class Router:
    """Django's: only reads within `fresh` leave the primary."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return alias()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *_objects: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, *_about: Any, **_hints: Any) -> bool:
        return db != ALIAS


def alias() -> str:
    """Where a read goes now."""
    return ALIAS if _reading.get() else DEFAULT_DB_ALIAS


def fresh(read: Callable[[], T]) -> T:
    """What `read` gives, from whichever database is up to date; it is called twice when the replica fails in it."""
    if not _is_up_to_date():
        return read()
    token = _reading.set(True)
    try:
        return read()
    except (OperationalError, InterfaceError) as error:
        _leave_alone(str(error))
    finally:
        _reading.reset(token)
    return read()


def _is_up_to_date() -> bool:
    if ALIAS not in connections or time.monotonic() < _left_alone_until:
        return False
    with connections[DEFAULT_DB_ALIAS].cursor() as primary:
        primary.execute("SELECT pg_current_wal_flush_lsn()")
        written = primary.fetchone()
    try:
        return _has_come_to(written)
    except DatabaseError as error:
        _leave_alone(str(error))
        return False


def _has_come_to(written: tuple[Any, ...]) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    with connections[ALIAS].cursor() as replica:
        while True:
            replica.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written)
            if replica.fetchone() == (True,):
                return True
            if time.monotonic() > deadline:
                _leave_alone(f"It is more than {_PATIENCE_S:g} s behind.")
                return False
            time.sleep(_STEP_S)


def _leave_alone(reason: str) -> None:
    """A connection that broke is closed, so that the next read makes another."""
    global _left_alone_until  # noqa: PLW0603  # one for the process
    _left_alone_until = time.monotonic() + _PAUSE_S
    connections[ALIAS].close()
    log.warning("replica_left_alone", reason=reason, for_s=_PAUSE_S)
