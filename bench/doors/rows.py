"""The doors' results as Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from bench.doors import events, reads
from bench.doors.events import Told
from bench.doors.lists import Listed
from bench.doors.load import CONNECTIONS, generator
from bench.doors.reads import Rate
from bench.tables import NONE, heading, row

READS = ("read of a product", "requests/s", "p50 ms", "p99 ms", "web CPU µs", "PostgreSQL + Valkey CPU µs")
LISTS = ("list", "p95 ms at 10,000", "p95 ms at 1,000,000", "ratio")
MOST_SLOWER = "at most 1.5"
ASKED = ("numbers", "p95 ms at 100,000 events", "p95 ms at 1,000,000", "p95 ms at 100,000,000, extrapolated")
_TARGETS = (
    (reads.STOCK, "at least 2.0"),
    (reads.STOCK_LOGIN, NONE),
    (reads.FAST, "at least 0.6, aim 1"),
    (reads.EMPTY, "at least 0.30, aim 0.45"),
)


def note() -> str:
    return (
        f"Each server has two processes (granian), one database serves all, and {CONNECTIONS} connections ask for "
        f"500 products with 50 tokens, server after server. Load by {generator()}; it shares the cores. "
        "Our middleware and access log are on in the Django peers too. "
        "The peers answer one row of one table, without variants or files."
    )


def reads_of(rates: Mapping[str, Rate]) -> list[str]:
    return [
        row(
            [
                one.name,
                f"{one.a_second:,.0f}",
                f"{one.p50_ms:.1f}",
                f"{one.p99_ms:.1f}",
                f"{one.web_us:.0f}",
                f"{one.data_us:.0f}",
            ]
        )
        for one in rates.values()
    ]


def lists_of(listed: Sequence[Listed]) -> list[str]:
    return [row([one.what, f"{one.few_ms:.1f}", f"{one.many_ms:.1f}", f"{one.ratio:.2f}"]) for one in listed]


def targets_of(rates: Mapping[str, Rate], listed: Sequence[Listed]) -> Iterator[str]:
    """Each ratio beside its target, in the columns of `tables.MEANS`."""
    if rates:
        ours = rates[reads.OURS].a_second
        for name, target in _TARGETS:
            ratio = f"{ours / rates[name].a_second:.2f}" if name in rates else "not installed"
            yield row([f"read of a product ÷ {name}", "1", ratio, ratio, target])
        scaled = f"{ours / rates[reads.ONE].a_second:.2f}"
        yield row(["web, 2 processes ÷ 1", "1", scaled, scaled, "at least 1.5"])
    for one in listed:
        ratio = f"{one.ratio:.2f}"
        yield row([f"p95 at 1,000,000 ÷ at 10,000: {one.what}", "1", ratio, ratio, MOST_SLOWER])


def section_of(rates: Mapping[str, Rate], listed: Sequence[Listed]) -> Iterator[str]:
    if rates:
        yield from ("", "## Doors", "", note(), "", *heading(READS), *reads_of(rates))
    if listed:
        yield from ("", *heading(LISTS), *lists_of(listed))


def event_targets_of(told: Told) -> Iterator[str]:
    """In the columns of `tables.MEANS`."""
    rate = f"{told.taken.rate:,.0f}"
    yield row(
        [f"events/s in batches of {events.A_BATCH}, web on one core", "1", rate, rate, "at least 3,000"]
    )
    lost = str(max(0, told.taken.answered - told.taken.there))
    yield row(["events lost by a kill after the 202", "1", NONE, lost, "0"])


def event_section_of(told: Told) -> Iterator[str]:
    taken = told.taken
    yield from ("", "## Events", "")
    yield (
        f"In: {taken.rate:,.0f} events/s in batches of {events.A_BATCH}, p95 {taken.p95_ms:.1f} ms a batch; CPU a "
        f"batch {taken.web_us:.0f} µs of the web server, pinned to one core, and {taken.data_us:.0f} µs of PostgreSQL "
        f"and Valkey. Of {taken.answered:,} events answered before the web server was killed, "
        f"{min(taken.there, taken.answered):,} were in the database."
    )
    yield ""
    for size in (told.few, told.many):
        yield (
            f"- Rolled up: {size.rolled:,} events in {size.took_s:.1f} s ({size.rolled / size.took_s:,.0f} a second), "
            f"{size.event_bytes / size.events:.0f} bytes on disk an event; of {size.events:,} in all, "
            f"{size.measures:,} rows of measures, {size.measure_bytes / size.events:.0f} bytes an event."
        )
    yield ""
    yield from heading(ASKED)
    for one in told.reads:
        yield row([one.what, f"{one.few_ms:.1f}", f"{one.many_ms:.1f}", f"{one.most_ms:.0f}"])
