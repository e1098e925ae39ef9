"""Who is calling: a JWT in the Authorization header, or the console's session cookie with its CSRF token."""

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from vitrine.access.models import User


class ConsoleAuthentication(SessionAuthentication):
    """The console's pages, same origin only: the session cookie, with X-CSRFToken on everything that changes."""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry
    target_class = "vitrine.access.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ConsoleScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry
    target_class = "vitrine.api.authentication.ConsoleAuthentication"
    name = "console"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def caller(request: Request) -> User | None:
    """The person who calls, or None for a stranger."""
    user = request.user
    return None if user is None or isinstance(user, AnonymousUser) else user
