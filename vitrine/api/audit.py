"""/api/audit/: who did what, as JSON or, to take it away, as JSON lines. Admins only."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access.audit import found_by, told
from vitrine.api.answers import private
from vitrine.api.fields import Words
from vitrine.api.pages import SizedNewestFirst, page_of


class AuditQuery(serializers.Serializer[Any]):
    """`action` may end with a dot, and then stands for all that begin so."""

    action = Words(required=False, max_length=48)
    actor = serializers.UUIDField(required=False)
    target = Words(required=False, max_length=64)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class TargetOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.CharField()


class AuditEntryOut(serializers.Serializer[Any]):
    """`name` and `address` are empty once the person was forgotten; `number`, `digest` and `seal` are null until it has
    its place in the chain."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    action = serializers.CharField()
    actor_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    address = serializers.CharField(
        allow_blank=True, help_text="The network it came from: /24, or /48 of IPv6."
    )
    key_prefix = serializers.CharField(allow_blank=True)
    target = TargetOut(allow_null=True)
    request_id = serializers.CharField(allow_blank=True)
    details = serializers.DictField()
    person_digest = serializers.CharField()
    signature = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField(allow_null=True)
    seal = serializers.CharField(allow_null=True)


class AuditOut(serializers.Serializer[Any]):
    results = AuditEntryOut(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class JsonLines(JSONRenderer):
    """One entry a line; the next page stands in the header Link."""

    media_type = "application/x-ndjson"
    format = "ndjson"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        as_json = super().render
        if not isinstance(data, Mapping) or "results" not in data:  # a problem
            return bytes(as_json(data))
        return b"".join(as_json(entry) + b"\n" for entry in data["results"])


class AuditPages(SizedNewestFirst):
    page_size = 100
    max_page_size = 1_000
    ordering = ("-at", "-id")


class Audit(APIView):
    renderer_classes = [JSONRenderer, JsonLines]

    @extend_schema(
        operation_id="list_audit",
        responses={(200, "application/json"): AuditOut, (200, "application/x-ndjson"): AuditEntryOut},
        parameters=[
            AuditQuery,
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int, description="At most 1000; 100 unless told."),
        ],
    )
    def get(self, request: Request) -> Response:
        asked = AuditQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        shape = page_of(found_by(**asked.validated_data), request, told, AuditPages())
        return private(shape, headers={"Link": f'<{shape["next"]}>; rel="next"'} if shape["next"] else {})
