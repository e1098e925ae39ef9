"""Senders that trickle: they hold their own threads, and no others."""

import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest

from vitrine.config import bodies
from vitrine.config.bodies import Bodies
from vitrine.errors import Busy


class Trickle(io.BytesIO):
    """A body whose next byte comes when `more` is set. `began` is set once somebody waits for it."""

    def __init__(self) -> None:
        super().__init__(b"x")
        self.began, self.more = Event(), Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.began.set()
        self.more.wait()
        return super().read(size)


def reading(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An application that answers with the body, if there is to be one."""
    return [environ["wsgi.input"].read() if environ["REQUEST_METHOD"] == "POST" else b"page"]


def asked(application: Bodies, method: str, body: io.BytesIO) -> bytes:
    environ: WSGIEnvironment = {"REQUEST_METHOD": method, "wsgi.input": body}
    setup_testing_defaults(environ)
    return b"".join(application(environ, lambda *_: lambda _: None))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_slow_senders_fill_their_own_places_and_everybody_else_is_served(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_PATIENCE_S", 0.01)
    application, slow = Bodies(reading, most=2), [Trickle(), Trickle()]
    waiting = [threads.submit(asked, application, "POST", body) for body in slow]
    assert all(body.began.wait(60) for body in slow)

    page = asked(application, "GET", io.BytesIO())
    with pytest.raises(Busy, match="Send yours again"):
        asked(application, "POST", io.BytesIO(b"mine"))
    for body in slow:
        body.more.set()

    assert page == b"page"
    assert [one.result() for one in waiting] == [b"x", b"x"]
    assert asked(application, "POST", io.BytesIO(b"mine")) == b"mine"
