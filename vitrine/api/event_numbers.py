"""What viewers told, as the service counts it: how much, how late, what of it was not stored and why, and one line in
the log that names nobody.
"""

from collections import Counter
from collections.abc import Sized
from typing import Any

import structlog

from vitrine.insight.record import Batch, Taken
from vitrine.metrics.table import EVENT_LAG, EVENTS

log = structlog.get_logger()


def note_told(batch: Batch, taken: Taken, *, flooded: int = 0) -> None:
    """`flooded` events of `batch` were taken out before it was `taken`."""
    stored = 0 if taken.again else taken.accepted
    _count("accepted", "", stored - taken.odd)
    _count("corrected", "time", taken.odd)
    _count("dropped", "unpublished", taken.dropped)
    _count("dropped", "repeated", taken.accepted - stored)
    _count("dropped", "flood", flooded)
    for event in batch.events:
        EVENT_LAG.note(event["age_ms"] / 1000)
    told = Counter(event["kind"] for event in batch.events)
    log.info(
        "viewer_told",
        kind="interaction",
        accepted=taken.accepted,
        dropped=taken.dropped + flooded,
        device=batch.device,
        events=dict(told),
    )


def note_unwanted(batch: Batch) -> None:
    """Nothing of it is written down, not even in the log."""
    _count("dropped", "unwanted", len(batch.events))


def note_flood(batch: Batch) -> None:
    """All of its products are told of too often."""
    _count("dropped", "flood", len(batch.events))


def note_malformed(body: Any) -> None:
    """As many as it seems to tell of; one where nobody can say."""
    events = body.get("events") if isinstance(body, dict) else None
    _count("dropped", "malformed", len(events) if events and isinstance(events, Sized) else 1)


def _count(outcome: str, reason: str, amount: int) -> None:
    if amount:
        EVENTS.count(outcome, reason, amount=amount)
