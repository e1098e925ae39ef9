"""/api/uploads/known: whether a file, by its SHA-256, is a product's already; asked before it is sent."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.catalog.queries import versions_of_files

_MOST = 50


class KnownQuery(serializers.Serializer[Any]):
    """`sha256`: of whole files, in hexadecimal; up to 50, with commas between."""

    sha256 = serializers.RegexField(
        rf"^[0-9A-Fa-f]{{64}}(,[0-9A-Fa-f]{{64}}){{0,{_MOST - 1}}}$",
        error_messages={"invalid": f"Give 1 to {_MOST} SHA-256 in hexadecimal, with commas between."},
    )


class HolderOut(serializers.Serializer[Any]):
    """The newest version that was sent with those bytes, and its product."""

    sha256 = serializers.CharField()
    product_id = serializers.UUIDField()
    name = serializers.CharField()
    version = serializers.IntegerField()


class HoldersOut(serializers.Serializer[Any]):
    results = HolderOut(many=True)


class Known(APIView):
    @extend_schema(operation_id="read_known_files", responses=HoldersOut, parameters=[KnownQuery])
    def get(self, request: Request) -> Response:
        asked = KnownQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = versions_of_files(asked.validated_data["sha256"].lower().split(","))
        shapes = [
            {
                "sha256": version.sha256,
                "product_id": str(version.product_id),
                "name": version.product.name,
                "version": version.number,
            }
            for version in found
        ]
        return private({"results": shapes})
