"""From measured costs to ten million products: `python -m bench.scale [--check]` writes the tables of docs/scale.md.

Every cost is read out of bench/results.md and bench/load.md, every price and size out of deploy/aws, so nothing is
typed twice; what is assumed stands in ASSUMED and in bench/shops/mix.py.
"""

import argparse
import math
import re
import runpy
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.shops.mix import API_READS, CONSOLE_PAGES, EVENTS_A_VIEW, READ_KEPT, UPLOADS
from bench.tables import heading, row
from vitrine.config.environment import ROOT

RESULTS, LOAD, PAGE = ROOT / "bench/results.md", ROOT / "bench/load.md", ROOT / "docs/scale.md"
_AWS = ROOT / "deploy/aws/vitrine_aws"
PRICES: Mapping[str, Any] = runpy.run_path(str(_AWS / "prices.py"))["PRICES"]
LARGE: Any = runpy.run_path(str(_AWS / "sizes.py"))["LARGE"]

PRODUCTS = (10_000, 1_000_000, 10_000_000)
VIEWS = (1_000_000, 100_000_000, 1_000_000_000)
HOURS = 730
PEAK, USED = 3.0, 0.6
_POSTER_BYTES, _LIKE_WEB = 40_000, 4
_DATABASE_CORES, _DISK_GROWS, _VALKEY_GB, _COPIES = 8, 4, 13, 3
_QUIET_CORES = 0.3
ASSUMED = (
    f"the peak is {PEAK:.0f} times the mean, and a core is planned to be {100 * USED:.0f} % busy at it",
    f"a poster weighs {_POSTER_BYTES // 1000} kB; mobile, android and ios weigh what web weighs",
    "the means of the bench's models stand for a catalogue's",
    f"the database is there {_COPIES} times (primary, standby, replica), Valkey too",
    f"db.r7g.2xlarge has {_DATABASE_CORES} cores, cache.r7g.large {_VALKEY_GB} GB",
    "costs grow straight with views, events and products",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Measured; pairs are CPU of the web server, and of PostgreSQL with Valkey."""

    read_us: tuple[float, float]
    batch_us: tuple[float, float]
    console_ms: tuple[float, float]
    rolled_a_second: float
    event_bytes: float
    measure_bytes: float
    cook_s: float
    original_bytes: float
    web_bytes: float
    preview_bytes: float
    product_bytes: float
    kept_bytes: float
    ramp_ms: tuple[float, float]
    """A view, as the ramp took it: to be held against `view_ms`, which is summed up of parts."""

    @property
    def view_ms(self) -> tuple[float, float]:
        reads = 1 - READ_KEPT + API_READS / 1000
        web, data = (
            (reads * read + batch) / 1000 + console * CONSOLE_PAGES / 1000
            for read, batch, console in zip(self.read_us, self.batch_us, self.console_ms, strict=True)
        )
        return web, data

    @property
    def view_bytes(self) -> float:
        return _POSTER_BYTES + self.preview_bytes + self.web_bytes

    @property
    def stored_bytes(self) -> float:
        return self.original_bytes + _LIKE_WEB * self.web_bytes + self.preview_bytes + _POSTER_BYTES


def costs_of(results: str, load: str) -> Costs:
    """AssertionError, with what was looked for, where a figure is missing."""
    cooked = re.findall(
        r"^\| [^|]+ \| ours web \| ([\d,]+) \|(?:[^|]+\|){4} ([\d.]+) \|", results, re.MULTILINE
    )
    originals = re.findall(r"^\| [^|]+ \| original \| ([\d,]+) \|", results, re.MULTILINE)
    previews = re.findall(
        r"^\|(?:[^|]+\|){9} ([\d,]+) \| [\d,]+ \| [\d.]+ \| [a-z, ]+ \|$", results, re.MULTILINE
    )
    assert cooked and originals and previews, "no models"  # noqa: PT018  # one thing: the bench's models
    return Costs(
        read_us=_found(results, r"\| ours, a stranger \|(?:[^|]+\|){3} (\d+) \| (\d+) \|"),
        batch_us=_found(results, r"CPU a batch (\d+) µs .*? and (\d+) µs of PostgreSQL"),
        console_ms=_found(
            results, r"\| the library, first page \| [\d.]+ \| [\d.]+ \| ([\d.]+) \| ([\d.]+) \|"
        ),
        rolled_a_second=_found(results, r"\(([\d,]+) a second\), (\d+) bytes on disk an event")[0],
        event_bytes=_found(results, r"\(([\d,]+) a second\), (\d+) bytes on disk an event")[1],
        measure_bytes=_found(results, r"([\d,]+) rows of measures, (\d+) bytes an event")[1],
        cook_s=statistics.mean(float(seconds) for _, seconds in cooked),
        original_bytes=statistics.mean(map(_number, originals)),
        web_bytes=statistics.mean(_number(size) for size, _ in cooked),
        preview_bytes=statistics.mean(map(_number, previews)),
        product_bytes=_found(load, r"A product takes ([\d,]+) bytes of (\w)")[0],
        kept_bytes=_found(load, r"Valkey took up ([\d,]+) bytes (\w)")[0],
        ramp_ms=_ramp_ms(load),
    )


def _ramp_ms(load: str) -> tuple[float, float]:
    web, database = _found(load, r"CPU a view.*: web ([\d.]+) ms, PostgreSQL ([\d.]+) ms")
    return web, database + _found(load, r"PostgreSQL ([\d.]+) ms, Valkey ([\d.]+) ms")[1]


def _number(text: str) -> float:
    return float(text.replace(",", "")) if text[0].isdigit() else math.nan


def _found(text: str, pattern: str) -> tuple[float, float]:
    """Two numbers of the last place that looks so: the larger size comes last."""
    found = re.findall(pattern, text)
    assert found, f"the figures have nothing like {pattern}"
    first, second = found[-1]
    return _number(first), _number(second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    products: int
    views: int
    web_cores: float
    database_cores: float
    rolled_a_second: float
    events_gb: float
    database_gb: float
    valkey_gb: float
    files_tb: float
    cdn_tb: float
    cook_hours: float
    worker_cores: float

    def of_large(self, costs: Costs) -> dict[str, float]:
        """Which share of the largest size of deploy/aws each part uses at the peak."""
        tasks = LARGE.web.most * LARGE.web.cpu + LARGE.api.most * LARGE.api.cpu
        return {
            "web and API servers": self.web_cores / (tasks / 1024),
            "database, processor": self.database_cores / _DATABASE_CORES,
            "database, disk": self.database_gb / (LARGE.database_gb * _DISK_GROWS),
            "adding up events": self.rolled_a_second / costs.rolled_a_second,
            "Valkey, memory": self.valkey_gb / _VALKEY_GB,
            "workers, new products": self.worker_cores / (LARGE.worker.most * LARGE.worker.cpu / 1024),
        }


def need_of(costs: Costs, products: int, views: int, *, view_ms: tuple[float, float] | None = None) -> Need:
    """`worker_cores` at the peak, for the products that come with the views; `cook_hours` for all of them once."""
    peak = PEAK * views / (HOURS * 3600)
    web_ms, data_ms = view_ms or costs.view_ms
    events = EVENTS_A_VIEW * views
    rolled = EVENTS_A_VIEW * peak
    events_gb = events * (costs.event_bytes + costs.measure_bytes) / 1e9
    return Need(
        products=products,
        views=views,
        web_cores=peak * web_ms / 1000 / USED,
        database_cores=(peak * data_ms / 1000 + rolled / costs.rolled_a_second) / USED,
        rolled_a_second=rolled,
        events_gb=events_gb,
        database_gb=events_gb + products * costs.product_bytes / 1e9,
        valkey_gb=products * costs.kept_bytes / 1e9,
        files_tb=products * costs.stored_bytes / 1e12,
        cdn_tb=views * costs.view_bytes / 1e12,
        cook_hours=products * costs.cook_s / 3600,
        worker_cores=peak * UPLOADS / 1000 * costs.cook_s / USED,
    )


THEN = {
    "web and API servers": "more tasks: nothing is kept in them (`most` in sizes.py)",
    "database, processor": "a larger class first; then events in a database of their own (to be built)",
    "database, disk": "`EVENTS_DAYS` from 30 to 7; a larger `database_gb`; one view in ten told (to be built)",
    "adding up events": "one view in ten told, or several processes at it (both to be built)",
    "Valkey, memory": "a larger node; until then answers least asked for are let go (`volatile-lru`)",
    "workers, new products": "more tasks (`most`): they share nothing but the queue",
}


def full_at(costs: Costs, products: int, part: str) -> float:
    """Views a month at which a part of the large size is full; infinity for what does not hang on views."""
    few, many = (need_of(costs, products, views).of_large(costs)[part] for views in (0, VIEWS[-1]))
    return VIEWS[-1] * (1 - few) / (many - few) if many > few else math.inf


def usd_of(need: Need) -> dict[str, float]:
    """A month. The last one is what cooking all products once costs, by itself."""
    core = PRICES["vcpu"].usd + 2 * PRICES["memory"].usd
    worker = (PRICES["vcpu"].usd + 4 * PRICES["memory"].usd) * PRICES["spot"].usd
    small = need.database_cores <= 2
    classes = PRICES["db.m7g.large"].usd if small else PRICES["db.r7g.2xlarge"].usd
    count = 1 if small else math.ceil(need.database_cores / _DATABASE_CORES)
    database = HOURS * count * classes + need.database_gb * PRICES["db.storage"].usd
    valkey = HOURS * max(1, math.ceil(need.valkey_gb / _VALKEY_GB)) * PRICES["cache.r7g.large"].usd
    requests = 1e-6 * need.views * 8 * 1e6 * (PRICES["cdn.request"].usd + PRICES["waf.request"].usd)
    return {
        "web, API": HOURS * max(2, need.web_cores / PEAK) * core,
        "database": _COPIES * database,
        "Valkey": _COPIES * valkey,
        "files": 1000 * need.files_tb * (0.5 * PRICES["s3.gb"].usd + 0.5 * PRICES["s3.archive"].usd),
        "CDN, firewall": 1000 * need.cdn_tb * PRICES["cdn.gb"].usd + requests,
        "workers": HOURS * need.worker_cores / PEAK * worker,
        "cook all once": need.cook_hours * worker,
    }


# --- The page -------------------------------------------------------------------------------------------------------


def tables(results: str, load: str) -> dict[str, list[str]]:
    costs = costs_of(results, load)
    pairs = [(products, views) for products in PRODUCTS for views in VIEWS]
    needs = [need_of(costs, *pair) for pair in pairs]
    return {
        "ramp": [*_busy(load), *load.partition("## Load\n\n")[2].partition("\n\n## ")[0].splitlines()],
        "figures": _figures(costs),
        "assumed": [f"- {one}" for one in ASSUMED],
        "needs": _needs(needs),
        "breaks": _breaks(costs),
        "usd": _usd(needs),
    }


def _busy(load: str) -> list[str]:
    """A warning, when others took part of the machine meanwhile."""
    others = [
        float(one)
        for one in re.findall(r"^\|.* ([\d.]+) \| [\d.]+ \|$", load.partition("## Load")[2], re.MULTILINE)
    ]
    if max(others, default=0.0) < _QUIET_CORES:
        return []
    warning = (
        f"**The machine was busy when this was taken: others kept up to {max(others):.2f} of its cores busy.** "
        "The ramp ends early for that; it shows who took the cores, and is no capacity to plan with."
    )
    return [warning, ""]


def _figures(costs: Costs) -> list[str]:
    web, data = costs.view_ms
    doors, events, files = "results.md, Doors", "results.md, Events", "results.md, Files"
    lines = [
        ("CPU a read of a product: web, data", _pair(costs.read_us, "µs"), f"{doors}: ours, a stranger"),
        (
            "CPU a batch of events: web, data",
            _pair(costs.batch_us, "µs"),
            f"{events}; of 20, a view tells fewer",
        ),
        ("CPU a page of the console: web, data", _pair(costs.console_ms, "ms"), "results.md, Console"),
        (
            "**CPU a view**: web, data",
            f"{web:.2f} and {data:.2f} ms",
            "the above by the shares of bench/shops/mix.py",
        ),
        (
            "the same, as the ramp took it",
            f"{costs.ramp_ms[0]:.2f} and {costs.ramp_ms[1]:.2f} ms",
            "load.md, Load",
        ),
        ("events added up by one process", f"{costs.rolled_a_second:,.0f} a second", events),
        (
            "disk an event, and what it adds up to",
            _pair((costs.event_bytes, costs.measure_bytes), "bytes"),
            events,
        ),
        ("database a product", f"{costs.product_bytes:,.0f} bytes", "load.md, Load"),
        ("Valkey a product that is read", f"{costs.kept_bytes:,.0f} bytes", "load.md, Load"),
        ("CPU to cook a product", f"{costs.cook_s:.0f} s", f"{files}: mean of ours web"),
        (
            "files stored a product",
            f"{costs.stored_bytes / 1e6:.1f} MB",
            f"{files}: original, 4 × web, preview, poster",
        ),
        ("files a view", f"{costs.view_bytes / 1e3:,.0f} kB", f"{files}: web, preview, poster"),
    ]
    return [*heading(("what", "measured", "where")), *map(row, lines)]


def _pair(two: Sequence[float], unit: str) -> str:
    return f"{two[0]:,.4g} and {two[1]:,.4g} {unit}"


def _needs(needs: Sequence[Need]) -> list[str]:
    head = (
        "products",
        "views a month",
        "views/s at peak",
        "web cores",
        "database cores",
        "database GB",
        "Valkey GB",
        "files TB",
        "CDN TB a month",
        "worker cores, new",
        "core-hours to cook all",
        "cores to cook all in 30 days",
    )
    lines = [
        row(
            [
                f"{one.products:,}",
                f"{one.views:,}",
                f"{PEAK * one.views / HOURS / 3600:,.0f}",
                *(f"{cores:,.1f}" for cores in (one.web_cores, one.database_cores)),
                *(f"{size:,.1f}" for size in (one.database_gb, one.valkey_gb, one.files_tb, one.cdn_tb)),
                f"{one.worker_cores:,.1f}",
                f"{one.cook_hours:,.0f}",
                f"{one.cook_hours / 720:,.1f}",
            ]
        )
        for one in needs
    ]
    return [*heading(head), *lines]


def _breaks(costs: Costs) -> list[str]:
    """By the month's views at which each part of the large size is full, the first of all first."""
    products, views = PRODUCTS[-1], VIEWS[-1]
    shares = need_of(costs, products, views).of_large(costs)
    head = (
        "part of the large size",
        f"used at {views:,} views, {products:,} products",
        "full at views a month",
        "then",
    )
    lines = [
        row([part, f"{100 * shares[part]:,.0f} %", _views(full_at(costs, products, part)), THEN[part]])
        for part in sorted(THEN, key=lambda part: -shares[part])
    ]
    other = need_of(costs, products, views, view_ms=costs.ramp_ms).of_large(costs)
    web, processor = (100 * other[part] for part in ("web and API servers", "database, processor"))
    told = (
        f"With the ramp's CPU a view in place of the parts' sum, web and API servers would be {web:,.0f} % used and "
        f"the database's processor {processor:,.0f} %."
    )
    return [*heading(head), *lines, "", told]


def _views(count: float) -> str:
    if math.isinf(count):
        return "hangs on products"
    return "full by products alone" if count <= 0 else f"{count / 1e6:,.0f} million"


def _usd(needs: Sequence[Need]) -> list[str]:
    parts = [name for name in usd_of(needs[0]) if name != "cook all once"]
    lines = []
    for one in needs:
        usd = usd_of(one)
        month = sum(usd[part] for part in parts)
        cells = [*(usd[part] for part in parts), month, 1e6 * month / one.views, usd["cook all once"]]
        lines.append(row([f"{one.products:,}", f"{one.views:,}", *(f"{cell:,.0f}" for cell in cells)]))
    return [
        *heading(("products", "views a month", *parts, "**a month**", "a million views", "cook all once")),
        *lines,
    ]


def page_with(page: str, made: Mapping[str, Sequence[str]]) -> str:
    """The page with every table between its markers anew."""
    for name, lines in made.items():
        begin, end = f"<!-- {name}: written by python -m bench.scale -->\n", f"<!-- end of {name} -->"
        head, found, rest = page.partition(begin)
        assert found and end in rest, f"the page has no place for {name}"  # noqa: PT018  # one place
        page = f"{head}{begin}\n" + "\n".join(lines) + f"\n\n{end}{rest.partition(end)[2]}"
    return page


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="The tables of docs/scale.md.")
    parser.add_argument("results", type=Path, nargs="?", default=RESULTS)
    parser.add_argument("load", type=Path, nargs="?", default=LOAD)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when the page says otherwise")
    asked = parser.parse_args(arguments)
    there = asked.page.read_text()
    made = page_with(there, tables(asked.results.read_text(), asked.load.read_text()))
    if asked.check:
        return int(made != there)
    asked.page.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
