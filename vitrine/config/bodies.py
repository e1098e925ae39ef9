"""Bodies that come slowly may hold some of the web server's threads, never all: the others go on answering.

The server hands a request to a thread before its body has come, so a few connections that send a byte a minute could
hold every thread of a process. At most BODIES_AT_ONCE of them wait for bodies; whoever comes when all of these wait
is told at once to try again. A body that is there already takes no time, and so meets no limit.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from vitrine.errors import Busy

BODIES_AT_ONCE = 6
"""Of the 8 threads of a process (`up.py`)."""
_AGAIN_S = 2

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Stream(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...


class Body:
    """`wsgi.input`, for the time of one request. Holds one of `slots` from the first read to the last."""

    def __init__(self, stream: Stream, length: int, slots: threading.Semaphore) -> None:
        self._stream, self._left, self._slots = stream, length, slots
        self._waits = False

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._stream.readline, size)

    def release(self) -> None:
        if self._waits:
            self._waits = False
            self._slots.release()

    def _counted(self, read: Callable[[int], bytes], size: int) -> bytes:
        if self._left > 0 and not self._waits:
            if not self._slots.acquire(blocking=False):
                raise Busy(
                    f"{BODIES_AT_ONCE} other requests are still being sent. Try again in {_AGAIN_S} s.",
                    retry_after_s=_AGAIN_S,
                )
            self._waits = True
        came = read(size)
        self._left -= len(came)
        if self._left <= 0 or not came:
            self.release()
        return came


def never_all_waiting(application: Application, at_once: int = BODIES_AT_ONCE) -> Application:
    slots = threading.Semaphore(at_once)

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = Body(environ["wsgi.input"], _length(environ), slots)
        environ["wsgi.input"] = body
        try:
            return application(environ, start_response)
        finally:
            body.release()

    return serve


def _length(environ: dict[str, Any]) -> int:
    said = environ.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() else 0
