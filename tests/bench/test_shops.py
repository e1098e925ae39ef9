"""The generator of the ramp: what it asks for, in which shares, and how it reads answers."""

import asyncio
import json
import random
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from bench.shops.mix import EVENTS_A_VIEW, FILES, Kind, Request, Shops, Shown, a_view_of
from bench.shops.ramp import DATABASE, SHOPPERS, VALKEY, WEB, WORKER, Ramp, Step
from bench.shops.rows import ramp_rows, what_a_view_costs, where_it_bends
from bench.shops.shoppers import Connections, step
from vitrine.api.events import checked

_ID = "0a4d9c0e-0000-4000-8000-000000000000"


def some_shops(products: int = 100) -> Shops:
    files = {kind: f"/files/{kind}" for kind in FILES}
    shown = [Shown(f"{number:03}", '"tag"', files) for number in range(products)]
    return Shops(shown, "token", "session=1", b"model", random.Random(1))  # noqa: S311  # dice


def a_step(
    rate: float,
    *,
    due: float | None = None,
    kept: float | None = None,
    p95_ms: float = 9.0,
    web: float = 1.0,
    idle: float = 0.5,
) -> Step:
    due = rate if due is None else due
    cores = {WEB: web, DATABASE: 0.2, VALKEY: 0.1, WORKER: 0.1, SHOPPERS: 0.1}
    return Step(
        rate=rate,
        due=due,
        kept=due if kept is None else kept,
        p50_ms=3.0,
        p95_ms=p95_ms,
        requests=1000,
        errors={},
        uploads=1,
        cores=cores,
        idle=idle,
        others=0.0,
    )


def a_ramp(*steps: Step) -> Ramp:
    return Ramp(when="2026-01-31", machine="2 cores", steps=steps, product_bytes=9_000, kept_bytes=2_000)


def test_a_thousand_views_ask_for_what_caches_leave_over() -> None:
    shops = some_shops()

    asked = Counter(request.kind for _ in range(20_000) for request in shops.view())

    assert asked[Kind.EVENTS] == 20_000
    assert asked[Kind.READ] == pytest.approx(8_000, rel=0.05)
    assert asked[Kind.KNOWN] == pytest.approx(4_000, rel=0.05)
    assert asked[Kind.FILE] == pytest.approx(3_000, rel=0.1)
    assert asked[Kind.API] == pytest.approx(400, rel=0.2)
    assert 20 < asked[Kind.CONSOLE] < 60
    assert 8 < asked[Kind.UPLOAD] < 34


def test_some_products_are_seen_more_than_others() -> None:
    shops = some_shops()

    seen = Counter(
        request.path for _ in range(2_000) for request in shops.view() if request.kind is Kind.READ
    )

    assert seen["/api/assets/3d/000/"] > 10 * seen["/api/assets/3d/050/"]


def test_what_a_view_tells_is_what_the_contract_knows() -> None:
    batch = a_view_of(_ID, random.Random(1))  # noqa: S311  # dice

    assert len(checked(json.loads(json.dumps(batch))).events) == EVENTS_A_VIEW


class Shop(BaseHTTPRequestHandler):
    """Answers as we do, in the status that a request of the mix expects; the console comes in chunks."""

    protocol_version = "HTTP/1.1"
    refused: ClassVar[bool] = False

    def do_GET(self) -> None:
        if "If-None-Match" in self.headers:
            self.send_response(304)
            self.end_headers()
        elif "Cookie" in self.headers:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nhello\r\n0\r\n\r\n")
        else:
            self._say(403 if self.refused else 200)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(202 if self.path == "/api/events/" else 201)

    def _say(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        return


class Refusing(Shop):
    refused = True


@pytest.mark.parametrize("kind", [Shop, Refusing])
def test_a_step_counts_what_was_asked_and_what_was_no_success(kind: type[Shop]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()

        async def ask() -> dict[str, object]:
            connections = Connections(server.server_port)
            page = await connections.ask(Request(Kind.CONSOLE, "/", {"Cookie": "a"}))
            assert page.body == b"hello"
            told = await step(some_shops(), connections, rate=100, seconds=1.0)
            connections.close()
            return told

        told = asyncio.run(ask())
        server.shutdown()
        thread.join()

    asked = Counter(told["asked"])  # type: ignore[call-overload]  # JSON
    assert asked["events"] > 10
    assert bool(told["errors"]) is kind.refused


def test_the_ramp_says_where_it_bends_and_what_had_nothing_left() -> None:
    held, noise = a_step(100), a_step(150, p95_ms=400)
    full = a_step(300, p95_ms=300, web=1.4, idle=0.02)

    assert where_it_bends(a_ramp(held, noise, held)) == "It did not bend up to 100 views a second."
    assert where_it_bends(a_ramp(held, full, a_step(450, kept=200))).startswith(
        "It bends at 300 views a second: the read's p95 passed 250 ms. Nothing left of the machine's 2 cores: web 1.40,"
    )
    assert "Nothing left to web: 1.80" in where_it_bends(a_ramp(a_step(300, kept=200, web=1.8)))
    assert "does not wait for a processor" in where_it_bends(a_ramp(a_step(300, kept=200)))


def test_fewer_views_than_asked_are_no_fault_where_fewer_came_due() -> None:
    assert a_step(100, due=90).gave == ""
    assert a_step(100, due=110, kept=100).gave == "of 110 views a second 100 were kept"


def test_a_view_costs_what_the_last_step_that_held_took() -> None:
    ramp = a_ramp(a_step(100, due=98), a_step(200), a_step(300, p95_ms=999))

    assert what_a_view_costs(ramp).startswith(
        "CPU a view, at 200 views a second: web 5.000 ms, PostgreSQL 1.000 ms"
    )
    assert (
        ramp_rows(ramp)[0]
        == "| 100 | 98 | 98 | 3.0 | 9.0 | 0 | 1 | 1.00 | 0.20 | 0.10 | 0.10 | 0.10 | 0.00 | 0.50 |"
    )
