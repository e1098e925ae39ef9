"""The keys that sign tokens: one for each SECRET_KEY that counts, so that a new one logs nobody out."""

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings


def ring() -> Mapping[str, bytes]:
    """By key id, the newest first: it signs, and all of them verify."""
    return _ring((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _ring(secrets: tuple[str, ...]) -> Mapping[str, bytes]:
    keys = [_derived(secret) for secret in secrets]
    return {hashlib.sha256(b"key id" + key).hexdigest()[:16]: key for key in keys}


def _derived(secret: str) -> bytes:
    """A key for tokens alone: what else SECRET_KEY signs must not pass for one."""
    return hmac.digest(secret.encode(), b"vitrine.access.tokens", "sha256")
