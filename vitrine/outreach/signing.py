"""Signatures by the Standard Webhooks specification, and how their secrets are kept.

A secret is shown once, when it is made. We must have it again for every delivery, so it cannot be hashed like a
password: it is encrypted with a key drawn from SECRET_KEY, so that the database alone (a backup, say) does not tell it.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from vitrine.errors import NotDelivered

_PREFIX = "whsec_"
_SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(
    message_id: str, at: datetime, body: bytes, sealed_secrets: Sequence[str]
) -> dict[str, str]:
    """The three headers; a signature for each secret that holds, the newest first."""
    timestamp = str(int(at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = [_signature(content, opened(sealed_secret)) for sealed_secret in sealed_secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _signature(content: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def sealed(secret: str) -> str:
    """As it is kept."""
    return _box().encrypt(secret.encode()).decode()


def opened(sealed_secret: str) -> str:
    """The secret again. NotDelivered when it was sealed under a SECRET_KEY that we do not have any more."""
    try:
        return _box().decrypt(sealed_secret.encode()).decode()
    except InvalidToken as error:
        raise NotDelivered(
            "The endpoint's secret was kept under another SECRET_KEY: rotate it, and tell the receiver the new one."
        ) from error


def _box() -> MultiFernet:
    """Encrypts with today's SECRET_KEY, decrypts with those that were before it too."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vitrine.outreach.secrets")
    return Fernet(base64.urlsafe_b64encode(derived.derive(force_bytes(secret))))
