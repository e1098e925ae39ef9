"""Where a webhook may go. An admin names the target, but the machine that calls it stands inside our network.

An address is checked when it is named and again, resolved anew, when it is called; the call then goes to the very
address that was checked, so a name cannot change its mind in between (DNS rebinding).
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from vitrine.errors import TargetRefused

MOST_LETTERS = 500
_WRITTEN = re.compile(r"[!-~]+", re.ASCII)
_PLACE = re.compile(r"(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?", re.ASCII)

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host name; OSError when there are none."""

_PRIVATE = tuple(
    ip_network(block)
    for block in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # RFC 1918
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "127.0.0.0/8", "::1/128",
        "fc00::/7",  # unique local, RFC 4193
    )
)  # fmt: skip
"""Somebody's own network; only for WEBHOOKS_TO=private."""

_NEVER = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # link-local; 169.254.169.254 tells clouds' secrets
        "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::/32",  # the same at Alibaba, Azure, Amazon
        "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # documentation
        "224.0.0.0/4", "240.0.0.0/4",  # multicast, reserved, broadcast
        "2001::/23",  # IETF's own, Teredo among it
        "2001:db8::/32", "3fff::/20",  # documentation
        "2002::/16",  # 6to4
    )
)  # fmt: skip
"""From IANA's special-purpose registries (RFC 6890 and its updates), and where clouds keep their metadata."""

_GLOBAL_IPV6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's URL in parts. `host` without the brackets of an IPv6 address; `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS = {"https": 443, "http": 80}


def system_resolve(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def read_target(url: str, *, private: bool) -> Target:
    """The URL in parts, or TargetRefused. `private`: whether our own network may be called, and by http."""
    if len(url) > MOST_LETTERS:
        raise TargetRefused(f"This URL has {len(url)} characters; at most {MOST_LETTERS} are taken.")
    if not _WRITTEN.fullmatch(url) or "\\" in url:
        raise TargetRefused(
            "Write the URL without spaces and in ASCII: other letters as %XX, a host as xn--…."
        )
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise TargetRefused(f"{url!r} is no URL such as https://shop.example.com/hooks.") from error
    if parts.scheme not in (_PORTS if private else ("https",)):
        taken = "https or http" if private else "https"
        raise TargetRefused(f"Its scheme is {parts.scheme!r}; {taken} is taken.")
    if "@" in parts.netloc:
        raise TargetRefused("A URL with a login in it is not taken: receivers check the signature instead.")
    if "#" in url:
        raise TargetRefused("A URL with a fragment (#) is not taken: it would never be sent.")
    place = _PLACE.fullmatch(parts.netloc)
    if place is None:
        raise TargetRefused(f"{parts.netloc!r} is no host, nor a host and a port.")
    port = int(place["port"] or _PORTS[parts.scheme])
    if port != _PORTS[parts.scheme] and not 1024 <= port <= 65535:  # other protocols live there
        raise TargetRefused(f"Its port is {port}; {_PORTS[parts.scheme]} or one from 1024 to 65535 is taken.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, place["host"].strip("[]").lower(), port, path)


def check_target(url: str, *, private: bool, resolve: Resolve = system_resolve) -> None:
    """TargetRefused for a URL that is none of those we call, or has no address now."""
    target = read_target(url, private=private)
    try:
        addresses_of(target, resolve, private=private)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that DNS cannot spell
        raise TargetRefused(f"{target.host} has no address that could be called: {error}.") from error


def addresses_of(target: Target, resolve: Resolve, *, private: bool) -> list[str]:
    """The target's addresses, all of them checked; TargetRefused if a single one is none of those we call.

    OSError when its name has no address.
    """
    found = [str(one) for one in resolve(target.host, target.port)]
    for address in found:
        reason = refusal(address, private=private)
        if reason:
            raise TargetRefused(f"{target.host} is at {address}, {reason}.")
    if not found:
        raise OSError(f"{target.host} has no address")
    return found


def refusal(address: str, *, private: bool) -> str:
    """Why this address is not called; empty if it is."""
    try:
        checked = _unwrapped(ip_address(address))
    except ValueError:  # a scope, such as fe80::1%eth0, or no address at all
        return "which is no address that can be called"
    if any(checked in block for block in _NEVER):
        return "which is link-local, reserved or kept for documentation, and is never called"
    if any(checked in block for block in _PRIVATE):
        own = "which is in a private network, and is called only with WEBHOOKS_TO=private"
        return "" if private else own
    if isinstance(checked, IPv6Address) and checked not in _GLOBAL_IPV6:
        return "which is no global address"
    return ""


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, mapped (::ffff:0:0/96) or by NAT64; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id:
        raise ValueError("an address with a scope is one of this machine's own links")
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address
