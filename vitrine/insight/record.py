"""Events in: kept before anybody is told so, once however often a batch comes, and forgotten when their time is up."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import connection

from vitrine.catalog.models import Product
from vitrine.insight.buckets import LONGEST_AR_MS, LONGEST_LOAD_MS
from vitrine.insight.models import TakenBatch

log = structlog.get_logger()

GATE = 0x7669_7472_696E_6531
"""PostgreSQL's advisory lock that everybody who puts events in shares; `rollup.py` takes it alone for a moment, and so
knows that no event with a lower number is still on its way."""

_NAMING = {"error": "error", "interaction": "action", "ar": "ar"}
_CLOCK = {"ended": "session_ms", "returned": "away_ms"}
_FILES = frozenset({"preview", "full"})
_LOADS = _FILES | {"poster", "failed"}
_COLUMNS = (
    *(
        "age_ms",
        "product_id",
        "view",
        "version",
        "ms",
        "took_ms",
        "bytes",
        "wire_bytes",
        "count",
        "save_data",
    ),
    *("kind", "what", "state", "variant", "cache", "edge", "device", "network"),
)
_TYPES = (*("bigint", "uuid", "uuid", *("bigint",) * 6, "boolean"), *("text",) * 8)
_EDGE_WORDS = {"hit": "hit", "miss": "miss", "refresh": "hit", "refreshhit": "hit"}


@dataclass(frozen=True, slots=True)
class Batch:
    """What one page view told at once; `events` as the schema says, checked. `id` is random, and the same when the same
    batch is sent again."""

    view: UUID
    device: str
    network: str
    save_data: bool
    events: Sequence[Mapping[str, Any]]
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """`odd` of those accepted have a time that nobody can have meant. `again`: all of it was there before."""

    accepted: int
    dropped: int
    odd: int = 0
    again: bool = False


def record(batch: Batch) -> Taken:
    """Keep the events of products that strangers can read, in one INSERT; the others are dropped and counted.

    What is not published is dropped like what never was: the numbers must not say that it is there. A batch that was
    kept before is answered as it was then.
    """
    known = _readable({UUID(event["product"]) for event in batch.events})
    kept = [event for event in batch.events if UUID(event["product"]) in known]
    dropped = len(batch.events) - len(kept)
    if dropped:
        log.info("events_dropped", reason="not published", count=dropped)
    if not kept:
        return Taken(accepted=0, dropped=dropped)
    rows = [_row(batch, event) for event in kept]
    batch_id = batch.id or UUID(int=secrets.randbits(128))
    if _insert(batch_id, rows) is None:
        first = TakenBatch.objects.get(pk=batch_id).accepted
        return Taken(accepted=first, dropped=max(0, len(batch.events) - first), again=True)
    return Taken(accepted=len(rows), dropped=dropped, odd=sum(map(_is_odd, kept)))


def _readable(asked: set[UUID]) -> set[UUID]:
    public = Product.objects.filter(pk__in=asked, deleted_at=None).exclude(published_version=None)
    return set(public.values_list("pk", flat=True))


# `fresh` is empty for a batch that was taken before, and then nothing is joined to it. An event's number is drawn
# after the join, so after the gate.
_INSERT = f"""
WITH gate AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared({GATE})),
fresh AS (
    INSERT INTO insight_takenbatch (id, accepted) SELECT %s, %s FROM gate ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO insight_event (at, {", ".join(_COLUMNS[1:])})
SELECT statement_timestamp() - told.age_ms * interval '1 millisecond',
       {", ".join(f"told.{one}" for one in _COLUMNS[1:])}
FROM fresh, unnest({", ".join(f"%s::{kind}[]" for kind in _TYPES)}) AS told ({", ".join(_COLUMNS)})
"""  # noqa: S608  # names of ours


def _insert(batch_id: UUID, rows: Sequence[tuple[Any, ...]]) -> int | None:
    """How many; None when the batch had been taken before."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [batch_id, len(rows), *(list(column) for column in zip(*rows, strict=True))])
        return cursor.rowcount or None


def _row(batch: Batch, event: Mapping[str, Any]) -> tuple[Any, ...]:
    """In the order of _COLUMNS."""
    kind, get = event["kind"], event.get
    state = get("state", "") if kind == "ar" else ""
    took = _CLOCK.get(state, "ar_ms") if kind == "ar" else "file_ms"
    return (
        *(int(event["age_ms"]), UUID(event["product"]), batch.view),
        *(_whole(get(name)) for name in ("version", "ms", took, "bytes", "wire_bytes", "count")),
        batch.save_data,
        *(kind, get(_NAMING.get(kind, ""), ""), state, get("variant", ""), get("cache", "")),
        *(_edge(get("server_timing", ())), batch.device, batch.network),
    )


def _is_odd(event: Mapping[str, Any]) -> bool:
    """As `rollup.py` has it."""
    if event["kind"] == "ar":
        timed = {"placed": "ar_ms"} | _CLOCK
        return bool(event.get(timed.get(event.get("state", ""), ""), 0) > LONGEST_AR_MS)
    if event["kind"] not in _LOADS:
        return False
    times = [event.get("ms", 0), event.get("file_ms", 0) if event["kind"] in _FILES else 0]
    return bool(max(times) > LONGEST_LOAD_MS)


def _whole(value: float | None) -> int | None:
    """JSON's 1.0 is a whole number too."""
    return None if value is None else int(value)


def _edge(timings: Sequence[Mapping[str, Any]]) -> str:
    """Whether a CDN had the file: `cdn-cache-hit` is CloudFront's word, `cdn-cache;desc=HIT` that of the others."""
    return next((word for word in _edge_words(timings)), "")


def _edge_words(timings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in timings:
        name, said = one["name"].lower(), one.get("say", "").lower()
        if name.startswith("cdn-cache-"):
            said = name.removeprefix("cdn-cache-")
        elif name not in {"cdn-cache", "cache", "cdn"}:
            continue
        word = said.partition(" ")[0].strip('"')
        if word in _EDGE_WORDS:
            yield _EDGE_WORDS[word]
