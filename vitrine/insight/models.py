"""What happened: events that viewers saw, and nothing about who saw them; and what they add up to."""

from uuid import UUID

from django.db import models
from django.db.models.functions import Now

ALL_PRODUCTS = UUID(int=0)
"""What is measured of all products together stands under this id; no product has it."""


class Event(models.Model):
    """Something a viewer saw happen, as `contracts/events.schema.json` tells it field by field.

    The table is parted by day (`days.py`), and its `id` counts up in the order in which events come in: `rollup.py`
    goes along it. `product_id` is no foreign key: a product may go before what happened to it is forgotten. `what`
    names an error, an interaction or an AR by its kind; `took_ms` is how long that took by its own clock: a file, a way
    to AR, a session, an absence. There is no column for a person, an address or a browser.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    product_id = models.UUIDField()
    view = models.UUIDField()
    version = models.PositiveIntegerField(null=True)
    ms = models.PositiveIntegerField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    bytes = models.BigIntegerField(null=True)
    wire_bytes = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField(null=True)
    save_data = models.BooleanField(default=False)
    kind = models.CharField(max_length=16)
    what = models.CharField(max_length=24, blank=True, default="")
    state = models.CharField(max_length=12, blank=True, default="")
    variant = models.CharField(max_length=16, blank=True, default="")
    cache = models.CharField(max_length=8, blank=True, default="")
    edge = models.CharField(max_length=8, blank=True, default="")
    device = models.CharField(max_length=16)
    network = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["id"], name="event_id")]


class TakenBatch(models.Model):
    """A batch that was kept, by the random number it came with: the same one again is not counted again."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    accepted = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="taken_batch_at")]


class TakenLog(models.Model):
    """A CDN's log that was added up, by the SHA-256 of what it says: the same one is not added again."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_default=Now())


class Visit(models.Model):
    """That a page view came so far with a product, so that it is counted once. Kept for two days."""

    pk = models.CompositePrimaryKey("view", "product_id", "step")
    view = models.UUIDField()
    product_id = models.UUIDField()
    step = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="visit_at")]


class Measure(models.Model):
    """How often what happened within an hour or a day to a product, or ALL_PRODUCTS, on a kind of device and network.

    `told` holds numbers by `name|what|variant|bucket`: names as `rollup.py` says, and a bucket a time to 0.9 %
    (`buckets.py`), so that percentiles come of adding up. One row for all of that takes a tenth of a row for each.
    `family` parts it in two, since the times of loads are most of it. `visits`: how often the product was opened.
    """

    pk = models.CompositePrimaryKey("product_id", "span", "family", "start", "device", "network")
    product_id = models.UUIDField()
    span = models.CharField(max_length=4)
    family = models.CharField(max_length=4)
    start = models.DateTimeField()
    device = models.CharField(max_length=16)
    network = models.CharField(max_length=8, blank=True)
    visits = models.BigIntegerField(default=0)
    told = models.JSONField()

    class Meta:
        indexes = [
            models.Index(
                fields=["span", "start"],
                include=["product_id", "visits"],
                condition=models.Q(visits__gt=0),
                name="measure_visits",
            ),
            models.Index(fields=["start"], name="measure_start"),
        ]


class Mark(models.Model):
    """Up to which event everything has been rolled up; the one row there is. `at`: when it was moved last."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    upto = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())


class ResponseTimes(models.Model):
    """How many requests of a kind were answered how fast within an hour or a day: numbers by a bucket's upper bound in
    seconds, and those that `failed` by our fault (`requests.py`).
    """

    pk = models.CompositePrimaryKey("span", "start", "kind")
    span = models.CharField(max_length=4)
    start = models.DateTimeField()
    kind = models.CharField(max_length=12)
    told = models.JSONField()


class Counted(models.Model):
    """What the counters of requests stood at when they were last added up; the one row there is. `round` counts these
    times, so that two at once do not both add.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    round = models.BigIntegerField(default=0)
    told = models.JSONField()
    at = models.DateTimeField(db_default=Now())
