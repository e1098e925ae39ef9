"""One POST to a target: to the checked address, under its name, with bounds on time and bytes, never redirected.

Written on sockets, since what we ask of it is what HTTP libraries do not offer: another address than the name's,
a limit for the whole exchange instead of one for each read, and no proxy from the environment.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from django.conf import settings

from vitrine.errors import NotDelivered
from vitrine.outreach.targets import Resolve, Target, addresses_of, read_target, system_resolve

CONNECT_S = 5.0
WHOLE_S = 15.0
KEPT_BYTES = 1_000
_MOST_ADDRESSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How targets are found and trusted. `private`: whether our own network may be called."""

    private: bool
    resolve: Resolve = system_resolve
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    connect_s: float = CONNECT_S
    whole_s: float = WHOLE_S

    @classmethod
    def of_settings(cls) -> Self:
        return cls(private=settings.WEBHOOKS_TO == "private")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said; `body` its first KEPT_BYTES."""

    status: int
    body: str


def post(url: str, headers: Mapping[str, str], body: bytes, network: Network) -> Answer:
    """Send it. NotDelivered when there was no answer, TargetRefused when the target is none of those we call."""
    until = time.monotonic() + network.whole_s
    target = read_target(url, private=network.private)
    try:
        addresses = addresses_of(target, network.resolve, private=network.private)
        with _connection(target, addresses[:_MOST_ADDRESSES], network, until) as connection:
            connection.settimeout(_left(until))
            connection.sendall(_request(target, headers, body))
            return _answer(connection, until)
    except TimeoutError as error:
        raise NotDelivered(f"No answer within {network.whole_s:g} seconds.") from error
    except ssl.SSLCertVerificationError as error:
        raise NotDelivered(
            f"The certificate of {target.host} does not hold: {error.verify_message}."
        ) from error
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that DNS cannot spell
        raise NotDelivered(f"{target.host} cannot be reached: {error}.") from error
    except (http.client.HTTPException, ValueError) as error:
        raise NotDelivered(f"{target.host} does not speak HTTP: {type(error).__name__}.") from error


def _connection(target: Target, addresses: list[str], network: Network, until: float) -> socket.socket:
    """To the first of the checked addresses that answers; TLS asks for the target's name, whatever its address."""
    plain = _reached(addresses, target.port, min(network.connect_s, _left(until)))
    if target.scheme == "http":
        return plain
    try:
        plain.settimeout(_left(until))
        return network.trust.wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _reached(addresses: list[str], port: int, timeout_s: float) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout_s)
        except OSError:
            continue  # the next one may answer
    return socket.create_connection((addresses[-1], port), timeout_s)


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.host_header}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _answer(connection: socket.socket, until: float) -> Answer:
    response = http.client.HTTPResponse(_Reading(connection, until))  # type: ignore[arg-type]  # it asks for makefile only
    with response:
        response.begin()
        try:
            return Answer(response.status, _text(response.read(KEPT_BYTES)))
        except (OSError, http.client.HTTPException):  # it had its say with the status
            return Answer(response.status, "")


def _text(content: bytes) -> str:
    """PostgreSQL cannot keep U+0000."""
    return content.decode(errors="replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@dataclass(frozen=True, slots=True)
class _Reading:
    """What HTTPResponse reads from: the connection, until time is up, however slowly its bytes drip."""

    connection: socket.socket
    until: float

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Timed(self.connection, self.until))


class _Timed(io.RawIOBase):
    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection, self._until = connection, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the buffer that BufferedReader hands us
        self._connection.settimeout(_left(self._until))
        return self._connection.recv_into(buffer)
