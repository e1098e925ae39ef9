"""Where a request comes from."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's IP address; empty when there is none, as on a socket in the file system.

    Anybody can write an X-Forwarded-For. With TRUSTED_PROXIES=n the last n names in it were written by proxies of
    ours, so the n-th from the end is the client; without, or when fewer came, only the connection itself is believed.
    """
    count = settings.TRUSTED_PROXIES
    forwarded = [one for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    told = _parsed(forwarded[-count]) if 0 < count <= len(forwarded) else None
    found = told or _parsed(request.META.get("REMOTE_ADDR", ""))
    return str(found or "")


def shortened(address: str) -> str:
    """The network that an address is in, which is enough to tell places apart: /24 of IPv4, /48 of IPv6."""
    found = _parsed(address)
    if found is None:
        return ""
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address as servers and proxies write it: alone, with a port, in brackets."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
