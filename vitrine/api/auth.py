"""/api/auth/: tokens for a password, new ones for old ones, the end of a login, and who that is."""

from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access import people, tokens
from vitrine.access.addresses import address_of
from vitrine.access.arrival import client_of, login_in
from vitrine.access.login import log_in
from vitrine.access.passwords import LONGEST
from vitrine.access.roles import Role, Scope
from vitrine.access.tokens import Pair
from vitrine.api.answers import private
from vitrine.api.authentication import calling
from vitrine.api.fields import Words
from vitrine.api.products import writer
from vitrine.errors import InvalidRequest


class Password(Words):
    """Text that is kept as it is: a space at its end may be meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST, trim_whitespace=False, write_only=True, **options)


class LoginIn(serializers.Serializer[Any]):
    username = Words(max_length=150)
    password = Password()
    otp = Words(max_length=40, required=False, help_text="The code, for who has a second factor.")


class RefreshIn(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=4096)


class LogoutIn(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=4096, required=False)


class PasswordIn(serializers.Serializer[Any]):
    old = Password()
    new = Password()


class PairOut(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="For a quarter of an hour.")
    refresh = serializers.CharField(help_text="Buys the next pair, once, within a week.")


class MeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()
    role = serializers.ChoiceField(choices=[role.value for role in Role])
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=[scope.value for scope in Scope]),
        allow_null=True,
        help_text="Of the API key that asks; null for a person.",
    )
    second_factor = serializers.BooleanField()
    language = serializers.CharField(
        allow_blank=True, help_text="The console's; empty for what the browser asks for."
    )


class MeIn(serializers.Serializer[Any]):
    language = serializers.ChoiceField(choices=["", *(code for code, _ in settings.LANGUAGES)])


class Token(APIView):
    """{username, password} -> {access, refresh}."""

    authentication_classes = []

    @extend_schema(operation_id="auth_token_create", request=LoginIn, responses=PairOut, auth=[])
    def post(self, request: Request) -> Response:
        given = LoginIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        person = log_in(told["username"], told["password"], address_of(request), code=told.get("otp", ""))
        return _pair(tokens.begin(person, client=client_of(request)))


class TokenRefresh(APIView):
    """{refresh} -> {access, refresh}: the one that was sent counts no more."""

    authentication_classes = []

    @extend_schema(operation_id="auth_token_refresh_create", request=RefreshIn, responses=PairOut, auth=[])
    def post(self, request: Request) -> Response:
        given = RefreshIn(data=request.data)
        given.is_valid(raise_exception=True)
        return _pair(tokens.renew(given.validated_data["refresh"], client=client_of(request)))


class Logout(APIView):
    """Ends the login of the refresh token that is sent, else of the access token that calls, with all its tokens."""

    authentication_classes = []

    @extend_schema(operation_id="log_out", request=LogoutIn, responses={204: None})
    def post(self, request: Request) -> Response:
        given = LogoutIn(data=request.data)
        given.is_valid(raise_exception=True)
        refresh = given.validated_data.get("refresh")
        login = tokens.family_of(refresh) if refresh else login_in(request)
        if login is not None:
            tokens.end(login)
        elif not refresh:
            raise InvalidRequest("Send the refresh token as `refresh`, or call with an access token.")
        return Response(status=204)


class Me(APIView):
    @extend_schema(operation_id="read_me", responses=MeOut)
    def get(self, request: Request) -> Response:
        return _me(request)

    @extend_schema(operation_id="change_me", request=MeIn, responses=MeOut)
    def patch(self, request: Request) -> Response:
        given = MeIn(data=request.data)
        given.is_valid(raise_exception=True)
        people.choose_language(writer(request), given.validated_data["language"])
        return _me(request)


class Everywhere(APIView):
    """All tokens end, and all sessions but the one that asks."""

    @extend_schema(operation_id="log_out_everywhere", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        person = writer(request)
        people.sign_out_everywhere(person)
        if request.auth is None:
            update_session_auth_hash(request, person)
        return Response(status=204)


class OwnPassword(APIView):
    """Another password of one's own. All tokens end with it, and all sessions but the one that asks."""

    @extend_schema(operation_id="change_password", request=PasswordIn, responses={204: None})
    def post(self, request: Request) -> Response:
        given = PasswordIn(data=request.data)
        given.is_valid(raise_exception=True)
        person = writer(request)
        people.change_password(person, **given.validated_data, address=address_of(request))
        if request.auth is None:
            update_session_auth_hash(request, person)
        return Response(status=204)


def _pair(pair: Pair) -> Response:
    return Response({"access": pair.access, "refresh": pair.refresh}, headers={"Cache-Control": "no-store"})


def _me(request: Request) -> Response:
    user, found = writer(request), calling(request)
    shape = {
        "id": str(user.pk),
        "username": user.get_username(),
        "role": user.role,
        "scopes": found.key.scopes if found and found.key else None,
        "second_factor": user.has_second_factor,
        "language": user.language,
    }
    return private(shape)
