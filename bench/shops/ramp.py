"""A ramp of page views against a whole Vitrine of its own, until something gives; and which part had nothing left.

The service is the one of `make run`: two web processes, a worker, embedded PostgreSQL and Valkey. Shoppers are a
process of their own on the same machine and take their share of it, which is told.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
import redis

from bench.doors.serving import Held, cpu_of_family, environment_in, held
from bench.shops.mix import FILES
from tests.gltf_builders import a_plain_ball
from tests.journey.processes import command_of, descendants, parent_of
from tests.journey.service import Service
from vitrine.config.environment import ROOT

PRODUCTS = 1_000
"""All with every variant; more of them make no read dearer."""
FIRST_RATE, TIMES, STEPS, STEP_S, WARM_S = 20.0, 1.5, 12, 10.0, 4.0
LONGEST_MS, MOST_ERRORS, LEAST_KEPT = 250.0, 0.001, 0.95
GIVES = 2
"""Steps in a row that must give way until the ramp ends: one alone may be somebody else's noise."""
_RAMP_S = 110.0
WEB, DATABASE, VALKEY, WORKER, SHOPPERS = "web", "PostgreSQL", "Valkey", "worker", "shoppers"
_TICKS_S = os.sysconf("SC_CLK_TCK")
_FILE_BYTES = {"poster": 40_000, "preview": 30_000, "web": 400_000}
"""As heavy as usual; the web variant is the mean of the bench's models."""
_PUT = 300
"""Products, the most seen, whose files are there. A bench that reads a file of any other would be told 404."""
_SIZES = """
SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_stat_user_tables WHERE relname LIKE 'catalog\\_%'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`due`: views a second that came by chance, near `rate`. `cores`: how many each part kept busy; `idle` and
    `others` are the machine's, nobody's and strangers', and those of a job's processes that ended meanwhile."""

    rate: float
    due: float
    kept: float
    p50_ms: float
    p95_ms: float
    requests: int
    errors: dict[str, int]
    uploads: int
    cores: dict[str, float]
    idle: float
    others: float

    @property
    def error_share(self) -> float:
        return sum(self.errors.values()) / max(1, self.requests)

    @property
    def gave(self) -> str:
        """What gave way, or nothing."""
        if self.error_share > MOST_ERRORS:
            return f"{100 * self.error_share:.1f} of 100 requests failed"
        if self.kept < LEAST_KEPT * self.due:
            return f"of {self.due:,.0f} views a second {self.kept:,.0f} were kept"
        if self.p95_ms > LONGEST_MS:
            return f"the read's p95 passed {LONGEST_MS:.0f} ms"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """`product_bytes`: of the database for each product; `kept_bytes`: what Valkey took up meanwhile for each product
    that was read."""

    when: str
    machine: str
    steps: Sequence[Step]
    product_bytes: float
    kept_bytes: float

    @property
    def bend(self) -> Step | None:
        """The first of the steps at the end that gave way."""
        found = None
        for step in reversed(self.steps):
            if not step.gave:
                break
            found = step
        return found

    @property
    def best(self) -> Step:
        """The last step that held; what a view costs is read there."""
        held_ = [one for one in self.steps if not one.gave]
        return max(held_ or self.steps, key=lambda one: one.kept)

    def cpu_ms(self, part: str) -> float:
        """For each view."""
        return 1000 * self.best.cores[part] / self.best.kept


def measure_ramp(folder: Path, *, steps: int = STEPS, seconds: float = STEP_S) -> Ramp:
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"RATE_LIMITS": "0", "JOB_LEASE_S": "60"}
    with Service(folder, settings) as service, held(folder, PRODUCTS) as base:
        with psycopg.connect(base.database_url) as connection:
            found = connection.execute(_SIZES).fetchone()
        assert found is not None
        put_files(base)
        before = _valkey_bytes(base)
        with shoppers(service, base) as ask:
            ask(FIRST_RATE, WARM_S)
            done = list(_climb(service, base, ask, steps, seconds))
        return Ramp(
            when=time.strftime("%Y-%m-%d"),
            machine=f"{os.cpu_count()} cores, {_memory_gb():.0f} GB",
            steps=done,
            product_bytes=found[0] / PRODUCTS,
            kept_bytes=max(0, _valkey_bytes(base) - before) / len(base.ids),
        )


