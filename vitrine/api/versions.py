"""/api/assets/3d/{id}/versions and /optimize: the states of a product."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access.limits import Kind
from vitrine.api.answers import tagged
from vitrine.api.conditions import IF_MATCH, known_revisions
from vitrine.api.forms import StreamToStore, VersionOrder, read_form
from vitrine.api.parsers import Json
from vitrine.api.products import readable_product, shown, writer
from vitrine.api.repeats import id_for, repeatable
from vitrine.api.reports import ReportOut
from vitrine.api.shapes import (
    CookingFields,
    ProductOut,
    StartedOut,
    VersionFields,
    VersionForm,
    VersionOut,
    VersionsOut,
    base_url,
    given_in,
    preview_shape,
    version_shape,
)
from vitrine.catalog import publishing, queries
from vitrine.catalog.models import AssetVersion
from vitrine.catalog.reports import report_of
from vitrine.processing.intake import Wishes, accept_version, optimize


class Optimize(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="optimize_product", request=CookingFields, responses={202: StartedOut})
    @repeatable
    def post(self, request: Request, product_id: UUID) -> Response:
        product = readable_product(request, product_id)
        order = CookingFields(data=request.data)
        order.is_valid(raise_exception=True)
        number = order.validated_data.get("version")
        version = product.newest_version if number is None else _version(request, product_id, number)
        job = optimize(version or product.shown_version, _wishes(order.validated_data), by=writer(request))
        return Response({"task_id": str(job.pk), "status": "processing"}, status=202)


class Versions(APIView):
    limited_as = {"POST": Kind.UPLOAD}
    parser_classes = [MultiPartParser, FormParser, Json]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        request.upload_handlers = [StreamToStore(request)]
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(operation_id="list_versions", responses=VersionsOut)
    def get(self, request: Request, product_id: UUID) -> Response:
        product = readable_product(request, product_id)
        shapes = [version_shape(version, base_url(request)) for version in queries.versions(product)]
        return tagged(request, {"versions": shapes})

    @extend_schema(
        operation_id="create_version",
        request={"multipart/form-data": VersionForm, "application/json": VersionOrder},
        responses={201: VersionOut},
    )
    @repeatable
    def post(self, request: Request, product_id: UUID) -> Response:
        product = readable_product(request, product_id)
        fields, arrived = read_form(request, VersionForm)
        new_id = id_for(request)
        accept_version(product, arrived, _wishes(fields), by=writer(request), version_id=new_id)
        return self.made(request, new_id, product_id)

    def made(self, request: Request, version_id: UUID, product_id: UUID) -> Response:
        """The answer that a version was made; 404 when it was not."""
        found = queries.versions(readable_product(request, product_id))
        version = get_object_or_404(found, pk=version_id)
        return tagged(request, version_shape(version, base_url(request)), status=201)


class OneVersion(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="read_version", responses=VersionOut)
    def get(self, request: Request, product_id: UUID, number: int) -> Response:
        return tagged(request, version_shape(_version(request, product_id, number), base_url(request)))

    @extend_schema(
        operation_id="change_version", request=VersionFields, responses=VersionOut, parameters=[IF_MATCH]
    )
    def patch(self, request: Request, product_id: UUID, number: int) -> Response:
        version = _version(request, product_id, number)
        fields = VersionFields(data=request.data)
        fields.is_valid(raise_exception=True)
        if "note" in fields.validated_data:
            publishing.annotate(version, fields.validated_data["note"], known=known_revisions(request))
        return self.get(request, product_id, number)


class Preview(APIView):
    @extend_schema(operation_id="preview_version", responses=ProductOut)
    def get(self, request: Request, product_id: UUID, number: int) -> Response:
        """The product as it would be with this version shown, for who looks at it before shoppers do."""
        product, version = readable_product(request, product_id), _version(request, product_id, number)
        return tagged(request, preview_shape(product, version, base_url(request)))


class Report(APIView):
    @extend_schema(operation_id="read_report", responses=ReportOut)
    def get(self, request: Request, product_id: UUID, number: int) -> Response:
        return tagged(request, report_of(_version(request, product_id, number)))


class Publish(APIView):
    @extend_schema(operation_id="publish_version", request=None, responses=ProductOut, parameters=[IF_MATCH])
    def post(self, request: Request, product_id: UUID, number: int) -> Response:
        publishing.publish(_version(request, product_id, number), known=known_revisions(request))
        return shown(request, readable_product(request, product_id))


def _version(request: Request, product_id: UUID, number: int) -> AssetVersion:
    return get_object_or_404(queries.versions(readable_product(request, product_id)), number=number)


def _wishes(fields: dict[str, Any]) -> Wishes:
    return Wishes(
        optimize=fields.get("optimize", True),
        publish=fields["publish"] == "auto",
        quality=fields["quality"],
        **given_in(fields),
    )
