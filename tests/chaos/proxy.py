"""A way to a server that can be bad: ours, on this machine, for any TCP, with one word of HTTP."""

import asyncio
import random
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_PIECE = 65_536
_SLOW_S = 0.3
_CUTS = (0, 1, 60, 700, 5_000)
_BUSY = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 92\r\nConnection: close\r\n\r\n"
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate, please.</Message></Error>"[:92]
)

Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Way(StrEnum):
    """How what passes is treated."""

    OPEN = "open"
    SLOW = "slow"  # each piece waits a while
    HALF = "half"  # an answer ends in its middle, or before its first byte: the request may have been obeyed
    BUSY = "busy"  # 503 to whatever is asked, by HTTP
    REFUSED = "refused"  # nobody listens, and whoever was connected is cut off
    HANGING = "hanging"  # nothing passes; it does once the way is open again


@dataclass(slots=True)
class Proxy:
    """`target`: a unix socket's path, or host and port. `with Proxy(...).running() as proxy:`, from any thread."""

    target: str | tuple[str, int]
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    way: Way = Way.OPEN
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _passable: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        thread = threading.Thread(target=self._loop.run_forever, name=f"proxy to {self.target}")
        thread.start()
        try:
            self._do(self._listen())
            yield self
        finally:
            self._do(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def go(self, way: Way) -> None:
        """From now on, for new connections and those that are open."""
        self._do(self._go(way))

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _listen(self) -> None:
        self._passable.set()
        self._server = await asyncio.start_server(self._taken, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._cut_all()

    async def _end(self) -> None:
        await self._close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _go(self, way: Way) -> None:
        self.way = way
        if way is Way.HANGING:
            self._passable.clear()
        else:
            self._passable.set()
        if way is Way.REFUSED:
            await self._close()
        elif self._server is None:
            await self._listen()
        if way is Way.BUSY:
            self._cut_all()

    def _cut_all(self) -> None:
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is carried by a task"
        self._tasks.add(task)
        self._open.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._carry((reader, writer))
        finally:
            self._tasks.discard(task)
            self._open.discard(writer)
            writer.transport.abort()

    async def _carry(self, outside: Link) -> None:
        if self.way is Way.BUSY:
            await self._say_busy(outside)
            return
        await self._passable.wait()
        inside = await self._connected()
        self._open.add(inside[1])
        try:
            pumps = [
                asyncio.ensure_future(self._pump(outside[0], inside[1], answers=False)),
                asyncio.ensure_future(self._pump(inside[0], outside[1], answers=True)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            self._open.discard(inside[1])
            inside[1].transport.abort()

    async def _connected(self) -> Link:
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection(*self.target)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool) -> None:
        """Until its source ends, or an answer was cut in two."""
        left: int | None = None
        while piece := await source.read(_PIECE):
            await self._passable.wait()
            if self.way is Way.SLOW:
                await asyncio.sleep(_SLOW_S)
            if self.way is Way.HALF and answers:
                left = self.dice.choice(_CUTS) if left is None else left
                piece, left = piece[:left], left - len(piece)
            sink.write(piece)
            await sink.drain()
            if left is not None and left <= 0:
                sink.close()  # what was written goes out; an end without the rest
                await sink.wait_closed()
                return

    async def _say_busy(self, outside: Link) -> None:
        """Having read what is asked: an answer that overtakes a question is lost."""
        reader, writer = outside
        head = await reader.readuntil(b"\r\n\r\n")
        if b"100-continue" not in head.lower():
            with suppress(TimeoutError):
                while await asyncio.wait_for(reader.read(_PIECE), 0.1):
                    pass
        writer.write(_BUSY)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
