"""The ramp as Markdown; bench/scale reads it again, so what stands here is what it says there."""

from collections.abc import Iterator

from bench.shops.mix import API_READS, CONSOLE_PAGES, FILE_MISSED, FILES, READ_KEPT, READ_KNOWN, UPLOADS
from bench.shops.ramp import DATABASE, LONGEST_MS, SHOPPERS, VALKEY, WEB, WORKER, Ramp, Step
from bench.tables import NONE, heading, row

PARTS = (WEB, DATABASE, VALKEY, WORKER, SHOPPERS)
RAMP = ("asked views/s", "due", "kept", "p50 ms", "p95 ms", "errors", "uploads", *PARTS, "others", "idle")
_NOTHING_LEFT = 0.1
"""Of the machine's cores, the idle share from which on it has none left."""
_BUSY = 0.85
"""Of what a part may use at most, the share from which on it has nothing left."""
_OF_ITS_OWN = {WEB: 2.0, VALKEY: 1.0}
"""Cores that a part can use: processes of which each runs one thread of Python, or one of Valkey, at a time."""


def ramp_note(ramp: Ramp) -> str:
    kept, known = round(100 * READ_KEPT), round(100 * READ_KNOWN)
    return (
        f"Taken {ramp.when} on {ramp.machine}, which the shoppers share and others too (their column). Of 100 views' "
        f"reads {kept} are answered by a cache before us, {known} end in 304 and the rest are answered whole; of a "
        f"view's {len(FILES)} files {100 * FILE_MISSED:.0f} in 100 reach us; each view tells one batch of events; a "
        f"thousand views come with {API_READS} reads by token, {CONSOLE_PAGES} pages of the console and {UPLOADS} "
        f"upload. p50 and p95: reads of a product, from when they were due. The parts' columns are cores kept busy; "
        "processes of a job that end within a step count as others."
    )


def ramp_rows(ramp: Ramp) -> list[str]:
    return [_row_of(step) for step in ramp.steps]


def _row_of(step: Step) -> str:
    errors = ", ".join(f"{count} {what}" for what, count in step.errors.items()) or "0"
    times = (f"{step.p50_ms:.1f}", f"{step.p95_ms:.1f}")
    cores = [*(step.cores[part] for part in PARTS), step.others, step.idle]
    return row(
        [
            f"{step.rate:,.0f}",
            f"{step.due:,.0f}",
            f"{step.kept:,.0f}",
            *times,
            errors,
            str(step.uploads),
            *(f"{one:.2f}" for one in cores),
        ]
    )


def where_it_bends(ramp: Ramp) -> str:
    bend = ramp.bend
    if bend is None:
        return f"It did not bend up to {ramp.steps[-1].rate:,.0f} views a second."
    return f"It bends at {bend.rate:,.0f} views a second: {bend.gave}. {_why(bend)}"


def _why(step: Step) -> str:
    cores = sum(step.cores.values()) + step.idle + step.others
    used = step.cores | {"others": step.others}
    most = max(used, key=lambda part: used[part])
    shares = ", ".join(f"{part} {step.cores[part]:.2f}" for part in PARTS)
    for part, own in _OF_ITS_OWN.items():
        if step.cores[part] > _BUSY * own:
            return f"Nothing left to {part}: {step.cores[part]:.2f} of the {own:.0f} cores its processes can use."
    if step.idle < _NOTHING_LEFT * cores:
        return (
            f"Nothing left of the machine's {cores:.0f} cores: {shares}, others {step.others:.2f}; "
            f"most of it {most}."
        )
    return f"{step.idle:.2f} cores were idle ({shares}): what waits does not wait for a processor."


def what_a_view_costs(ramp: Ramp) -> str:
    costs = ", ".join(f"{part} {ramp.cpu_ms(part):.3f} ms" for part in (WEB, DATABASE, VALKEY))
    return (
        f"CPU a view, at {ramp.best.kept:,.0f} views a second: {costs}. A product takes "
        f"{ramp.product_bytes:,.0f} bytes of the database; Valkey took up {ramp.kept_bytes:,.0f} "
        "bytes for each product that was read."
    )


def ramp_targets_of(ramp: Ramp) -> Iterator[str]:
    """In the columns of `tables.MEANS`."""
    best = f"{ramp.best.kept:,.0f}"
    yield row(
        [f"page views/s with p95 under {LONGEST_MS:.0f} ms, on the whole machine", "1", best, best, NONE]
    )


def ramp_section_of(ramp: Ramp) -> Iterator[str]:
    yield from ("", "## Load", "", ramp_note(ramp), "", *heading(RAMP), *ramp_rows(ramp), "")
    yield from (where_it_bends(ramp), "", what_a_view_costs(ramp))
