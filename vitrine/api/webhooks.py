"""/api/webhooks/: who is told what happens, and how telling them went. Admins only."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.fields import Words
from vitrine.api.pages import SizedNewestFirst, page_of
from vitrine.api.parsers import Json
from vitrine.api.products import writer
from vitrine.api.repeats import repeatable
from vitrine.catalog.announcements import Topic
from vitrine.outreach import endpoints
from vitrine.outreach.models import Delivery, Endpoint, State

TOPICS = [topic.value for topic in Topic if topic is not Topic.PING]

# --- In -----------------------------------------------------------------------------------------------------------


class TopicsField(serializers.ListField):
    child = serializers.ChoiceField(
        choices=TOPICS,
        error_messages={"invalid_choice": f'"{{input}}" is none of {", ".join(TOPICS)}.'},
    )

    def to_internal_value(self, data: Any) -> list[Any]:
        return sorted(set(super().to_internal_value(data)))


class EndpointFields(serializers.Serializer[Any]):
    """What may be changed about an endpoint; fields that are not sent stay as they are. `topics` empty means all."""

    url = Words(max_length=500, required=False)
    description = Words(max_length=200, required=False, allow_blank=True)
    topics = TopicsField(required=False, max_length=len(TOPICS))
    enabled = serializers.BooleanField(required=False)


class NewEndpoint(EndpointFields):
    url = Words(max_length=500)


class DeliveriesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=State.values, required=False)
    topic = serializers.ChoiceField(choices=[topic.value for topic in Topic], required=False)


# --- Out ----------------------------------------------------------------------------------------------------------


class EndpointOut(serializers.Serializer[Any]):
    """`failing_since`: the first failure since something last got through."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    description = serializers.CharField(allow_blank=True)
    topics = serializers.ListField(child=serializers.ChoiceField(choices=TOPICS))
    enabled = serializers.BooleanField()
    disabled_because = serializers.CharField(allow_blank=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    old_secret_until = serializers.DateTimeField(allow_null=True)
    created_by = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class NewEndpointOut(EndpointOut):
    secret = serializers.CharField(help_text="Shown this once.")


class EndpointsOut(serializers.Serializer[Any]):
    results = EndpointOut(many=True)


class DeliveryOut(serializers.Serializer[Any]):
    """`status`, `error`, `response` (its beginning) and `duration_ms` are those of the last attempt."""

    id = serializers.UUIDField()
    message_id = serializers.CharField(help_text="The header webhook-id, the same each time it is sent.")
    topic = serializers.ChoiceField(choices=[topic.value for topic in Topic])
    product_id = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=State.values)
    attempts = serializers.IntegerField()
    next_at = serializers.DateTimeField(allow_null=True)
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_blank=True)
    response = serializers.CharField(allow_blank=True)
    duration_ms = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DeliveriesOut(serializers.Serializer[Any]):
    results = DeliveryOut(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


# --- Views --------------------------------------------------------------------------------------------------------


class Webhooks(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="list_webhooks", responses=EndpointsOut)
    def get(self, request: Request) -> Response:
        found = Endpoint.objects.order_by("created_at", "id")
        return private({"results": [endpoint_shape(endpoint) for endpoint in found]})

    @extend_schema(operation_id="create_webhook", request=NewEndpoint, responses={201: NewEndpointOut})
    @repeatable
    def post(self, request: Request) -> Response:
        fields = NewEndpoint(data=request.data)
        fields.is_valid(raise_exception=True)
        endpoint, secret = endpoints.make(by=writer(request), **fields.validated_data)
        return private({**endpoint_shape(endpoint), "secret": secret}, status=201)


class OneWebhook(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="read_webhook", responses=EndpointOut)
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        return private(endpoint_shape(_endpoint(endpoint_id)))

    @extend_schema(operation_id="replace_webhook", request=EndpointFields, responses=EndpointOut)
    def put(self, request: Request, endpoint_id: UUID) -> Response:
        endpoint = _endpoint(endpoint_id)
        fields = EndpointFields(data=request.data)
        fields.is_valid(raise_exception=True)
        endpoints.change(endpoint, **fields.validated_data)
        return private(endpoint_shape(endpoint))

    @extend_schema(operation_id="change_webhook", request=EndpointFields, responses=EndpointOut)
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        return self.put(request, endpoint_id)

    @extend_schema(operation_id="delete_webhook", responses={204: None})
    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        endpoints.remove(_endpoint(endpoint_id))
        return Response(status=204)


class Rotate(APIView):
    parser_classes = [Json]

    @extend_schema(
        operation_id="rotate_webhook_secret",
        description="A new secret. Deliveries are signed with both until `old_secret_until`.",
        request=None,
        responses=NewEndpointOut,
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        endpoint = _endpoint(endpoint_id)
        secret = endpoints.rotate(endpoint)
        return private({**endpoint_shape(endpoint), "secret": secret})


class Test(APIView):
    parser_classes = [Json]

    @extend_schema(
        operation_id="test_webhook",
        description="Sends a `ping`, once; the delivery tells how it went.",
        request=None,
        responses={202: DeliveryOut},
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        return private(delivery_shape(endpoints.test(_endpoint(endpoint_id))), status=202)


class Deliveries(APIView):
    @extend_schema(
        operation_id="list_deliveries",
        responses=DeliveriesOut,
        parameters=[
            DeliveriesQuery,
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int, description="At most 200; 50 unless told."),
        ],
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        asked = DeliveriesQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = _deliveries(endpoint_id, **asked.validated_data)
        return private(page_of(found, request, delivery_shape, SizedNewestFirst()))


class OneDelivery(APIView):
    @extend_schema(operation_id="read_delivery", responses=DeliveryOut)
    def get(self, request: Request, endpoint_id: UUID, delivery_id: UUID) -> Response:
        return private(delivery_shape(get_object_or_404(_deliveries(endpoint_id), pk=delivery_id)))


class Redeliver(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="redeliver", request=None, responses={202: DeliveryOut})
    def post(self, request: Request, endpoint_id: UUID, delivery_id: UUID) -> Response:
        delivery = get_object_or_404(_deliveries(endpoint_id), pk=delivery_id)
        endpoints.send_again(delivery)
        return private(delivery_shape(delivery), status=202)


def endpoint_shape(endpoint: Endpoint) -> Mapping[str, Any]:
    return {
        "id": str(endpoint.pk),
        "url": endpoint.url,
        "description": endpoint.description,
        "topics": endpoint.topics,
        "enabled": endpoint.enabled,
        "disabled_because": endpoint.disabled_because,
        "failing_since": endpoint.failing_since,
        "old_secret_until": endpoint.old_secret_until,
        "created_by": None if endpoint.created_by_id is None else str(endpoint.created_by_id),
        "created_at": endpoint.created_at,
    }


def delivery_shape(delivery: Delivery) -> Mapping[str, Any]:
    announcement = delivery.announcement
    return {
        "id": str(delivery.pk),
        "message_id": delivery.message_id,
        "topic": announcement.topic,
        "product_id": None if announcement.product_id is None else str(announcement.product_id),
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_at": delivery.next_at if delivery.state == State.WAITING else None,
        "status": delivery.status,
        "error": delivery.error,
        "response": delivery.response,
        "duration_ms": delivery.duration_ms,
        "created_at": delivery.created_at,
        "ended_at": delivery.ended_at,
    }


def _endpoint(endpoint_id: UUID) -> Endpoint:
    return get_object_or_404(Endpoint, pk=endpoint_id)


def _deliveries(endpoint_id: UUID, *, topic: str = "", state: str = "") -> QuerySet[Delivery]:
    found = Delivery.objects.filter(endpoint=_endpoint(endpoint_id)).select_related(
        "announcement", "endpoint"
    )
    found = found.filter(announcement__topic=topic) if topic else found
    return found.filter(state=state) if state else found
