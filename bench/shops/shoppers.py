"""Shoppers in a process of their own: `python -m bench.shops.shoppers`, orders on stdin, one JSON line for each step.

Views begin when they are due, whatever became of those before; each asks over one of a few dozen connections that stay
open, as a load balancer's do. A request's time counts from when it was due to be sent, so waiting for a connection is
in it. The first line of stdin says where and as whom, each further one `{"rate": views a second, "seconds": …}`.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.shops.mix import FILES, Kind, Request, Shops, Shown

CONNECTIONS = 48
_AT_ONCE = 3_000
"""Views under way at most; one more that is due is not begun, so a rate that is too high shows as one not kept."""
_REQUEST_S = 20.0
_HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Connections:
    """To one server; made when needed, given back after each answer."""

    port: int
    free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = field(init=False)

    def __post_init__(self) -> None:
        self.free = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self.free.put_nowait(None)

    async def ask(self, request: Request) -> Answer:
        kept = await self.free.get()
        back = None
        try:
            async with asyncio.timeout(_REQUEST_S):
                if kept is None or kept[0].at_eof():
                    kept = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
                answer = await _answered(*kept, request, self.port)
            if answer.headers.get("connection") != "close":
                back = kept
            return answer
        finally:
            if back is None and kept is not None:
                kept[1].close()
            self.free.put_nowait(back)

    def close(self) -> None:
        while not self.free.empty():
            if (kept := self.free.get_nowait()) is not None:
                kept[1].close()


async def _answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request, port: int
) -> Answer:
    lines = [f"{request.method} {request.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if request.body:
        lines.append(f"Content-Length: {len(request.body)}")
    writer.write("\r\n".join([*lines, "", ""]).encode() + request.body)
    await writer.drain()
    head = (await reader.readuntil(_HEAD_END)).decode("latin1").split("\r\n")
    status = int(head[0].split()[1])
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    if status in {204, 304}:
        return Answer(status, headers, b"")
    if headers.get("transfer-encoding") == "chunked":
        return Answer(status, headers, await _chunks(reader))
    return Answer(status, headers, await reader.readexactly(int(headers["content-length"])))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    pieces = []
    while size := int((await reader.readline()).strip(), 16):
        pieces.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(pieces)


@dataclass(slots=True)
class Step:
    """What came of one rate."""

    due: int = 0
    done: int = 0
    left_out: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    reads_ms: list[float] = field(default_factory=list)

    async def see(self, shops: Shops, connections: Connections) -> None:
        for request in shops.view():
            began = time.perf_counter()
            try:
                status = str((await connections.ask(request)).status)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                status = type(error).__name__
            self.asked[request.kind] += 1
            if request.kind in {Kind.READ, Kind.KNOWN}:
                self.reads_ms.append(1000 * (time.perf_counter() - began))
            changed = request.kind is Kind.KNOWN and status == "200"  # files are addressed anew by the hour
            if status != str(request.good) and not changed:
                self.errors[f"{request.kind}: {status}"] += 1
        self.done += 1

    def told(self, seconds: float) -> dict[str, Any]:
        times = sorted(self.reads_ms) or [0.0]
        return {
            "seconds": seconds,
            "due": self.due,
            "views": self.done,
            "left_out": self.left_out,
            "asked": dict(self.asked),
            "errors": dict(self.errors),
            "p50_ms": times[len(times) // 2],
            "p95_ms": times[int(0.95 * len(times))],
        }


async def step(shops: Shops, connections: Connections, rate: float, seconds: float) -> dict[str, Any]:
    """Views that were not done when the time was over count as not kept; what they ask is let end."""
    found, under_way = Step(), set[asyncio.Task[None]]()
    began = due = time.perf_counter()
    while (due := due + shops.chance.expovariate(rate)) < began + seconds:
        found.due += 1
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if time.perf_counter() > began + seconds:
            break
        if len(under_way) >= _AT_ONCE:
            found.left_out += 1
            continue
        task = asyncio.create_task(found.see(shops, connections))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.sleep(max(0.0, began + seconds - time.perf_counter()))
    kept, took_s = found.done, time.perf_counter() - began
    if under_way:
        late = (await asyncio.wait(under_way, timeout=_REQUEST_S))[1]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    return found.told(took_s) | {"views": kept}


async def look(connections: Connections, ids: list[str]) -> list[Shown]:
    """Each product as a browser first meets it."""
    products = []
    for one in ids:
        answer = await connections.ask(Request(Kind.READ, f"/api/assets/3d/{one}/"))
        assert answer.status == 200, answer.body
        variants = json.loads(answer.body)["variants"]
        files = {kind: urlsplit(variants[kind]["url"]).path for kind in FILES if kind in variants}
        products.append(Shown(one, answer.headers["etag"], files))
    return products


async def main() -> None:
    order = json.loads(sys.stdin.readline())
    connections = Connections(order["port"])
    products = await look(connections, order["ids"])
    model = bytes.fromhex(order["model"])
    shops = Shops(products, order["token"], order["session"], model, random.Random(order["seed"]))  # noqa: S311  # dice
    print(json.dumps({"products": len(products)}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        wish = json.loads(line)
        print(json.dumps(await step(shops, connections, wish["rate"], wish["seconds"])), flush=True)
    connections.close()


if __name__ == "__main__":
    asyncio.run(main())
