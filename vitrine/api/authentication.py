"""Who is calling: a JWT or an API key in the Authorization header, or the console's cookie with its CSRF token."""

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from vitrine.access.arrival import key_in, login_in
from vitrine.access.caller import Caller
from vitrine.access.models import ApiKey, Login, User
from vitrine.api.problems import CHALLENGE
from vitrine.errors import LoginNeeded


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; `request.auth` is its Login."""

    def authenticate(self, request: Request) -> tuple[User, Login] | None:
        try:
            login = login_in(request._request)  # noqa: SLF001  # DRF gives no other way to what it wraps
        except LoginNeeded:
            _is_nobody(request)
            raise
        return None if login is None else (login.person, login)

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Api-Key <key>`; `request.auth` is its ApiKey."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        try:
            key = key_in(request._request)  # noqa: SLF001  # the same
        except LoginNeeded:
            _is_nobody(request)
            raise
        return None if key is None else (key.created_by, key)


class ConsoleAuthentication(SessionAuthentication):
    """The console's pages, same origin only: the session cookie, with X-CSRFToken on everything that changes."""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry
    target_class = "vitrine.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry
    target_class = "vitrine.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        said = "`Api-Key` and the key, as in `Authorization: Api-Key vtr_api_…`."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": said}


class ConsoleScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry
    target_class = "vitrine.api.authentication.ConsoleAuthentication"
    name = "console"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def calling(request: Request | HttpRequest) -> Caller | None:
    """Who calls, with the scopes of the key when it is one; None for a stranger."""
    user, auth = getattr(request, "user", None), getattr(request, "auth", None)
    if not isinstance(user, User):
        return None
    return Caller(user, auth if isinstance(auth, ApiKey) else None)


def caller(request: Request) -> User | None:
    """The person who calls or whose key calls, or None for a stranger."""
    found = calling(request)
    return found.person if found else None


def _is_nobody(request: Request) -> None:
    """So that whoever asks again, on the way out, is not refused once more."""
    request.user, request.auth = None, None  # type: ignore[assignment]  # its types know no strangers
