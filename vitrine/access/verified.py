"""Access tokens whose signature was checked already: checking it again costs more than reading a product."""

import time
from functools import lru_cache
from uuid import UUID

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken

_REMEMBERED = 4096


def subject_of(token: str) -> UUID | None:
    """The id of the person whom a valid access token names; whether they are still welcome is the database's to say."""
    try:
        person, until = _checked(token)
    except (TokenError, KeyError, ValueError):
        return None
    return person if time.time() < until else None


@lru_cache(maxsize=_REMEMBERED)
def _checked(token: str) -> tuple[UUID, float]:
    """Whom it names and until when (Unix time). A refusal is not remembered."""
    checked = AccessToken(token)  # type: ignore[arg-type]  # its stub says Token
    return UUID(str(checked[api_settings.USER_ID_CLAIM])), float(checked["exp"])
