"""/api/response-times/: how fast the service itself answers, as JSON or CSV; for those who may read its metrics."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.analytics import period_of
from vitrine.api.answers import private
from vitrine.api.lists import Moment
from vitrine.api.measured import Csv, Start
from vitrine.insight.measures import Asked, Every
from vitrine.insight.requests import COLUMNS, Kind, response_times


class ResponseTimesQuery(serializers.Serializer[Any]):
    """As for `/api/analytics/{topic}/`."""

    since = Moment(required=False)
    until = Moment(required=False, help_text="Before then; now unless told.")
    every = serializers.ChoiceField(choices=[one.value for one in Every], required=False, default="period")

    def asked(self) -> Asked:
        self.is_valid(raise_exception=True)
        told = self.validated_data
        every = Every(told["every"])
        since, until = period_of(told.get("since"), told.get("until"), every)
        return Asked(since=since, until=until, every=every)


class ResponseTimesRow(Start):
    """From when a request came until the first byte of its answer could go. Times are read off buckets, the largest of
    which is 10 s; `failed`: by our fault (5xx)."""

    kind = serializers.ChoiceField(choices=[one.value for one in Kind])
    count = serializers.IntegerField()
    p50_ms = serializers.FloatField(allow_null=True)
    p95_ms = serializers.FloatField(allow_null=True)
    failed = serializers.IntegerField()


class ResponseTimesOut(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    every = serializers.ChoiceField(choices=[one.value for one in Every])
    rows = ResponseTimesRow(many=True)


class ResponseTimesCsv(Csv):
    def columns_of(self, data: Mapping[str, Any]) -> Sequence[str]:
        return COLUMNS


class ResponseTimes(APIView):
    renderer_classes = [JSONRenderer, ResponseTimesCsv]

    @extend_schema(
        operation_id="read_response_times",
        responses={(200, "application/json"): ResponseTimesOut, (200, "text/csv"): str},
        parameters=[
            ResponseTimesQuery,
            OpenApiParameter(
                "as", str, enum=["csv"], description="CSV for a link; `Accept: text/csv` does the same."
            ),
        ],
    )
    def get(self, request: Request) -> Response:
        asked = ResponseTimesQuery(data=request.query_params).asked()
        about = {"since": asked.since, "until": asked.until, "every": asked.every}
        return private({**about, "rows": response_times(asked)})

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        if request.query_params.get("as") == "csv":
            return ResponseTimesCsv(), ResponseTimesCsv.media_type
        return super().perform_content_negotiation(request, force)
