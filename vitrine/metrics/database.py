"""Statements to the database, timed."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from vitrine.metrics.table import DATABASE_CALLS

_OPERATIONS = frozenset({"select", "insert", "update", "delete"})


def watch_database() -> None:
    """From now on, on this thread's connection. Again is harmless, and costs nothing worth saying."""
    wrappers = connection.execute_wrappers
    if _timed not in wrappers:
        wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    begun = time.perf_counter()
    outcome = "failed"
    try:
        result = execute(sql, params, many, context)
        outcome = "ok"
    finally:
        DATABASE_CALLS.note(time.perf_counter() - begun, _operation(sql), outcome)
    return result


def _operation(sql: Any) -> str:
    word = sql[:6].lower() if isinstance(sql, str) else ""
    return word if word in _OPERATIONS else "other"
