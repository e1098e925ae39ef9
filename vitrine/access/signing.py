"""The keys that sign tokens, and seal what must be kept readable: for each SECRET_KEY that counts, the newest first."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def ring() -> Mapping[str, bytes]:
    """By key id, the newest first: it signs, and all of them verify."""
    return _ring((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def sealer() -> MultiFernet:
    """Encrypts with the newest, opens with any."""
    keys = [hmac.digest(key, b"sealing", "sha256") for key in ring().values()]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


@lru_cache(maxsize=8)
def _ring(secrets: tuple[str, ...]) -> Mapping[str, bytes]:
    keys = [_derived(secret) for secret in secrets]
    return {hashlib.sha256(b"key id" + key).hexdigest()[:16]: key for key in keys}


def _derived(secret: str) -> bytes:
    """A key for tokens alone: what else SECRET_KEY signs must not pass for one."""
    return hmac.digest(secret.encode(), b"vitrine.access.tokens", "sha256")
