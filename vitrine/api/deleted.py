"""/api/assets/3d/deleted: what was deleted and can still be brought back."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.pages import SizedNewestFirst, page_of
from vitrine.catalog.deleted import restorable, restorable_until
from vitrine.catalog.models import Product


class DeletedOut(serializers.Serializer[Any]):
    """`published_version` is the number of the version that shoppers see again once it is restored."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    deleted_at = serializers.DateTimeField()
    deleted_by = serializers.UUIDField(allow_null=True)
    restorable_until = serializers.DateTimeField(help_text="Then its files go for good.")
    published_version = serializers.IntegerField(allow_null=True)


class DeletedPage(serializers.Serializer[Any]):
    results = DeletedOut(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class LastDeletedFirst(SizedNewestFirst):
    ordering = ("-deleted_at", "-id")


class Deleted(APIView):
    @extend_schema(
        operation_id="list_deleted_products",
        responses=DeletedPage,
        parameters=[
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int, description="At most 200; 50 unless told."),
        ],
    )
    def get(self, request: Request) -> Response:
        """What `restore` still brings back, the last deleted first."""
        return private(page_of(restorable(), request, deleted_shape, LastDeletedFirst()))


def deleted_shape(product: Product) -> Mapping[str, Any]:
    by, shown = getattr(product, "deleted_by_id", None), product.shown_when_removed
    return {
        "id": str(product.pk),
        "name": product.name,
        "deleted_at": product.deleted_at,
        "deleted_by": None if by is None else str(by),
        "restorable_until": restorable_until(product),
        "published_version": shown and shown.number,
    }
