"""Who a JSON Web Token speaks for."""

from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from vitrine.access.models import User


class TokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`. Algorithm, audience and issuer are pinned in the settings."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="vitrine"'


def bearer_of(request: HttpRequest) -> User | None:
    """The person whose valid access token the request carries; None without one, and for one that is not."""
    try:
        found = TokenAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        return None
    return found[0] if found is not None and isinstance(found[0], User) else None