def put_files(base: Held) -> None:
    """Seeded products have no files: bytes that nothing makes smaller."""
    with psycopg.connect(base.database_url) as connection:
        keys = connection.execute(
            "SELECT v.kind, v.key FROM catalog_variant v"
            " JOIN catalog_product p ON p.published_version_id = v.version_id"
            " WHERE p.id = ANY(%s::uuid[]) AND v.kind = ANY(%s)",
            (list(base.ids[:_PUT]), list(FILES)),
        ).fetchall()
    for kind, key in keys:
        path = base.folder / "files" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(_FILE_BYTES[kind]))


class Asking:
    """The shoppers' process, asked for one step after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.pid = process.pid
        self._in: IO[str] = process.stdin
        self._out: IO[str] = process.stdout

    def __call__(self, rate: float, seconds: float) -> dict[str, Any]:
        return self.say({"rate": rate, "seconds": seconds})

    def say(self, order: dict[str, Any]) -> dict[str, Any]:
        print(json.dumps(order), file=self._in, flush=True)
        line = self._out.readline()
        assert line, "the shoppers are gone; what they said stands above"
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def shoppers(service: Service, base: Held) -> Iterator[Asking]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.shops.shoppers"],
        cwd=ROOT,
        env=environment_in(base.folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        asking = Asking(process)
        asking.say(
            {
                "port": service.port,
                "ids": list(base.ids[:_PUT]),
                "token": service.token,
                "session": base.session,
                "model": a_plain_ball().bytes().hex(),
                "seed": 1,
            }
        )
        yield asking
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _climb(service: Service, base: Held, ask: Asking, steps: int, seconds: float) -> Iterator[Step]:
    began, rate, gave_in_a_row = time.monotonic(), FIRST_RATE, 0
    for _ in range(steps):
        step = _step(service, base, ask, rate, seconds)
        print(
            f"  {rate:,.0f} views/s asked, {step.kept:,.0f} kept, p95 {step.p95_ms:.0f} ms {step.gave}",
            flush=True,
        )
        yield step
        gave_in_a_row = gave_in_a_row + 1 if step.gave else 0
        if gave_in_a_row == GIVES or time.monotonic() - began > _RAMP_S:
            return
        rate *= TIMES


def _step(service: Service, base: Held, ask: Asking, rate: float, seconds: float) -> Step:
    used, machine, began = _used(service, base, ask.pid), _machine(), time.perf_counter()
    told = ask(rate, seconds)
    took_s = time.perf_counter() - began
    idle_s, busy_s = (after - before for after, before in zip(_machine(), machine, strict=True))
    cores = {part: max(0.0, now - used[part]) / took_s for part, now in _used(service, base, ask.pid).items()}
    return Step(
        rate=rate,
        due=told["due"] / told["seconds"],
        kept=told["views"] / told["seconds"],
        p50_ms=told["p50_ms"],
        p95_ms=told["p95_ms"],
        requests=sum(told["asked"].values()),
        errors=told["errors"],
        uploads=told["asked"].get("upload", 0),
        cores=cores,
        idle=idle_s / took_s,
        others=max(0.0, busy_s / took_s - sum(cores.values())),
    )


def _used(service: Service, base: Held, shoppers_pid: int) -> dict[str, float]:
    """CPU seconds of each part so far."""
    assert service.process is not None
    up = service.process.pid
    children = {pid: command_of(pid) for pid in descendants(up) if parent_of(pid) == up}
    database, valkey = base.servers
    return {
        WEB: sum(cpu_of_family(pid) for pid, command in children.items() if "granian" in command),
        DATABASE: cpu_of_family(database),
        VALKEY: cpu_of_family(valkey),
        WORKER: sum(cpu_of_family(pid) for pid, command in children.items() if "celery" in command),
        SHOPPERS: cpu_of_family(shoppers_pid),
    }


def _machine() -> tuple[float, float]:
    """Seconds of all cores, idle and busy; waiting for a disk is idle."""
    user, nice, system, idle, wait, *more = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    )
    return (idle + wait) / _TICKS_S, (user + nice + system + sum(more)) / _TICKS_S


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _valkey_bytes(base: Held) -> int:
    with redis.Redis.from_url(base.redis_url) as client:
        return int(client.info("memory")["used_memory"])
