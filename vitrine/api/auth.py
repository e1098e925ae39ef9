"""/api/auth/: a token for a password, a new token for an old one, and who that is."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from vitrine.access.roles import Role
from vitrine.api.answers import PRIVATE
from vitrine.api.products import writer


class MeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()
    role = serializers.ChoiceField(choices=[role.value for role in Role])


class Token(TokenObtainPairView):
    """{username, password} -> {access, refresh}."""


class TokenRefresh(TokenRefreshView):
    """{refresh} -> {access}."""


class Me(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="read_me", responses=MeOut)
    def get(self, request: Request) -> Response:
        user = writer(request)
        shape = {"id": str(user.pk), "username": user.get_username(), "role": user.role}
        return Response(shape, headers={"Cache-Control": PRIVATE})
