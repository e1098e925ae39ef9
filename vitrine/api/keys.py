"""/api/keys/: programs' ways in. A key is shown once, when it is made."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access import moments
from vitrine.access.models import ApiKey
from vitrine.access.roles import Scope
from vitrine.api.answers import private
from vitrine.api.fields import Words
from vitrine.api.pages import page_of
from vitrine.api.products import writer
from vitrine.api.repeats import repeatable

LIFE = timedelta(days=365)
LONGEST_LIFE = timedelta(days=5 * 365 + 1)


class ScopesField(serializers.ListField):
    def __init__(self, **options: Any) -> None:
        choice = serializers.ChoiceField(choices=[scope.value for scope in Scope])
        said: dict[str, Any] = {"min_length": _("Choose at least one.")}
        super().__init__(child=choice, min_length=1, max_length=len(Scope), error_messages=said, **options)


class KeyIn(serializers.Serializer[Any]):
    name = Words(max_length=100)
    scopes = ScopesField()
    expires_at = serializers.DateTimeField(
        required=False, help_text="A year from now unless told; at most five years."
    )

    def validate_expires_at(self, value: datetime) -> datetime:
        now = timezone.now()
        if not now < value <= now + LONGEST_LIFE:
            raise serializers.ValidationError(
                f"Give a time after now ({now:%Y-%m-%dT%H:%MZ}) and at most five years ahead."
            )
        return value


class KeyOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    shown = serializers.CharField(help_text="The key's first 12 characters, to know it by.")
    scopes = ScopesField()
    created_by = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    last_used_address = serializers.CharField(allow_blank=True, help_text="The network: /24, or /48 of IPv6.")


class KeyMadeOut(KeyOut):
    key = serializers.CharField(help_text="Shown this once.")


class KeysOut(serializers.Serializer[Any]):
    results = KeyOut(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class Keys(APIView):
    @extend_schema(operation_id="list_keys", responses=KeysOut, parameters=[OpenApiParameter("cursor", str)])
    def get(self, request: Request) -> Response:
        return private(page_of(ApiKey.objects.all(), request, key_shape))

    @extend_schema(operation_id="create_key", request=KeyIn, responses={201: KeyMadeOut})
    @repeatable
    def post(self, request: Request) -> Response:
        given = KeyIn(data=request.data)
        given.is_valid(raise_exception=True)
        fields = {"expires_at": timezone.now() + LIFE, **given.validated_data}
        with transaction.atomic():
            row, key = ApiKey.issue(writer(request), **fields)
            moments.key_issued(row)
        headers = {"Cache-Control": "no-store", "Location": f"/api/keys/{row.pk}/"}
        return Response({**key_shape(row), "key": key}, status=201, headers=headers)


class OneKey(APIView):
    @extend_schema(operation_id="read_key", responses=KeyOut)
    def get(self, request: Request, key_id: UUID) -> Response:
        return private(key_shape(get_object_or_404(ApiKey, pk=key_id)))

    @extend_schema(operation_id="revoke_key", responses={204: None})
    def delete(self, request: Request, key_id: UUID) -> Response:
        """It stops at once. Its row stays, so that what it did can be told."""
        key = get_object_or_404(ApiKey, pk=key_id)
        with transaction.atomic():
            if not key.revoke():
                raise Http404
            moments.key_revoked(key, writer(request))
        return Response(status=204)


def key_shape(key: ApiKey) -> Mapping[str, Any]:
    return {
        "id": str(key.pk),
        "name": key.name,
        "shown": key.shown,
        "scopes": key.scopes,
        "created_by": str(key.created_by_id),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
        "last_used_address": key.last_used_address,
    }
