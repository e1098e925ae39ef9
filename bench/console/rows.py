"""The console's results as Markdown."""

from collections.abc import Iterator

from bench.console.asking import LONGEST_MS
from bench.console.measuring import Console
from bench.console.visits import BUDGET_BYTES, EMPTY, NETWORK, PRODUCT
from bench.console.visits import LONGEST_MS as LONGEST_UNTIL_USABLE_MS
from bench.tables import NONE, heading, row

VISITS = (
    "page",
    "requests",
    "bytes",
    "pictures",
    "usable ms",
    "÷ empty page",
    "search until found, ms",
)
ASKED = ("asked", "median ms", "p95 ms", "web CPU ms", "PostgreSQL + Valkey CPU ms", "÷ empty page", "CPU ÷")


def console_targets_of(console: Console) -> Iterator[str]:
    """In the columns of `tables.MEANS`."""
    for one in console.visited:
        if one.what != EMPTY:
            weight = f"{one.page_bytes:,}"
            yield row(
                [
                    f"bytes until usable, without viewer: {one.what}",
                    "1",
                    weight,
                    weight,
                    f"under {BUDGET_BYTES:,}",
                ]
            )
            target = NONE if one.what == PRODUCT else f"under {LONGEST_UNTIL_USABLE_MS:,}"
            usable = f"{one.usable_ms:.0f}"
            yield row([f"ms until usable, {NETWORK.name}: {one.what}", "1", usable, usable, target])
    slowest = max(console.asked, key=lambda one: one.median_ms)
    median, p95 = f"{slowest.median_ms:.0f}", f"{slowest.p95_ms:.0f}"
    what = f"ms of the server, median and p95, at {console.products:,} products: {slowest.what}, the slowest"
    yield row([what, str(len(console.asked)), median, p95, f"under {LONGEST_MS}"])
    dearest = max(console.asked, key=lambda one: one.cpu_ms)
    cpu = f"{dearest.cpu_ms:.0f}"
    yield row(
        [
            f"CPU ms of the server: {dearest.what}, the dearest",
            str(len(console.asked)),
            cpu,
            cpu,
            f"under {LONGEST_MS}",
        ]
    )


def console_section_of(console: Console) -> Iterator[str]:
    yield from ("", "## Console", "")
    yield (
        f"An admin's, at {console.products:,} seeded products; the empty page: campaigns, while there are none. "
        f"Visits: Chromium, {NETWORK.name}, nothing cached, HTTP/1.1 straight from the server, medians; bytes as they "
        "travel, heads included, without the viewer. Asked: one request at a time, in turns, by a client that unpacks "
        "nothing; CPU is what stays true on a busy machine."
    )
    yield ""
    yield from heading(VISITS)
    empty_ms = next(one.usable_ms for one in console.visited if one.what == EMPTY)
    for one in console.visited:
        sizes = (one.page_bytes, one.picture_bytes)
        found = NONE if one.found_ms is None else f"{one.found_ms:.0f}"
        times = (f"{one.usable_ms:.0f}", f"{one.usable_ms / empty_ms:.2f}", found)
        yield row([one.what, str(one.requests), *(f"{size:,}" for size in sizes), *times])
    yield from ("", *heading(ASKED))
    empty = console.asked[0]
    for asked in console.asked:
        spent = (asked.median_ms, asked.p95_ms, asked.web_cpu_ms, asked.data_cpu_ms)
        ratios = (asked.median_ms / empty.median_ms, asked.cpu_ms / empty.cpu_ms)
        yield row([asked.what, *(f"{one:.1f}" for one in spent), *(f"{one:.2f}" for one in ratios)])
