"""Events in: kept before anybody is told so, and forgotten when their time is up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from vitrine.catalog.models import Product
from vitrine.insight.models import Event, id_at

_COLUMNS = frozenset({"product", "kind", "age_ms", "version", "ms", "bytes", "variant", "cache"})
_NAMING = {"error": "error", "interaction": "action", "ar": "ar"}
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What one page view told at once; `events` as the schema says, checked."""

    view: UUID
    device: str
    network: str
    save_data: bool
    events: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Taken:
    accepted: int
    dropped: int


def record(batch: Batch) -> Taken:
    """Keep the events of products that strangers can read, in one INSERT; the others are dropped and counted.

    What is not published is dropped like what never was: the numbers must not say that it is there.
    """
    asked = {UUID(event["product"]) for event in batch.events}
    public = Product.objects.filter(pk__in=asked, deleted_at=None).exclude(published_version=None)
    known = set(public.values_list("pk", flat=True))
    rows = [_row(batch, event) for event in batch.events if UUID(event["product"]) in known]
    Event.objects.bulk_create(rows)
    return Taken(accepted=len(rows), dropped=len(batch.events) - len(rows))


def _row(batch: Batch, event: Mapping[str, Any]) -> Event:
    naming = _NAMING.get(event["kind"], "")
    more = {name: value for name, value in event.items() if name not in _COLUMNS and name != naming}
    if batch.save_data:
        more["save_data"] = True
    return Event(
        product_id=UUID(event["product"]),
        version=event.get("version"),
        view=batch.view,
        kind=event["kind"],
        what=event.get(naming, ""),
        at=timezone.now() - timedelta(milliseconds=event["age_ms"]),
        ms=event.get("ms"),
        bytes=event.get("bytes"),
        variant=event.get("variant", ""),
        cache=event.get("cache", ""),
        device=batch.device,
        network=batch.network,
        more=more,
    )


def forget_old() -> int:
    """Delete what came in more than EVENTS_DAYS ago, oldest first and some at a time. How many."""
    end = id_at(timezone.now() - timedelta(days=settings.EVENTS_DAYS))
    old = Event.objects.filter(pk__lt=end).order_by("pk").values("pk")[:_AT_ONCE]
    return Event.objects.filter(pk__in=old).delete()[0]
