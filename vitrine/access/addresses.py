"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The caller's address: the connection's, or what the outermost of TRUSTED_PROXIES saw. Empty if unknown.

    Each proxy of ours appends to X-Forwarded-For whom it saw; what stands further left, anybody may have written.
    """
    seen = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    hops = settings.TRUSTED_PROXIES
    given = seen[-hops] if 0 < hops <= len(seen) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(_plain(given))
    except ValueError:
        return ""


def shortened(address: str) -> str:
    """The network that an address lies in, /24 or /48: near enough to wonder at, too wide to be a person."""
    try:
        plain = _plain(address)
    except ValueError:
        return ""
    return str(ip_network(f"{plain}/{48 if isinstance(plain, IPv6Address) else 24}", strict=False))


def _plain(address: str) -> object:
    """Without a scope, and an IPv4 address as one even where IPv6 carries it."""
    parsed = ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
