"""Leave to read a file, as a segment of its path: key id, audience, expiry and an HMAC-SHA256 over all of it.

In the path and never in the query: Scene Viewer and Quick Look lose cookies and break on queries. A CDN's edge believes
the same signatures (`deploy/cdn/signed_files.js`); `tests/catalog/signed_paths.json` holds for both.

    <key id>.<audience><expires>.<mac>/<key>
    3f0c9a1e.p1790000000.Vx…43 characters…/models/<product id>/<sha256>.glb
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

_LABEL = b"vitrine file addresses, version 1"
_SEGMENT = re.compile(
    r"(?P<key_id>[0-9a-f]{8})\.(?P<audience>[ps])(?P<expires>[0-9]{1,12})\.(?P<mac>[A-Za-z0-9_-]{43})"
)


class Audience(StrEnum):
    """Whom an address was made for. `PUBLIC` shows what is published; `STAFF` what is not yet, too."""

    PUBLIC = "p"
    STAFF = "s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """A signature that holds: for this `key`, until `expires` (seconds since 1970)."""

    key: str
    audience: Audience
    expires: int


@dataclass(frozen=True, slots=True)
class SigningKey:
    """64 hexadecimal digits, and used as that text: a CDN's edge has no other kind of key."""

    text: str = field(repr=False)

    @classmethod
    def from_secret(cls, secret: str) -> Self:
        """HKDF-SHA256 (RFC 5869) with a label of its own: whoever has it can sign addresses, and nothing else."""
        extracted = hmac.digest(bytes(32), secret.encode(), "sha256")
        return cls(hmac.digest(extracted, _LABEL + b"\x01", "sha256").hex())

    @property
    def id(self) -> str:
        return hashlib.sha256(b"key id of " + self.text.encode()).hexdigest()[:8]

    def mac(self, head: str, key: str) -> str:
        mac = hmac.digest(self.text.encode(), f"{head}/{key}".encode(), "sha256")
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The first key signs; all of them are believed."""

    keys: tuple[SigningKey, ...]

    @classmethod
    def from_secrets(cls, secrets: Iterable[str]) -> Self:
        return cls(tuple(SigningKey.from_secret(secret) for secret in secrets))

    def signed(self, key: str, *, audience: Audience, expires: int) -> str:
        """`key` with the leave to read it before it."""
        own = self.keys[0]
        head = f"{own.id}.{audience}{expires}"
        return f"{head}.{own.mac(head, key)}/{key}"

    def read(self, path: str, *, now: float) -> Leave | None:
        """What `path` gives leave to read; None when it was not signed by us, or no longer holds."""
        segment, _, key = path.partition("/")
        found = _SEGMENT.fullmatch(segment)
        if found is None:
            return None
        head = segment.rpartition(".")[0]
        fits = [
            hmac.compare_digest(one.mac(head, key), found["mac"])
            for one in self.keys
            if one.id == found["key_id"]
        ]
        if not any(fits) or int(found["expires"]) <= now:
            return None
        return Leave(key=key, audience=Audience(found["audience"]), expires=int(found["expires"]))


def is_signed(path: str) -> bool:
    """Whether it begins as a signed path does; no key of a file does."""
    return _SEGMENT.fullmatch(path.partition("/")[0]) is not None


def step_end(now: float, step_s: int) -> int:
    """Until when an address made now stays the same for everybody. It holds for one more step."""
    return (int(now) // step_s + 1) * step_s
