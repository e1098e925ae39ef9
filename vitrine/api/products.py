"""/api/assets/3d/: products."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access.limits import Kind
from vitrine.access.models import User
from vitrine.access.roles import Action
from vitrine.api import reading
from vitrine.api.answers import tagged
from vitrine.api.authentication import caller
from vitrine.api.conditions import IF_MATCH, known_revisions
from vitrine.api.forms import ProductOrder, StreamToStore, read_form
from vitrine.api.lists import ListFields, products_page
from vitrine.api.parsers import Json
from vitrine.api.permissions import allowed
from vitrine.api.repeats import id_for, repeatable
from vitrine.api.shapes import (
    ProductFields,
    ProductForm,
    ProductOut,
    ProductsOut,
    base_url,
    given_in,
    product_shape,
)
from vitrine.catalog import publishing, queries
from vitrine.catalog.models import Product
from vitrine.processing import upkeep
from vitrine.processing.intake import Wishes, accept_product


class Products(APIView):
    limited_as = {"POST": Kind.UPLOAD}
    parser_classes = [MultiPartParser, FormParser, Json]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        request.upload_handlers = [StreamToStore(request)]
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(
        operation_id="list_products",
        description=ListFields.__doc__,
        responses=ProductsOut,
        parameters=[ListFields],
    )
    def get(self, request: Request) -> Response:
        return tagged(request, products_page(request))

    @extend_schema(
        operation_id="create_product",
        request={"multipart/form-data": ProductForm, "application/json": ProductOrder},
        responses={201: ProductOut},
    )
    @repeatable
    def post(self, request: Request) -> Response:
        fields, arrived = read_form(request, ProductForm)
        product = Product(
            id=id_for(request),
            **{name: fields[name] for name in ("name", "ar_enabled", "metadata", "alt", "tags")},
        )
        wishes = Wishes(
            optimize=fields["optimize"],
            publish=fields["published"],
            quality=fields["quality"],
            **given_in(fields),
        )
        accept_product(product, arrived, wishes, by=writer(request))
        return self.made(request, product.pk)

    def made(self, request: Request, product_id: UUID) -> Response:
        """The answer that a product was made; 404 when it was not."""
        response = shown(request, readable_product(request, product_id), status=201)
        response.headers["Location"] = f"{base_url(request)}/api/assets/3d/{product_id}/"
        return response


# Most reads of a product never come here: `reading.QuickRead` has answered them.
class OneProduct(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="read_product", responses=ProductOut)
    def get(self, request: Request, product_id: UUID) -> Response:
        product = readable_product(request, product_id)
        return shown(request, product, public=product.published and caller(request) is None)

    @extend_schema(
        operation_id="replace_product", request=ProductFields, responses=ProductOut, parameters=[IF_MATCH]
    )
    def put(self, request: Request, product_id: UUID) -> Response:
        product = readable_product(request, product_id)
        fields = ProductFields(data=request.data)
        fields.is_valid(raise_exception=True)
        publishing.change(product, known=known_revisions(request), **fields.validated_data)
        return shown(request, readable_product(request, product_id))

    @extend_schema(
        operation_id="change_product", request=ProductFields, responses=ProductOut, parameters=[IF_MATCH]
    )
    def patch(self, request: Request, product_id: UUID) -> Response:
        return self.put(request, product_id)

    @extend_schema(
        operation_id="delete_product",
        responses={204: None},
        parameters=[IF_MATCH, OpenApiParameter("purge", bool, description="Delete the bytes at once.")],
    )
    def delete(self, request: Request, product_id: UUID) -> Response:
        product = readable_product(request, product_id)
        publishing.remove(product, known=known_revisions(request))
        if request.query_params.get("purge") == "true":
            upkeep.purge(product)
            reading.shelf(settings.REDIS_URL).forget(product_id)
        return Response(status=204)


def shown(request: Request, product: Product, *, status: int = 200, public: bool = False) -> Response:
    """The product in full, under the ETag that the quick read gives it."""
    base = base_url(request)
    etag = reading.etag_of(product, base)
    return tagged(request, product_shape(product, base), status=status, public=public, etag=etag)


def readable_product(request: Request, product_id: UUID) -> Product:
    """The product, or 404 when the caller may not read it: never 403, which would say that it is there."""
    found = queries.products(include_unpublished=allowed(request, Action.READ))
    return get_object_or_404(found, pk=product_id)


def writer(request: Request) -> User:
    """The person who writes; the permission has been checked."""
    user = caller(request)
    assert user is not None, "only people with a login may write"
    return user
