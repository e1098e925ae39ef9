"""What a caller's role allows, asked of the one table."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from vitrine.access.roles import Action, Role, may
from vitrine.api.authentication import caller


def allowed(request: Request, action: Action) -> bool:
    user = caller(request)
    return may(Role(user.role) if user else None, action)


class Reads(BasePermission):
    """Anyone with a login reads; those who may write change."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return allowed(request, Action.READ if request.method in SAFE_METHODS else Action.WRITE)


class ReadsPublished(BasePermission):
    """Strangers read too: the view shows them only what is published."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or allowed(request, Action.WRITE)


class Administers(BasePermission):
    """Admins only, reading as well as changing."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return allowed(request, Action.ADMINISTER)
