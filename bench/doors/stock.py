"""What Django and DRF give by themselves: a ModelSerializer over one table, and a view that does nothing."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.serializers import ModelSerializer
from rest_framework_simplejwt.authentication import JWTAuthentication

from vitrine.catalog.models import Product


class ProductSerializer(ModelSerializer[Product]):
    class Meta:
        model = Product
        fields = ("id", "name", "ar_enabled", "metadata", "alt", "tags", "status", "created_at", "updated_at")


class Open(RetrieveAPIView[Product]):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class WithLogin(Open):
    authentication_classes = [JWTAuthentication]
    permission_classes = [IsAuthenticated]


def empty(request: HttpRequest, pk: UUID) -> HttpResponse:
    return HttpResponse(b"")


urlpatterns = [
    path("open/<uuid:pk>/", Open.as_view()),
    path("login/<uuid:pk>/", WithLogin.as_view()),
    path("empty/<uuid:pk>/", empty),
]
