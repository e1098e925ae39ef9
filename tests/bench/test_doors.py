"""The part of the bench that asks the API."""

import json
import shutil
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bench.doors import reads
from bench.doors.events import A_BATCH, Read, Rolled, TakenIn, Told, a_batch
from bench.doors.lists import Listed
from bench.doors.load import Load, load
from bench.doors.reads import Rate
from bench.doors.rows import (
    event_section_of,
    event_targets_of,
    lists_of,
    reads_of,
    section_of,
    targets_of,
)
from vitrine.api.events import checked


def a_rate(name: str, a_second: int) -> Rate:
    one = Load(requests=a_second, seconds=1.0, bad=0, p50_ms=1.0, p95_ms=2.0, p99_ms=3.0)
    return Rate(name, [one], web_cpu_s=0.5, data_cpu_s=0.1)


class Greeter(BaseHTTPRequestHandler):
    """Greets whoever says its name."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200 if self.headers["X-Name"] == "bench" else 403)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        return


@pytest.mark.parametrize("wrk", [True, False])
def test_load_is_made_and_a_refusal_is_not_counted_as_an_answer(
    wrk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not wrk:
        monkeypatch.setattr(shutil, "which", lambda _: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Greeter) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port

        found = load(port, ["/a", "/b"], ["X-Name: bench"], seconds=1, connections=2)
        with pytest.raises(AssertionError, match="were no success"):
            load(port, ["/a"], ["X-Name: nobody"], seconds=1, connections=2)
        server.shutdown()

    assert found.requests > 0
    assert found.bad == 0
    assert 0 < found.p50_ms <= found.p95_ms <= found.p99_ms < 60_000


def test_ratios_of_reads_stand_beside_their_targets() -> None:
    rates = {
        name: a_rate(name, a_second)
        for name, a_second in (
            (reads.OURS, 1000),
            (reads.ONE, 500),
            (reads.STOCK, 400),
            (reads.STOCK_LOGIN, 250),
            (reads.EMPTY, 2000),
        )
    }

    lines = list(targets_of(rates, [Listed("newest", 10.0, 12.0)]))

    assert lines == [
        "| read of a product ÷ stock DRF | 1 | 2.50 | 2.50 | at least 2.0 |",
        "| read of a product ÷ stock DRF, simplejwt | 1 | 4.00 | 4.00 | – |",
        "| read of a product ÷ FastAPI, async psycopg | 1 | not installed | not installed | at least 0.6, aim 1 |",
        "| read of a product ÷ empty Django view | 1 | 0.50 | 0.50 | at least 0.30, aim 0.45 |",
        "| web, 2 processes ÷ 1 | 1 | 2.00 | 2.00 | at least 1.5 |",
        "| p95 at 1,000,000 ÷ at 10,000: newest | 1 | 1.20 | 1.20 | at most 1.5 |",
    ]


def test_each_rate_tells_what_it_costs() -> None:
    assert reads_of({"a": a_rate("a", 1000)}) == ["| a | 1,000 | 1.0 | 3.0 | 500 | 100 |"]
    assert lists_of([Listed("newest", 10.0, 12.0)]) == ["| newest | 10.0 | 12.0 | 1.20 |"]


def test_what_is_told_of_events() -> None:
    taken = TakenIn(rate=4_000.4, p95_ms=9.94, web_us=3_000, data_us=900, answered=100, there=120)
    few, many = Rolled(100, 2.0, 100, 10_000, 40, 4_000), Rolled(900, 9.0, 1_000, 90_000, 300, 30_000)
    told = Told(taken, few, many, [Read("all", 10.0, 20.0), Read("one", 5.0, 4.0)])

    assert list(event_targets_of(told)) == [
        "| events/s in batches of 20, web on one core | 1 | 4,000 | 4,000 | at least 3,000 |",
        "| events lost by a kill after the 202 | 1 | – | 0 | 0 |",
    ]
    lines = list(event_section_of(told))
    assert lines[-2:] == ["| all | 10.0 | 20.0 | 80 |", "| one | 5.0 | 4.0 | 4 |"]
    assert lines[5].startswith("- Rolled up: 100 events in 2.0 s (50 a second), 100 bytes on disk an event;")
    assert "Of 100 events answered before the web server was killed, 100 were in the database." in lines[3]


def test_a_batch_of_the_bench_is_one_that_the_contract_knows() -> None:
    batch = json.loads(a_batch([str(uuid.uuid4()), str(uuid.uuid4())]))

    assert checked(batch).events == batch["events"]
    assert len(batch["events"]) == A_BATCH


def test_what_was_not_measured_has_no_section() -> None:
    assert list(section_of({}, [])) == []
