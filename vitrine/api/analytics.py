"""/api/analytics/: what viewers told, added up; as JSON or, to take it away, as CSV."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.lists import Moment
from vitrine.api.measured import Csv, SummaryOut, TopicOut
from vitrine.api.products import readable_product
from vitrine.errors import NotFound
from vitrine.insight.measures import Asked, Every, Group
from vitrine.insight.topics import Topic, rows_of, summary

_MOST_HOURS, _MOST_DAYS = 31 * 24, 762
_DEVICES = ("phone", "tablet", "desktop", "headset")
_NETWORKS = ("slow-2g", "2g", "3g", "4g")
_VARIANTS = ("preview", "mobile", "web", "source")
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_UNIT_WORDS = {_DAY: "days", _HOUR: "hours"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PeriodQuery(serializers.Serializer[Any]):
    """Times are UTC's; `since` is moved to the beginning of its hour or, unless hours are asked for and where it lies
    more than three days back, of its day, and `until` to the end. The last 30 days unless told."""

    since = Moment(required=False)
    until = Moment(required=False, help_text="Before then; now unless told.")
    device = serializers.ChoiceField(choices=_DEVICES, required=False)
    network = serializers.ChoiceField(choices=_NETWORKS, required=False)
    variant = serializers.ChoiceField(choices=_VARIANTS, required=False)

    def asked(self, product_id: UUID | None = None) -> Asked:
        """What is wanted, of one product or of all; ValidationError where it cannot be."""
        self.is_valid(raise_exception=True)
        told = self.validated_data
        every = Every(told.get("every", Every.PERIOD))
        since, until = period_of(told.get("since"), told.get("until"), every)
        only = {name: told[name] for name in ("device", "network", "variant") if name in told}
        group = Group(told.get("group_by", ""))
        product_id = product_id or told.get("product")
        return Asked(since=since, until=until, product_id=product_id, every=every, group=group, only=only)


class AnalyticsQuery(PeriodQuery):
    """With `group_by=product`, the hundred that were opened most often are told."""

    product = serializers.UUIDField(required=False, help_text="Of this one alone; also when it is gone.")
    every = serializers.ChoiceField(choices=[one.value for one in Every], required=False, default="period")
    group_by = serializers.ChoiceField(choices=[one.value for one in Group if one], required=False)


def period_of(since: datetime | None, until: datetime | None, every: Every) -> tuple[datetime, datetime]:
    """Whole hours or days; ValidationError for none and for too many."""
    end = until or timezone.now()
    start = since or end - 30 * _DAY
    unit = _HOUR if every == Every.HOUR or (every == Every.PERIOD and end - start <= 3 * _DAY) else _DAY
    most = _MOST_HOURS if every == Every.HOUR else _MOST_DAYS * (24 if unit == _HOUR else 1)
    first, last = _floor(start, unit), -((-(end - _EPOCH)) // unit) * unit + _EPOCH
    if first >= last:
        raise serializers.ValidationError({"until": ["`until` must be later than `since`."]})
    if (last - first) // unit > most:
        what = _UNIT_WORDS[unit]
        raise serializers.ValidationError(
            {"since": [f"These are {(last - first) // unit:,} {what}, and at most {most:,} are told."]}
        )
    return first, last


def _floor(moment: datetime, unit: timedelta) -> datetime:
    return (moment - _EPOCH) // unit * unit + _EPOCH


_AS = OpenApiParameter(
    "as", str, enum=["csv"], description="CSV for a link; `Accept: text/csv` does the same."
)


class Summary(APIView):
    @extend_schema(operation_id="read_analytics", responses=SummaryOut, parameters=[PeriodQuery])
    def get(self, request: Request) -> Response:
        asked = PeriodQuery(data=request.query_params).asked()
        return private({"since": asked.since, "until": asked.until, **summary(asked)})


class OfProduct(APIView):
    @extend_schema(operation_id="read_product_analytics", responses=SummaryOut, parameters=[PeriodQuery])
    def get(self, request: Request, product_id: UUID) -> Response:
        product = readable_product(request, product_id)
        asked = PeriodQuery(data=request.query_params).asked(product.pk)
        return private({"since": asked.since, "until": asked.until, **summary(asked)})


class OneTopic(APIView):
    renderer_classes = [JSONRenderer, Csv]

    @extend_schema(
        operation_id="read_analytics_topic",
        responses={(200, "application/json"): TopicOut, (200, "text/csv"): str},
        parameters=[
            AnalyticsQuery,
            _AS,
            OpenApiParameter("topic", str, OpenApiParameter.PATH, enum=[one.value for one in Topic]),
        ],
    )
    def get(self, request: Request, topic: str) -> Response:
        if topic not in set(Topic):
            raise NotFound(f"There are numbers of {', '.join(Topic)}, and none of “{topic[:40]}”.")
        asked = AnalyticsQuery(data=request.query_params).asked()
        rows = rows_of(Topic(topic), asked)
        about = {"since": asked.since, "until": asked.until, "every": asked.every, "group_by": asked.group}
        return private({"topic": topic, **about, "rows": rows})

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        if request.query_params.get("as") == "csv":
            return Csv(), Csv.media_type
        return super().perform_content_negotiation(request, force)
