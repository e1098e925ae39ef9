"""HTTP/1.1 as one likes it: connections used again, limits of time, and another try where that is harmless."""

import http.client
import itertools
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Protocol
from urllib.parse import urlsplit

from vitrine.client.problem import Problem, problem_of, unreachable

CONNECT_S = 10.0
ANSWER_S = 60.0
ATTEMPTS = 6
PATIENCE_S = 180.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 20.0
_BLOCK_BYTES = 64 * 1024
_IDLE_MOST = 8
_LOST = (OSError, http.client.HTTPException)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `body` is opened anew for each try. `repeatable`: twice does what once does."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], bytes | Readable] | None = None
    repeatable: bool
    answer_s: float = ANSWER_S
    patience_s: float = PATIENCE_S


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


class Transport:
    """For many threads at once. `close` breaks off whatever is on its way."""

    def __init__(self, on_wait: Callable[[float], None] | None = None) -> None:
        """`on_wait` hears of seconds that were asked for by a Retry-After."""
        self._on_wait = on_wait or (lambda seconds: None)
        self._idle: dict[str, list[HTTPConnection]] = {}
        self._busy: dict[HTTPConnection, str] = {}  # with where it leads
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._reached: set[str] = set()
        self._tls: ssl.SSLContext | None = None

    def send(self, call: Call) -> Answer:
        """The answer, whatever its status; Problem when none came. 429 and 503 are waited out."""
        began = time.monotonic()
        for attempt in itertools.count(1):
            try:
                answer = self._once(call)
            except _LOST as error:
                if not self._worth_repeating(call, error):
                    raise unreachable(_host(call.url), error) from error
                answer, lost = None, error
                self._forget_idle(_host(call.url))
            wait = _wait_s(answer, attempt)
            if wait is None and answer is not None:
                return answer
            if answer is not None and wait:
                self._on_wait(wait)
            late = attempt == ATTEMPTS or time.monotonic() - began + (wait or 0) > call.patience_s
            if late or self._closed.wait(wait):
                if answer is None:
                    raise unreachable(_host(call.url), lost) from lost
                return answer
        raise AssertionError("never reached: it is counted without an end")

    @contextmanager
    def opened(self, url: str, headers: Mapping[str, str]) -> Iterator[HTTPResponse]:
        """The answer to a GET, to be read piece by piece; Problem for an error's status. Reading may raise OSError."""
        call = Call(method="GET", url=url, headers=headers, repeatable=True)
        try:
            connection, response = self._asked(call)
        except _LOST as error:
            raise unreachable(_host(url), error) from error
        with closing(connection):
            try:
                if response.status >= 400:
                    raise problem_of(_host(url), response.status, response.read())
                yield response
            finally:
                with self._lock:
                    self._busy.pop(connection, None)

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            connections = [*self._busy, *(one for idle in self._idle.values() for one in idle)]
            self._idle.clear()
        for connection in connections:
            _break_off(connection)

    def _worth_repeating(self, call: Call, error: Exception) -> bool:
        """Not a wrong address or certificate, which the first try shows; what was reached before may come back."""
        if isinstance(error, ssl.SSLCertVerificationError) or self._closed.is_set():
            return False
        never_there = isinstance(error, ConnectionRefusedError | socket.gaierror)
        return call.repeatable and (not never_there or _host(call.url) in self._reached)

    def _once(self, call: Call) -> Answer:
        connection, response = self._asked(call)
        try:
            body = response.read()
        except BaseException:
            self._give_back(connection, usable=False)
            raise
        headers = {name.lower(): value for name, value in response.getheaders()}
        self._give_back(connection, usable=not response.will_close)
        self._reached.add(_host(call.url))
        return Answer(response.status, headers, body)

    def _asked(self, call: Call) -> tuple[HTTPConnection, HTTPResponse]:
        connection = self._connection(call)
        parts = urlsplit(call.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(call.answer_s)
            body = None if call.body is None else call.body()
            return connection, _answer(connection, call, path, body)
        except BaseException:
            self._give_back(connection, usable=False)
            raise

    def _connection(self, call: Call) -> HTTPConnection:
        """One that is open, where a try that meets a closed end may be repeated; else a new one."""
        parts = urlsplit(call.url)
        with self._lock:
            idle = self._idle.get(_host(call.url), [])
            if idle and call.repeatable:
                connection = idle.pop()
            elif parts.scheme == "https":
                self._tls = self._tls or ssl.create_default_context()
                connection = HTTPSConnection(
                    parts.netloc, timeout=CONNECT_S, blocksize=_BLOCK_BYTES, context=self._tls
                )
            else:
                connection = HTTPConnection(parts.netloc, timeout=CONNECT_S, blocksize=_BLOCK_BYTES)
            self._busy[connection] = _host(call.url)
        return connection

    def _give_back(self, connection: HTTPConnection, *, usable: bool) -> None:
        with self._lock:
            idle = self._idle.setdefault(self._busy.pop(connection, ""), [])
            if usable and len(idle) < _IDLE_MOST and not self._closed.is_set():
                idle.append(connection)
                return
        connection.close()

    def _forget_idle(self, host: str) -> None:
        """Where one broke, those that wait are as good as broken."""
        with self._lock:
            idle = self._idle.pop(host, [])
        for connection in idle:
            connection.close()


def checked(call: Call, answer: Answer) -> Answer:
    """The answer, if it is a good one; else Problem."""
    if answer.status >= 400:
        raise problem_of(_host(call.url), answer.status, answer.body)
    if answer.status >= 300:
        elsewhere = answer.headers.get("location", "elsewhere")
        raise Problem(
            f"{_host(call.url)} sends us to {elsewhere}",
            "Use that address.",
            code="redirected",
            status=answer.status,
        )
    return answer


def _answer(connection: HTTPConnection, call: Call, path: str, body: bytes | Readable | None) -> HTTPResponse:
    try:
        connection.request(call.method, path, body=body, headers=dict(call.headers))  # type: ignore[arg-type]  # any reader
    except (BrokenPipeError, ConnectionResetError):
        # Whoever refuses a body before all of it came has answered already.
        try:
            return connection.getresponse()
        except _LOST:
            raise ConnectionResetError("the connection broke while it was sent") from None
    return connection.getresponse()


def _wait_s(answer: Answer | None, attempt: int) -> float | None:
    """How long until the next try; None when the answer is one to be taken."""
    backoff = min(_FIRST_WAIT_S * 2.0 ** (attempt - 1), _LONGEST_WAIT_S)
    jittered = backoff * random.uniform(0.5, 1.0)  # noqa: S311  # spreads tries, hides nothing
    if answer is None:
        return jittered
    asked = answer.headers.get("retry-after")
    in_progress = answer.status == 409 and asked is not None and b'"in-progress"' in answer.body
    if answer.status not in {429, 503} and not in_progress:
        return None
    told = _seconds(asked)
    return jittered if told is None else told + jittered * 0.2


def _seconds(said: str | None) -> float | None:
    """Retry-After: seconds, or a date (RFC 9110, 10.2.3)."""
    if said is None:
        return None
    if said.strip().isdecimal():
        return float(said)
    try:
        return max(0.0, float(parsedate_to_datetime(said).timestamp()) - time.time())
    except ValueError:
        return None


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _break_off(connection: HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits for it
    connection.close()
