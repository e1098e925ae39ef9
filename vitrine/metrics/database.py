"""Statements to the database, timed."""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import connection

from vitrine.metrics.table import DATABASE_CALLS

log = structlog.get_logger()

_here = threading.local()
_SLOW_S = 0.5
_LETTERS = 300
_OPERATIONS = frozenset({"select", "insert", "update", "delete"})


def watch_database() -> None:
    """From now on, on this thread's connection. Again is harmless, and costs nothing worth saying."""
    if not hasattr(_here, "watched"):
        connection.execute_wrappers.append(_timed)
        _here.watched = True


def _timed(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    begun = time.perf_counter()
    outcome = "failed"
    try:
        result = execute(sql, params, many, context)
        outcome = "ok"
    finally:
        took_s = time.perf_counter() - begun
        DATABASE_CALLS.note(took_s, _operation(sql), outcome)
        if took_s > _SLOW_S:  # its text, never its values
            log.info("slow_statement", kind="performance", s=round(took_s, 3), statement=str(sql)[:_LETTERS])
    return result


def _operation(sql: Any) -> str:
    word = sql[:6].lower() if isinstance(sql, str) else ""
    return word if word in _OPERATIONS else "other"
