"""What is too old goes, rule by rule, in batches so small that nobody waits for them.

Each night one worker begins the sweep. It takes a few seconds of each round for it, so that stranded jobs are not kept
waiting; another worker goes on where one died. A batch is one statement over rows that nobody else has locked.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from vitrine.access.audit import note
from vitrine.privacy.models import LEASE_S, RetentionRun
from vitrine.privacy.rule import Rule
from vitrine.privacy.rules import RULES

log = structlog.get_logger()

FROM_HOUR = 2  # UTC
AT_ONCE = 500
_SLICE_S = 5.0


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows a rule would let go of now."""

    rule: Rule
    count: int


def plan(now: datetime | None = None) -> list[Due]:
    """The dry run: for each rule that ends something, what a sweep at this moment would take. Changes nothing."""
    now = now or timezone.now()
    found = ((rule, rule.rows_due(now)) for rule in RULES)
    return [Due(rule, rows.count()) for rule, rows in found if rows is not None]


def sweep(now: datetime | None = None) -> dict[str, int]:
    """All of it at once, by rule; for the command line. The nightly run does the same in slices."""
    now = now or timezone.now()
    taken: dict[str, Any] = {}
    for rule in RULES:
        if rule.rows_due(now) is not None:
            taken[rule.name] = sum(_batches(rule, now))
    with transaction.atomic():
        note("retention.ran", **taken)
    log.info("retention_ran", **taken)
    return taken


def nightly() -> int:
    """A slice of tonight's run. How many rows went."""
    now = timezone.now()
    if now.hour < FROM_HOUR:
        return 0
    run = RetentionRun.claim(now)
    return 0 if run is None else _a_slice(run)


def _a_slice(run: RetentionRun) -> int:
    """What was taken is kept after each batch: whoever dies has forgotten the last one's number, and nothing else."""
    until, count = time.monotonic() + _SLICE_S, 0
    for rule in RULES:
        if rule.name in run.done or rule.rows_due(run.began_at) is None:
            continue
        for some in _batches(rule, run.began_at):
            count += some
            run.taken[rule.name] = run.taken.get(rule.name, 0) + some
            if time.monotonic() >= until:
                _go_on_later(run)
                return count
            _note_progress(run)
        run.done.append(rule.name)
        _note_progress(run)
    _end(run)
    return count


def _batches(rule: Rule, now: datetime) -> Iterator[int]:
    """Lets go of what is due until nothing is, and says each time how many went."""
    while some := _some_of(rule, now):
        yield some


def _some_of(rule: Rule, now: datetime) -> int:
    life, rows = rule.life(), rule.rows_due(now)
    if life is None or rows is None:
        return 0
    if rule.sweep is not None:
        return rule.sweep(now, now - life, AT_ONCE)
    assert isinstance(rows, QuerySet), "what is no row has a verb of its own"
    return delete_some(rows, AT_ONCE)


def delete_some(rows: QuerySet[Any], most: int) -> int:
    """Delete at most so many of them, leaving out those that somebody has locked. How many."""
    meta = rows.model._meta  # noqa: SLF001  # Django's documented way
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        table = quote(meta.db_table)
        placed = rows.annotate(place=RawSQL(f"{table}.ctid", ()))  # noqa: S611  # where it lies, whatever its key
        found = placed.select_for_update(skip_locked=True, of=("self",)).values("place")[:most]
        some, values = found.query.sql_with_params()
        cursor.execute(f"DELETE FROM {table} WHERE ctid = ANY(ARRAY({some}))", values)  # noqa: S608  # Django's SQL
        return int(cursor.rowcount)


def _note_progress(run: RetentionRun) -> None:
    run.lease_until = timezone.now() + timedelta(seconds=LEASE_S)
    run.save(update_fields=["taken", "done", "lease_until"])


def _go_on_later(run: RetentionRun) -> None:
    run.lease_until = None
    run.save(update_fields=["taken", "done", "lease_until"])


def _end(run: RetentionRun) -> None:
    run.ended_at, run.lease_until = timezone.now(), None
    with transaction.atomic():
        run.save(update_fields=["taken", "done", "ended_at", "lease_until"])
        note("retention.ran", **run.taken)
    log.info("retention_ran", **run.taken)
