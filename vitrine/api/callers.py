"""Who calls, as one word: what limits and repeated requests are counted by."""

from rest_framework.request import Request

from vitrine.access.limits import name_of_address
from vitrine.access.models import ApiKey
from vitrine.api.authentication import caller


def name_of_caller(request: Request) -> str:
    """The API key, else the person, else the address's network."""
    if isinstance(request.auth, ApiKey):
        return f"key {request.auth.pk}"
    user = caller(request)
    return f"user {user.pk}" if user else name_of_address(request)
