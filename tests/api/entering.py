"""A request that comes in by the web server's door, in an event loop of this test's own. What it reads must be
committed: the quick read has a connection of its own."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.wsgi import get_wsgi_application

from vitrine.config.entrance import Entrance
from vitrine.config.threads import Headers


class SentHeaders:
    """As granian hands them over: names in small letters, each as often as it was sent."""

    def __init__(self, pairs: Headers) -> None:
        self._pairs = [(name.lower(), text) for name, text in pairs]

    def items(self) -> Headers:
        return self._pairs


@dataclass(slots=True)
class Sent:
    """RSGI's scope."""

    method: str
    path: str
    headers: Any
    query_string: str = ""
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "127.0.0.1:40000"
    scheme: str = "http"
    authority: str | None = None


@dataclass(slots=True)
class Got:
    """RSGI's protocol, and what was answered by it. `takes` pieces are taken; then the reader has gone."""

    body: list[bytes] = field(default_factory=list)
    takes: int = 1_000_000
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    streamed: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.body:
            yield piece

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        self.status, self.headers, self.content = status, _by_name(headers), body

    def response_stream(self, status: int, headers: Headers) -> "Got":
        self.status, self.headers, self.streamed = status, _by_name(headers), True
        return self

    async def send_bytes(self, piece: bytes) -> None:
        if self.takes == 0:
            raise ConnectionResetError
        self.takes -= 1
        self.content += piece

    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def by_the_quick_way(self) -> bool:
        return self.headers.get("server-timing", "").startswith("cache;dur=")


def _by_name(headers: Headers) -> dict[str, str]:
    return {name.lower(): text for name, text in headers}


class Door:
    """`with entering() as door:` and then `door.get(path)`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.entrance = Entrance(get_wsgi_application(), loop)

    def get(self, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Got:
        return self.ask("GET", path, [*(headers or {}).items()], **more)

    def ask(self, method: str, path: str, headers: Headers, *, got: Got | None = None, **more: Any) -> Got:
        host = [] if any(name.lower() == "host" for name, _ in headers) else [("host", "testserver")]
        got = got or Got()
        sent = Sent(method, path, SentHeaders([*host, *headers]), **more)
        self.loop.run_until_complete(self.entrance.answer(sent, got))
        return got

    def get_at_once(self, path: str, times: int) -> list[Got]:
        async def all_of_them() -> None:
            sent = Sent("GET", path, SentHeaders([("host", "testserver")]))
            await asyncio.gather(*(self.entrance.answer(sent, one) for one in got))

        got = [Got() for _ in range(times)]
        self.loop.run_until_complete(all_of_them())
        return got


@contextmanager
def entering(*, is_open: bool = True) -> Iterator[Door]:
    """`is_open`: both lines must be, so that the quick way can be gone."""
    loop = asyncio.new_event_loop()
    door = Door(loop)
    try:
        assert loop.run_until_complete(door.entrance.quick.begin()) or not is_open
        yield door
    finally:
        loop.run_until_complete(door.entrance.quick.end())
        door.entrance.threads.end()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
