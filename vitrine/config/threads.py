"""The WSGI application in threads behind an event loop: bodies come and go in pieces, waited for by their threads."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from queue import SimpleQueue
from threading import Lock, Thread, current_thread
from typing import Any, Protocol, TypeAlias, TypeVar
from wsgiref.types import WSGIApplication, WSGIEnvironment

import structlog
from django.db import connections

from vitrine.access.limits import RECEIPT, Receipt

log = structlog.get_logger()

T = TypeVar("T")
Headers: TypeAlias = list[tuple[str, str]]
_Task: TypeAlias = tuple[Callable[[], Any], asyncio.Future[Any]]

_BODY_PIECE = 65_536
_ONCE = frozenset({"CONTENT_LENGTH", "CONTENT_TYPE"})
_BASE: WSGIEnvironment = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Scope(Protocol):
    """What RSGI tells of a request."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Any: ...


class Exchange(Protocol):
    """RSGI's protocol: the body that comes, and the answer that goes."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_stream(self, status: int, headers: Headers) -> Any: ...


class Threads:
    """At most `most`, begun when they are needed. They are daemons: one that waits for somebody who went away does not
    keep the process."""

    def __init__(self, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._loop, self._most = loop, most
        self._work: SimpleQueue[_Task | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._counting = Lock()
        self._queued = self._idle = 0

    def run(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """What `work` returns or raises. For the loop's thread."""
        future: asyncio.Future[T] = self._loop.create_future()
        with self._counting:
            self._queued += 1
            too_few = self._queued > self._idle
        self._work.put((work, future))
        if too_few and len(self._threads) < self._most:
            thread = Thread(target=self._serve, name=f"web-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def wait(self, awaited: Awaitable[T]) -> T:
        """For one of the threads: what the loop gets of it."""
        assert current_thread() in self._threads, "the loop itself would wait for ever"
        return asyncio.run_coroutine_threadsafe(_of(awaited), self._loop).result()

    def end(self) -> None:
        """Let them finish what they do, and wait for that. For tests: a server's process just ends."""
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            work, future = task
            result, error = None, None
            try:
                result = work()
            except BaseException as raised:  # noqa: BLE001  # it is raised where it is waited for
                error = raised
            try:
                self._loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:  # the loop has ended, and nobody waits
                break
            del work, future, result, error, task
        connections.close_all()

    def _next(self) -> _Task | None:
        """Both counts change at once, so what is queued never counts on a thread that has work already."""
        with self._counting:
            self._idle += 1
        task = self._work.get()
        with self._counting:
            self._idle -= 1
            self._queued -= task is not None
        return task


async def _of(awaited: Awaitable[T]) -> T:
    return await awaited


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))


class LongWay:
    """Any request, answered by `application` in one of `threads`."""

    def __init__(self, application: WSGIApplication, threads: Threads) -> None:
        self._application, self._threads = application, threads

    async def answer(self, scope: Scope, exchange: Exchange, receipt: Receipt | None = None) -> None:
        environ = environ_of(scope)
        if receipt is not None:
            environ[RECEIPT] = receipt
        has_body = "CONTENT_LENGTH" in environ or scope.method not in {"GET", "HEAD"}
        environ["wsgi.input"] = (
            io.BufferedReader(_Body(exchange, self._threads), _BODY_PIECE)
            if has_body or "HTTP_TRANSFER_ENCODING" in environ
            else io.BytesIO()
        )
        whole = await self._threads.run(lambda: self._respond(environ, exchange))
        if whole is not None:
            exchange.response_bytes(*whole)

    def _respond(self, environ: WSGIEnvironment, exchange: Exchange) -> tuple[int, Headers, bytes] | None:
        """In a thread. What is whole is sent by the loop, and the thread is free; streams are sent from here."""
        said: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> Any:
            said.append((int(status[:3]), headers))
            return None

        answer = self._application(environ, start_response)
        status, headers = said[-1]
        try:
            if not getattr(answer, "streaming", True):
                return status, headers, b"".join(answer)
            self._send(exchange, status, headers, answer)
            return None
        finally:
            if hasattr(answer, "close"):
                answer.close()

    def _send(self, exchange: Exchange, status: int, headers: Headers, answer: Iterable[bytes]) -> None:
        """Each piece is waited for until the server has taken it, so a slow reader fills no memory."""

        async def begin() -> Any:
            return exchange.response_stream(status, headers)

        stream = self._threads.wait(begin())
        for piece in answer:
            if piece:
                try:
                    self._threads.wait(stream.send_bytes(piece))
                except Exception as error:  # noqa: BLE001  # the server's, of a kind that it does not publish
                    log.debug("reader_gone", reason=repr(error))
                    return


class _Body(io.RawIOBase):
    """What the client sends, as it comes."""

    def __init__(self, exchange: Exchange, threads: Threads) -> None:
        super().__init__()
        self._exchange, self._threads = exchange, threads
        self._pieces: AsyncIterator[bytes] | None = None
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(self._threads.wait(self._next()))
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    async def _next(self) -> bytes:
        """The next piece that is none of nothing; nothing at the end."""
        if self._pieces is None:
            self._pieces = self._exchange.__aiter__()
        try:
            while not (piece := await self._pieces.__anext__()):
                pass
        except StopAsyncIteration:
            return b""
        except Exception as error:  # the server's, of a kind that it does not publish
            raise ConnectionResetError(str(error)) from error
        return piece


def environ_of(scope: Scope) -> WSGIEnvironment:
    """As granian makes it for WSGI, without names that a proxy's own header could be mistaken for."""
    server, _, port = scope.server.rpartition(":")
    environ = {
        **_BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "REMOTE_ADDR": address_in(scope.client),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, text in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in _ONCE else f"HTTP_{key}"
        before = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}" if key in environ else ""
        environ[key] = before + text
    if scope.authority and (scope.http_version.startswith("2") or "HTTP_HOST" not in environ):
        environ["HTTP_HOST"] = scope.authority
    return environ


def address_in(client: str) -> str:
    """Without its port."""
    return client.rpartition(":")[0].strip("[]")
