"""The part of the bench that visits the console."""

from bench.console.asking import EMPTY as ASKED_EMPTY
from bench.console.asking import Asked
from bench.console.measuring import Console
from bench.console.rows import console_section_of, console_targets_of
from bench.console.visits import EMPTY, LIBRARY, Visited


def visited(what: str, page_bytes: int, usable_ms: float, found_ms: float | None = None) -> Visited:
    return Visited(
        what=what,
        requests=20,
        page_bytes=page_bytes,
        picture_bytes=5_000,
        usable_ms=usable_ms,
        found_ms=found_ms,
    )


CONSOLE = Console(
    products=50_000,
    visited=[visited(EMPTY, 40_000, 400), visited(LIBRARY, 85_000, 600, 300)],
    asked=[
        Asked(ASKED_EMPTY, ms=[5.0, 5.0, 5.0, 5.0], web_cpu_s=0.016, data_cpu_s=0.004),
        Asked("tags offered", ms=[10.0, 10.0, 12.0, 90.0], web_cpu_s=0.008, data_cpu_s=0.04),
    ],
)


def test_what_is_promised_of_the_console_stands_beside_it() -> None:
    assert list(console_targets_of(CONSOLE)) == [
        "| bytes until usable, without viewer: the library | 1 | 85,000 | 85,000 | under 150,000 |",
        "| ms until usable, 9 Mbit/s, 60 ms: the library | 1 | 600 | 600 | under 1,000 |",
        "| ms of the server, median and p95, at 50,000 products: tags offered, the slowest | 2 | 11 | 90 | under 100 |",
        "| CPU ms of the server: tags offered, the dearest | 2 | 12 | 12 | under 100 |",
    ]


def test_each_page_and_question_stands_beside_an_empty_page() -> None:
    lines = list(console_section_of(CONSOLE))

    assert "| the library | 20 | 85,000 | 5,000 | 600 | 1.50 | 300 |" in lines
    assert "| an empty page | 5.0 | 5.0 | 4.0 | 1.0 | 1.00 | 1.00 |" in lines
    assert "| tags offered | 11.0 | 90.0 | 2.0 | 10.0 | 2.20 | 2.40 |" in lines
