"""/api/users/: people and their roles, for admins."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access import links, people, second_factor
from vitrine.access.models import User
from vitrine.access.passwords import random_password
from vitrine.access.roles import Role
from vitrine.api.answers import private
from vitrine.api.auth import Password
from vitrine.api.fields import Words
from vitrine.api.pages import NewestFirst, page_of
from vitrine.api.products import writer
from vitrine.api.repeats import repeatable
from vitrine.api.shapes import base_url

_ROLES = [role.value for role in Role]


class PersonIn(serializers.Serializer[Any]):
    username = Words(max_length=150, validators=[UnicodeUsernameValidator()])
    role = serializers.ChoiceField(choices=_ROLES)
    password = Password(required=False, help_text="A random one, shown once, unless told.")
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    invite = serializers.BooleanField(
        required=False, default=False, help_text="Send a link to `email`; the person chooses the password."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["invite"] and not attrs.get("email"):
            raise serializers.ValidationError({"email": ["An invitation needs an address to go to."]})
        if attrs["invite"] and "password" in attrs:
            raise serializers.ValidationError({"password": ["Who is invited chooses one: send none."]})
        return attrs


class PersonChange(serializers.Serializer[Any]):
    """Fields that are not sent stay as they are."""

    role = serializers.ChoiceField(choices=_ROLES, required=False)
    active = serializers.BooleanField(required=False, source="is_active")
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    second_factor = serializers.BooleanField(
        required=False,
        help_text="false takes it off, for who lost the phone; only the person can set one up.",
    )

    def validate_second_factor(self, value: bool) -> bool:
        if value:
            raise serializers.ValidationError("Only the person can set a second factor up.")
        return value


class PersonOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()
    role = serializers.ChoiceField(choices=_ROLES)
    active = serializers.BooleanField()
    email = serializers.CharField(allow_blank=True)
    second_factor = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    last_login_at = serializers.DateTimeField(allow_null=True)


class PersonMadeOut(PersonOut):
    password = serializers.CharField(allow_null=True, help_text="The random one, this once; else null.")
    invited = serializers.BooleanField(help_text="Whether a mail with a link went out.")


class InvitedOut(serializers.Serializer[Any]):
    invited = serializers.BooleanField(help_text="Whether a mail with a link went out.")


class PeopleOut(serializers.Serializer[Any]):
    results = PersonOut(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class PeoplePages(NewestFirst):
    ordering = ("-date_joined", "-id")


class People(APIView):
    @extend_schema(
        operation_id="list_users", responses=PeopleOut, parameters=[OpenApiParameter("cursor", str)]
    )
    def get(self, request: Request) -> Response:
        found = User.objects.select_related("second_factor")
        return private(page_of(found, request, person_shape, PeoplePages()))

    @extend_schema(operation_id="create_user", request=PersonIn, responses={201: PersonMadeOut})
    @repeatable
    def post(self, request: Request) -> Response:
        given = PersonIn(data=request.data)
        given.is_valid(raise_exception=True)
        told, drawn = dict(given.validated_data), random_password()
        asked, shown = told.pop("invite"), "password" not in told
        person = people.make(**{"password": drawn, **told}, by=writer(request))
        invited = asked and links.invite(person, base=base_url(request))
        password = drawn if shown and not asked else None
        headers = {"Cache-Control": "no-store", "Location": f"/api/users/{person.pk}/"}
        shape = {**person_shape(person), "password": password, "invited": invited}
        return Response(shape, status=201, headers=headers)


class OnePerson(APIView):
    @extend_schema(operation_id="read_user", responses=PersonOut)
    def get(self, request: Request, person_id: UUID) -> Response:
        return _answer(get_object_or_404(User, pk=person_id))

    @extend_schema(operation_id="change_user", request=PersonChange, responses=PersonOut)
    def patch(self, request: Request, person_id: UUID) -> Response:
        person = get_object_or_404(User, pk=person_id)
        given = PersonChange(data=request.data)
        given.is_valid(raise_exception=True)
        if given.validated_data.pop("second_factor", None) is False:
            second_factor.take_off(person, writer(request))
        return _answer(people.change(person, **given.validated_data, by=writer(request)))


class Invitation(APIView):
    @extend_schema(operation_id="invite_user", request=None, responses=InvitedOut)
    def post(self, request: Request, person_id: UUID) -> Response:
        """A link by mail, once more; the person chooses a password with it."""
        invited = people.invite(get_object_or_404(User, pk=person_id), base=base_url(request))
        return private({"invited": invited})


def person_shape(person: User) -> Mapping[str, Any]:
    return {
        "id": str(person.pk),
        "username": person.username,
        "role": person.role,
        "active": person.is_active,
        "email": person.email,
        "second_factor": person.has_second_factor,
        "created_at": person.date_joined,
        "last_login_at": person.last_login,
    }


def _answer(person: User) -> Response:
    return private(person_shape(person))
