"""What viewers told, as the service counts it: how much, how late, and one line in the log that names nobody."""

from collections import Counter

import structlog

from vitrine.insight.record import Batch
from vitrine.metrics.table import EVENT_LAG, EVENTS

log = structlog.get_logger()


def note_told(batch: Batch, *, accepted: int, dropped: int) -> None:
    EVENTS.count("accepted", amount=accepted)
    EVENTS.count("dropped", amount=dropped)
    for event in batch.events:
        EVENT_LAG.note(event["age_ms"] / 1000)
    told = Counter(event["kind"] for event in batch.events)
    log.info(
        "viewer_told",
        kind="interaction",
        accepted=accepted,
        dropped=dropped,
        device=batch.device,
        events=dict(told),
    )
