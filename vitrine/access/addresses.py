"""Where a request comes from, and how much of that may be written down."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Protocol

from django.conf import settings

_NOWHERE = "0.0.0.0"  # noqa: S104  # told, not bound


class HasMeta(Protocol):
    """A request, as far as headers go, by their names in CGI."""

    @property
    def META(self) -> Mapping[str, Any]: ...  # noqa: N802  # Django's name


def address_of(request: HasMeta) -> str:
    """The caller's IP address. `X-Forwarded-For` is anybody's to write, so only what the last TRUSTED_PROXIES hops
    have added is believed: with none, the address that the connection comes from."""
    hops = [request.META.get("HTTP_X_FORWARDED_FOR", ""), request.META.get("REMOTE_ADDR", "")]
    chain = [hop.strip() for part in hops for hop in part.split(",") if hop.strip()]
    believed = chain[-1 - settings.TRUSTED_PROXIES :]
    return next((str(parsed) for hop in believed if (parsed := _parsed(hop))), _NOWHERE)


@lru_cache(maxsize=10_000)
def shortened(address: str) -> str:
    """An address for logs: without its last byte, or for IPv6 its last ten: a network, not somebody."""
    parsed = _parsed(address)
    if parsed is None:
        return ""
    return str(ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False).network_address)


def digest_of(address: str) -> str:
    """What an address is counted by: Redis may write to a disk what it is told, and without SECRET_KEY nobody finds the
    address in this."""
    return _digest_of(address, settings.SECRET_KEY)


@lru_cache(maxsize=10_000)
def _digest_of(address: str, secret: str) -> str:
    key = hashlib.sha256(f"vitrine addresses {secret}".encode()).digest()
    return hashlib.blake2b(address.encode(), key=key, digest_size=12).hexdigest()


@lru_cache(maxsize=10_000)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Without a port, a zone, or the clothes of an IPv4 address in IPv6."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
