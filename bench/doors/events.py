"""Events in: how many a second one core takes, none lost by a kill; then rolled up, and asked for at two sizes."""

import http.client
import json
import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.doors.load import load
from bench.doors.serving import WIDE, Held, Server, environment_in, held, serving
from vitrine.config.environment import ROOT
from vitrine.config.serving import APPLICATION

PRODUCTS = 10_000
A_BATCH = 20
FEW, MANY, MOST = 100_000, 1_000_000, 100_000_000
_SECONDS = 10.0
_SENDERS = 8
_ASKED_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """`web_us`, `data_us`: CPU microseconds a batch. `answered` events were taken by an answer; `there` is how many the
    database held after the web server was killed, with those whose answer the kill cut off."""

    rate: float
    p95_ms: float
    web_us: float
    data_us: float
    answered: int
    there: int


@dataclass(frozen=True, slots=True)
class Rolled:
    rolled: int
    took_s: float
    events: int
    event_bytes: int
    measures: int
    measure_bytes: int


@dataclass(frozen=True, slots=True)
class Read:
    """95th percentiles in milliseconds."""

    what: str
    few_ms: float
    many_ms: float

    @property
    def most_ms(self) -> float:
        """At MOST events, should it grow on as it grew from FEW to MANY: as a power of their number."""
        power = math.log(self.many_ms / self.few_ms) / math.log(MANY / FEW)
        return self.many_ms * float((MOST / MANY) ** max(0.0, power))


@dataclass(frozen=True, slots=True)
class Told:
    taken: TakenIn
    few: Rolled
    many: Rolled
    reads: Sequence[Read]


def measure_events(folder: Path, *, few: int = FEW, many: int = MANY, seconds: float = _SECONDS) -> Told:
    with held(folder, PRODUCTS) as base:
        taken = _take_in(base, seconds)
        with serving(APPLICATION, base) as server:
            first = _roll(base, few)
            of_few = _asked(base, server)
            second = _roll(base, many - first.events)
            of_many = _asked(base, server)
    return Told(taken, first, second, [Read(what, of_few[what], of_many[what]) for what in of_few])


# --- In -------------------------------------------------------------------------------------------------------------


def _take_in(base: Held, seconds: float) -> TakenIn:
    """As fast as they are taken by one process on one core, which is then killed in the middle of it."""
    with serving(APPLICATION, base, workers=1, RATE_LIMITS=WIDE) as server:
        for pid in server.family:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {0})
        senders = [Sender(server.port, base.ids) for _ in range(_SENDERS)]
        for sender in senders:
            sender.start()
        time.sleep(2)
        before, web, data, started = _taken(senders), server.cpu_s, base.cpu_s, time.perf_counter()
        time.sleep(seconds)
        events, took_s = _taken(senders) - before, time.perf_counter() - started
        web, data = server.cpu_s - web, base.cpu_s - data
        for pid in server.family:
            os.kill(pid, signal.SIGKILL)
        for sender in senders:
            sender.join()
    times = sorted(ms for sender in senders for ms in sender.times)
    there = _there(base)
    answered = _taken(senders)
    assert there >= answered, f"{answered - there} events were answered and lost"
    batches = events / A_BATCH
    return TakenIn(
        rate=events / took_s,
        p95_ms=times[int(0.95 * len(times))],
        web_us=1e6 * web / batches,
        data_us=1e6 * data / batches,
        answered=answered,
        there=there,
    )


class Sender(threading.Thread):
    """Batch after batch over one connection, until the server is gone."""

    def __init__(self, port: int, ids: Sequence[str]) -> None:
        super().__init__()
        self._port, self._ids = port, ids
        self.batches = 0
        self.times: list[float] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            while True:
                body = a_batch(self._ids)
                started = time.perf_counter()
                connection.request("POST", "/api/events/", body, {"Content-Type": "text/plain"})
                response = connection.getresponse()
                said = response.read()
                assert response.status == 202, said
                self.times.append(1000 * (time.perf_counter() - started))
                self.batches += 1
        except (OSError, http.client.HTTPException):
            connection.close()


def a_batch(ids: Sequence[str]) -> bytes:
    """A_BATCH events of one page view with two products."""
    chance = random.Random()  # noqa: S311  # no secret
    events: list[dict[str, Any]] = []
    for product in (chance.choice(ids), chance.choice(ids)):
        of_product = {"product": product, "version": 2, "age_ms": 4_000}
        file = {"variant": "web", "cache": "miss", "file_ms": 300, "wire_bytes": 90_000, "bytes": 120_000}
        timing = {"server_timing": [{"name": "cdn-cache-hit", "ms": 1}]}
        told: list[dict[str, Any]] = [
            {"kind": "poster", "ms": chance.randint(50, 900)},
            *(
                {"kind": kind, "ms": chance.randint(500, 9_000), **file, **timing}
                for kind in ("preview", "full")
            ),
            *(
                {"kind": "interaction", "action": one, "count": 2}
                for one in ("rotate", "zoom", "reset", "share")
            ),
            *({"kind": "ar", "ar": "webxr", "state": one} for one in ("launched", "started", "placed")),
        ]
        events += [of_product | one for one in told]
    head = {"view": uuid.uuid4().hex, "batch": uuid.uuid4().hex, "device": "phone", "network": "4g"}
    return json.dumps({**head, "events": events[:A_BATCH]}).encode()


def _taken(senders: Sequence[Sender]) -> int:
    return A_BATCH * sum(sender.batches for sender in senders)


def _there(base: Held) -> int:
    with psycopg.connect(base.database_url) as connection:
        found = connection.execute("SELECT count(*) FROM insight_event").fetchone()
        connection.execute("TRUNCATE insight_event, insight_takenbatch")
    assert found is not None
    return int(found[0])


# --- Added up, and out ----------------------------------------------------------------------------------------------


def _roll(base: Held, count: int) -> Rolled:
    done = subprocess.run(
        [sys.executable, "-m", "bench.doors.rolling", str(count)],
        cwd=ROOT,
        env=environment_in(base.folder),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Rolled(**json.loads(done.stdout.splitlines()[-1]))


def _questions(base: Held) -> dict[str, list[str]]:
    some = base.ids[:50]
    return {
        "all products, 30 days": ["/api/analytics/"],
        "all products, load times by day": ["/api/analytics/loads/?every=day"],
        "all products, load times by device": ["/api/analytics/loads/?group_by=device"],
        "the most visited products": ["/api/analytics/funnel/?group_by=product"],
        "one product, 30 days": [f"/api/assets/3d/{one}/analytics" for one in some],
        "one product, load times by day": [f"/api/analytics/loads/?every=day&product={one}" for one in some],
    }


def _asked(base: Held, server: Server) -> dict[str, float]:
    return {what: _p95_ms(base, server, paths) for what, paths in _questions(base).items()}


def _p95_ms(base: Held, server: Server, paths: list[str]) -> float:
    tokens = [f"Authorization: Bearer {token}" for token in base.tokens]
    load(server.port, paths, tokens, seconds=1, connections=1)
    return load(server.port, paths, tokens, seconds=_ASKED_S, connections=1).p95_ms
