"""Bodies that trickle in: a slow sender holds the thread that reads for as long as it likes, since the web server sets
bodies no time. So only some threads of a process may wait for bodies at once; the others go on serving."""

from collections.abc import Iterable
from threading import BoundedSemaphore
from typing import Any
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from vitrine.errors import Busy

_AGAIN_S = 2
_PATIENCE_S = 0.5  # a body that is there already is read in no time: only slow ones fill the places


class Bodies:
    """A WSGI application of which at most `most` requests a process wait for their bodies. The next ones are told to
    come again."""

    def __init__(self, application: WSGIApplication, *, most: int) -> None:
        self._application = application
        self._places = BoundedSemaphore(most)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"] = _Body(environ["wsgi.input"], self._places)
        return self._application(environ, start_response)


class _Body:
    """Holds a place only while it waits for bytes."""

    def __init__(self, body: InputStream, places: BoundedSemaphore) -> None:
        self._body, self._places = body, places

    def read(self, *size: int) -> bytes:
        return self._waited(self._body.read, *size)

    def readline(self, *size: int) -> bytes:
        return self._waited(self._body.readline, *size)

    def _waited(self, read: Any, *size: int) -> bytes:
        if not self._places.acquire(timeout=_PATIENCE_S):
            raise Busy(
                f"Too many requests are being sent slowly just now. Send yours again in {_AGAIN_S} s.",
                retry_after_s=_AGAIN_S,
            )
        try:
            piece: bytes = read(*size)
            return piece
        finally:
            self._places.release()
