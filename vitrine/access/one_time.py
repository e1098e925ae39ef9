"""Codes by the clock, as authenticator apps make them (RFC 6238): six digits of HMAC-SHA-1, new every 30 seconds."""

import base64
import hmac
import secrets
import struct
import time
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
_ASIDE = 1  # steps that a phone's clock may be off, either way


def new_secret() -> str:
    """160 bits in base32, as apps and people who type them want them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of a step, that is of the time divided by STEP_S (RFC 4226, 5.3)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    offset = mac[-1] & 15
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, code: str, *, now: float | None = None) -> int | None:
    """The step around now that `code` belongs to; None for a wrong one."""
    current = int((time.time() if now is None else now) // STEP_S)
    near = range(current - _ASIDE, current + _ASIDE + 1)
    found = [step for step in near if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return found[-1] if found else None


def address_for_apps(secret: str, username: str) -> str:
    """What a QR code carries to an authenticator app."""
    return f"otpauth://totp/Vitrine:{quote(username, safe='')}?secret={secret}&issuer=Vitrine"
