"""Servers of others that fail in the ways that servers fail: here, on this machine, for real."""

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

NOBODY = "127.0.0.1:1"
"""Where no server is: connections are refused."""


@dataclass(slots=True)
class Hanging:
    """Takes connections and never answers; `taken` are those that it took."""

    port: int
    taken: list[socket.socket] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def hanging() -> Iterator[Hanging]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Hanging(server.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    found.taken.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for one in found.taken:
                one.close()


@contextmanager
def behind_tls(path: str, context: ssl.SSLContext) -> Iterator[int]:
    """The port at which the server of a unix socket is reached by TLS, as a managed Redis is."""
    done = threading.Event()

    def carry(taken: socket.socket) -> None:
        with (
            suppress(OSError),
            context.wrap_socket(taken, server_side=True) as outside,
            socket.socket(socket.AF_UNIX) as inside,
        ):
            inside.connect(path)
            while not done.is_set():
                ready = select.select([outside, inside], [], [], 0.05)[0]
                for source, target in ((outside, inside), (inside, outside)):
                    if source in ready and not _passed_on(source, target):
                        return

    def accept() -> None:
        while not done.is_set():
            try:
                taken = server.accept()[0]
            except OSError:
                return
            carriers.append(threading.Thread(target=carry, args=(taken,)))
            carriers[-1].start()

    carriers: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            done.set()
            server.shutdown(socket.SHUT_RDWR)
            for one in (thread, *carriers):
                one.join()


def _passed_on(source: socket.socket, target: socket.socket) -> bool:
    """False once the source has ended."""
    sent = source.recv(65_536)  # more than TLS keeps back
    target.sendall(sent)
    return bool(sent)
