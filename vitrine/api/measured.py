"""The shapes of what viewers told, added up; and the same as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from vitrine.insight.measures import Every
from vitrine.insight.topics import AR_KINDS, COLUMNS, LOADS, Topic


class Start(serializers.Serializer[Any]):
    """`start` is null for the whole period; `group` is empty without `group_by`, and where it is not known."""

    start = serializers.DateTimeField(allow_null=True)
    group = serializers.CharField(allow_blank=True)


class LoadRow(Start):
    """Since the element was put into the page; `file` is one file's own way. `odd`: times that nobody can have meant,
    such as of a computer that slept, which are counted and left out of the times."""

    stage = serializers.ChoiceField(choices=LOADS)
    count = serializers.IntegerField()
    p50_ms = serializers.FloatField(allow_null=True)
    p75_ms = serializers.FloatField(allow_null=True)
    p95_ms = serializers.FloatField(allow_null=True)
    odd = serializers.IntegerField()


class ArRow(Start):
    """`placed`: from the tap until the product stands in the room. `session`: how long a WebXR session ran. `away`: how
    long the shopper was away with Scene Viewer or Quick Look, which is not the time in AR: nobody can know that."""

    ar = serializers.ChoiceField(choices=AR_KINDS)
    launched = serializers.IntegerField()
    started = serializers.IntegerField()
    placed = serializers.IntegerField()
    sessions = serializers.IntegerField()
    returned = serializers.IntegerField()
    refused = serializers.IntegerField()
    failed = serializers.IntegerField()
    placed_p50_ms = serializers.FloatField(allow_null=True)
    placed_p75_ms = serializers.FloatField(allow_null=True)
    placed_p95_ms = serializers.FloatField(allow_null=True)
    session_p50_ms = serializers.FloatField(allow_null=True)
    session_p75_ms = serializers.FloatField(allow_null=True)
    session_p95_ms = serializers.FloatField(allow_null=True)
    away_p50_ms = serializers.FloatField(allow_null=True)
    away_p75_ms = serializers.FloatField(allow_null=True)
    away_p95_ms = serializers.FloatField(allow_null=True)


class ErrorRow(Start):
    error = serializers.CharField()
    count = serializers.IntegerField()
    per_visit = serializers.FloatField(allow_null=True, help_text="How many a visit.")


class CacheRow(Start):
    """Model files: out of the browser's own cache or not, and what a CDN said of its own (Server-Timing)."""

    browser_hits = serializers.IntegerField()
    browser_misses = serializers.IntegerField()
    browser_hit_ratio = serializers.FloatField(allow_null=True)
    edge_hits = serializers.IntegerField()
    edge_misses = serializers.IntegerField()
    edge_hit_ratio = serializers.FloatField(allow_null=True)
    files = serializers.IntegerField(help_text="Whose bytes on the wire are known.")
    wire_bytes = serializers.IntegerField()
    cdn_hits = serializers.IntegerField(help_text="By the CDN's own logs, where they are taken in.")
    cdn_misses = serializers.IntegerField()
    cdn_hit_ratio = serializers.FloatField(allow_null=True)
    cdn_bytes = serializers.IntegerField(help_text="What it sent.")


class InteractionRow(Start):
    action = serializers.CharField()
    count = serializers.IntegerField()


class FunnelRow(Start):
    """Visits: page views with a product. Each is counted once for what it came to."""

    visits = serializers.IntegerField()
    seen = serializers.IntegerField(help_text="Poster or model was on the screen.")
    in_3d = serializers.IntegerField()
    touched = serializers.IntegerField()
    ar = serializers.IntegerField(help_text="AR was tapped for.")
    with_errors = serializers.IntegerField()


class SummaryOut(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    loads = LoadRow(many=True)
    ar = ArRow(many=True)
    errors = ErrorRow(many=True)  # type: ignore[assignment]  # the contract's name, which DRF has for something else
    cache = CacheRow(many=True)
    interactions = InteractionRow(many=True)
    funnel = FunnelRow(many=True)


class AnyRow(Start):
    """The topic's fields follow, as its list in the summary shows them."""


class TopicOut(serializers.Serializer[Any]):
    """The rows have the fields of the same topic in the summary."""

    topic = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    every = serializers.ChoiceField(choices=[one.value for one in Every])
    group_by = serializers.CharField(allow_blank=True)
    rows = AnyRow(many=True)


class Csv(JSONRenderer):
    """A line a row, with a heading; a problem stays JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if not isinstance(data, Mapping) or "rows" not in data:  # a problem
            return bytes(super().render(data))
        text = io.StringIO()
        columns = ("start", "group", *self.columns_of(data))
        writer = csv.DictWriter(text, columns, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(_plain(row) for row in data["rows"])
        return text.getvalue().encode()

    def columns_of(self, data: Mapping[str, Any]) -> Sequence[str]:
        return COLUMNS[Topic(data["topic"])]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
