"""Everything about the console, with one database and one server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.console.asking import PRODUCTS, Asked, ask
from bench.console.visits import Visited, visits
from bench.doors.serving import held, serving
from vitrine.config.serving import APPLICATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    products: int
    visited: Sequence[Visited]
    asked: Sequence[Asked]


def measure_console(folder: Path, *, products: int = PRODUCTS) -> Console:
    with held(folder, products) as base, serving(APPLICATION, base) as server:
        asked = ask(base, server)
        return Console(products=products, visited=list(visits(base, server)), asked=asked)
