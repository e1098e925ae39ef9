"""By which names and addresses this machine is reached on its own network. Standard library only."""

import fcntl
import socket
import struct
import sys

_SIOCGIFADDR = 0x8915  # from linux/sockios.h
_NAME_BYTES = 15  # of an interface


def outward_address() -> str:
    """The address from which this machine would speak to others; nothing is sent for it. Empty without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documents
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def own_addresses() -> tuple[str, ...]:
    """Every IPv4 address of this machine, the one that others most likely know first."""
    found = [outward_address(), *_of_interfaces()]
    return tuple(dict.fromkeys(address for address in found if address and not address.startswith("127.")))


def own_names() -> tuple[str, ...]:
    """What this machine calls itself, also with the ending that phones look up without a name server."""
    short = socket.gethostname().partition(".")[0]
    return tuple(dict.fromkeys((socket.gethostname(), f"{short}.local")))


def _of_interfaces() -> list[str]:
    if sys.platform != "linux":
        return []
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            asked = struct.pack("256s", name.encode()[:_NAME_BYTES])
            try:
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, asked)
            except OSError:
                continue  # it has no IPv4 address
            found.append(socket.inet_ntoa(answer[20:24]))
    return found
