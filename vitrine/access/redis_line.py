"""One connection to Redis for all that an event loop asks of it; redis-py's own takes three times as long."""

import asyncio
from collections.abc import Sequence
from typing import Any

import redis.asyncio as aioredis

from vitrine.access.lines import Line, LineBroken

_PATIENCE_S = 0.25
_INTEGER, _BULK, _ARRAY, _SIMPLE, _ERROR = b":$*+-"


class RedisLine(Line):
    """Runs one script, again and again."""

    def __init__(self, url: str, script: str, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__("redis", patience_s=_PATIENCE_S, loop=loop)
        self._url, self._script = url, script
        self._sha = ""
        self._transport: asyncio.Transport | None = None
        self._to_send: list[bytes] = []

    def run(self, names: Sequence[str], numbers: Sequence[int]) -> asyncio.Future[Any]:
        """What the script answers to KEYS and ARGV."""
        if not self.is_open or self._transport is None:
            self.open_soon()
            raise LineBroken("redis: not open")
        if not self._to_send:  # what is asked in one round of the loop goes out by one call of the system
            self._loop.call_soon(self._send)
        self._to_send.append(_packed("EVALSHA", self._sha, len(names), *names, *numbers))
        return self._expect()

    def _send(self) -> None:
        to_send, self._to_send = self._to_send, []
        if self._transport is not None and to_send:
            self._transport.write(b"".join(to_send))

    async def _connect(self) -> None:
        # redis-py reads the address, and what it says of TLS.
        wanted: Any = aioredis.ConnectionPool.from_url(self._url).make_connection()  # type: ignore[no-untyped-call]
        answers = _Answers(self)
        if isinstance(wanted, aioredis.UnixDomainSocketConnection):
            transport, _ = await self._loop.create_unix_connection(lambda: answers, wanted.path)
        else:
            tls = wanted.ssl_context.get() if isinstance(wanted, aioredis.SSLConnection) else None
            transport, _ = await self._loop.create_connection(
                lambda: answers, wanted.host, wanted.port, ssl=tls
            )
        self._transport = transport
        if wanted.password:
            await self._said("AUTH", *([wanted.username] if wanted.username else []), wanted.password)
        if wanted.db:
            await self._said("SELECT", wanted.db)
        self._sha = (await self._said("SCRIPT", "LOAD", self._script)).decode()

    async def _said(self, *words: str | int) -> Any:
        if self._transport is None:
            raise LineBroken("redis: closed while it was opened")
        self._transport.write(_packed(*words))
        return await self._expect()

    def _disconnect(self) -> None:
        self._to_send = []
        if self._transport is not None:
            self._transport.abort()  # the loop stops watching the socket, and closes it once
            self._transport = None

    def heard(self, said: Any) -> None:
        if not self._waiting:
            self._break("an answer to no question")
            return
        self._answer(said)
        if isinstance(
            said, LineBroken
        ):  # the script is not there any more, or Redis is still loading: begin anew
            self._break(str(said))

    def lost(self, transport: asyncio.BaseTransport | None, reason: str) -> None:
        if transport is self._transport:
            self._break(reason)


class _Answers(asyncio.Protocol):
    """RESP2: whole answers out of what comes in pieces."""

    def __init__(self, line: RedisLine) -> None:
        self._line, self._rest = line, b""
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        held, at = (self._rest + data if self._rest else data), 0
        while at < len(held):
            said, end = _read(held, at)
            if end < 0:
                break
            at = end
            self._line.heard(said)
        self._rest = held[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.lost(self._transport, str(exc or "closed by Redis"))


def _packed(*words: str | int) -> bytes:
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        text = str(word).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(text), text))
    return b"".join(parts)


def _read(held: bytes, at: int) -> tuple[Any, int]:
    """The answer that begins there, and where it ends: -1 while not all of it has come."""
    line_end = held.find(b"\r\n", at)
    if line_end < 0:
        return None, -1
    kind, said, end = held[at], held[at + 1 : line_end], line_end + 2
    if kind == _INTEGER:
        return int(said), end
    if kind == _BULK:
        size = int(said)
        if size < 0:
            return None, end
        return (held[end : end + size], end + size + 2) if end + size + 2 <= len(held) else (None, -1)
    if kind == _ARRAY:
        many: list[Any] = []
        for _ in range(int(said)):
            one, end = _read(held, end)
            if end < 0:
                return None, -1
            many.append(one)
        return many, end
    if kind == _SIMPLE:
        return said, end
    return LineBroken(f"redis: {said.decode(errors='replace')}"), end
