"""Servers of others that fail in the ways that servers fail: here, on this machine, for real."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
