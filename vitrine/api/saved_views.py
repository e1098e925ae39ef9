"""/api/views/: searches of the library that somebody named, for the team or for oneself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.fields import Words
from vitrine.api.lists import ListFields
from vitrine.api.parsers import Json
from vitrine.api.products import writer
from vitrine.api.repeats import repeatable
from vitrine.api.shapes import base_url
from vitrine.catalog import saved
from vitrine.catalog.saved import SavedView

_OF_A_PAGE = ("cursor", "limit")


class Query(Words):
    """What stands behind the ? of a list; kept without what only one page of it has."""

    def to_internal_value(self, data: Any) -> str:
        asked = QueryDict(super().to_internal_value(data).removeprefix("?"), mutable=True)
        for name in _OF_A_PAGE:
            asked.pop(name, None)
        fields = ListFields(data=asked)
        if not fields.is_valid():
            name, said = next(iter(fields.errors.items()))
            raise serializers.ValidationError(f"{name}: {said[0] if isinstance(said, list) else said}")
        return asked.urlencode()


class SavedViewFields(serializers.Serializer[Any]):
    """What may be changed about a view; fields that are not sent stay as they are."""

    name = Words(max_length=80, required=False)
    query = Query(max_length=2_000, required=False, allow_blank=True)
    shared = serializers.BooleanField(required=False)


class NewSavedView(SavedViewFields):
    """`query` is a list's, such as `q=chair&tags=oak&ordering=name`; `shared` ones are the whole team's."""

    name = Words(max_length=80)
    query = Query(max_length=2_000, allow_blank=True)
    shared = serializers.BooleanField(required=False, default=False)


class SavedViewOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    query = serializers.CharField(allow_blank=True)
    shared = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class SavedViewsOut(serializers.Serializer[Any]):
    results = SavedViewOut(many=True)


class Views(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="list_views", responses=SavedViewsOut)
    def get(self, request: Request) -> Response:
        return private({"results": [_shape(view) for view in saved.seen_by(writer(request))]})

    @extend_schema(operation_id="create_view", request=NewSavedView, responses={201: SavedViewOut})
    @repeatable
    def post(self, request: Request) -> Response:
        fields = NewSavedView(data=request.data)
        fields.is_valid(raise_exception=True)
        view = saved.save(by=writer(request), **fields.validated_data)
        return private(
            _shape(view), status=201, headers={"Location": f"{base_url(request)}/api/views/{view.pk}/"}
        )


class OneView(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="read_view", responses=SavedViewOut)
    def get(self, request: Request, view_id: UUID) -> Response:
        return private(_shape(_seen(request, view_id)))

    @extend_schema(operation_id="change_view", request=SavedViewFields, responses=SavedViewOut)
    def patch(self, request: Request, view_id: UUID) -> Response:
        view = _seen(request, view_id)
        fields = SavedViewFields(data=request.data)
        fields.is_valid(raise_exception=True)
        return private(_shape(saved.change(view, by=writer(request), **fields.validated_data)))

    @extend_schema(operation_id="delete_view", responses={204: None})
    def delete(self, request: Request, view_id: UUID) -> Response:
        saved.remove(_seen(request, view_id))
        return Response(status=204)


def _seen(request: Request, view_id: UUID) -> SavedView:
    """404 for somebody else's own."""
    return get_object_or_404(saved.seen_by(writer(request)), pk=view_id)


def _shape(view: SavedView) -> Mapping[str, Any]:
    return {
        "id": str(view.pk),
        "name": view.name,
        "query": view.query,
        "shared": view.shared,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
    }
