"""The read of a product beside three peers, all on one database, in turns; and two web processes beside one."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bench.doors.load import Load, load
from bench.doors.serving import WIDE, Held, Server, held, serving
from vitrine.config.serving import APPLICATION

ROUNDS = 3
SECONDS = 3.0
PRODUCTS = 10_000
OURS, STRANGER, ONE = "ours, with a token", "ours, a stranger", "ours, with a token, 1 process"
EMPTY, STOCK, STOCK_LOGIN = "empty Django view", "stock DRF", "stock DRF, simplejwt"
FAST = "FastAPI, async psycopg"


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    server: Server
    paths: Sequence[str]
    headers: Sequence[str] = ()


@dataclass(slots=True)
class Rate:
    """Of all rounds. Microseconds of CPU for each request, of the web server and of PostgreSQL and Valkey together."""

    name: str
    loads: list[Load] = field(default_factory=list)
    web_cpu_s: float = 0.0
    data_cpu_s: float = 0.0

    @property
    def a_second(self) -> float:
        return statistics.median(one.rate for one in self.loads)

    @property
    def p50_ms(self) -> float:
        return statistics.median(one.p50_ms for one in self.loads)

    @property
    def p99_ms(self) -> float:
        return statistics.median(one.p99_ms for one in self.loads)

    @property
    def web_us(self) -> float:
        return 1e6 * self.web_cpu_s / sum(one.requests for one in self.loads)

    @property
    def data_us(self) -> float:
        return 1e6 * self.data_cpu_s / sum(one.requests for one in self.loads)


def measure_reads(folder: Path, *, rounds: int = ROUNDS, seconds: float = SECONDS) -> dict[str, Rate]:
    """By name; FastAPI only where it is installed."""
    rates: dict[str, Rate] = {}
    with ExitStack() as stack:
        base = stack.enter_context(held(folder, PRODUCTS))
        contenders = list(_contenders(base, stack))
        for one in contenders:
            load(one.server.port, one.paths, one.headers, seconds=1)
        for _ in range(rounds):
            for one in contenders:
                rate = rates.setdefault(one.name, Rate(one.name))
                web, data = one.server.cpu_s, base.cpu_s
                rate.loads.append(load(one.server.port, one.paths, one.headers, seconds=seconds))
                rate.web_cpu_s += one.server.cpu_s - web
                rate.data_cpu_s += base.cpu_s - data
    return rates


def _contenders(base: Held, stack: ExitStack) -> Iterator[Contender]:
    def start(app: str, **options: str) -> Server:
        return stack.enter_context(serving(app, base, **options))  # type: ignore[arg-type]  # passed on as they are

    tokens = [f"Authorization: Bearer {token}" for token in base.tokens]
    stock_tokens = [f"Authorization: Bearer {token}" for token in base.stock_tokens]
    reads = [f"/api/assets/3d/{one}/" for one in base.ids]
    ours = start(APPLICATION, RATE_LIMITS=WIDE)
    yield Contender(OURS, ours, reads, tokens)
    yield Contender(STRANGER, ours, reads)
    one = stack.enter_context(serving(APPLICATION, base, workers=1, RATE_LIMITS=WIDE))
    yield Contender(ONE, one, reads, tokens)
    stock = start(
        "bench.doors.stock_wsgi:application",
        interface="wsgi",
        DJANGO_SETTINGS_MODULE="bench.doors.stock_settings",
    )
    yield Contender(EMPTY, stock, [f"/empty/{one}/" for one in base.ids])
    yield Contender(STOCK, stock, [f"/open/{one}/" for one in base.ids])
    yield Contender(STOCK_LOGIN, stock, [f"/login/{one}/" for one in base.ids], stock_tokens)
    if find_spec("fastapi"):
        fast = start("bench.doors.rival:app", interface="asgi", DATABASE_URL=base.database_url)
        yield Contender(FAST, fast, [f"/products/{one}" for one in base.ids])
