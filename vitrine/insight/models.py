"""What happened: events that viewers saw, and nothing about who saw them."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import models
from django.utils import timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def id_at(moment: datetime, *, random: int = 0) -> UUID:
    """A UUID of version 7 (RFC 9562): its milliseconds first, so that ids stand in the order of their time.

    With `random` 0 it is the lowest of its millisecond: everything older has a lower one.
    """
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    high = (milliseconds << 16) | 0x7000 | (random >> 62 & 0xFFF)
    return UUID(int=(high << 64) | (0b10 << 62) | (random & (1 << 62) - 1))


def new_id() -> UUID:
    return id_at(timezone.now(), random=secrets.randbits(74))


class Event(models.Model):
    """Something a viewer saw happen, as `contracts/events.schema.json` tells it field by field.

    `product_id` is no foreign key: a product may go before what happened to it is forgotten. `what` names an error, an
    interaction or an AR by its kind. There is no column for a person, an address or a browser, and `more` has none.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product_id = models.UUIDField()
    version = models.PositiveIntegerField(null=True)
    view = models.UUIDField()
    kind = models.CharField(max_length=16)
    what = models.CharField(max_length=24, blank=True, default="")
    at = models.DateTimeField()
    ms = models.PositiveIntegerField(null=True)
    bytes = models.BigIntegerField(null=True)
    variant = models.CharField(max_length=16, blank=True, default="")
    cache = models.CharField(max_length=8, blank=True, default="")
    device = models.CharField(max_length=16)
    network = models.CharField(max_length=8, blank=True, default="")
    more = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["product_id", "at"], name="event_product_at")]
