"""`make bench MODELS=folder`: every model of a folder through the standard recipe and through three peers.

Prints each row as it comes and keeps bench/results.md up to date all the while: bytes, likeness, CPU seconds, peak
memory, the ratios that are promised, how much two workers gain, what the heaviest model takes, when a shopper sees
something on a slow network, and how long a merchandiser waits for a product; then reads, lists and events of the API,
the console at 50,000 products, the expiry of ten million rows and a ramp of page views, for which
`make bench ONLY="api lists events console retention load"` needs no models.
Seconds are this machine's: read their ratios.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import peers, retention, tables
from bench.comparing import compare
from bench.console.measuring import Console, measure_console
from bench.console.rows import console_section_of, console_targets_of
from bench.doors import rows
from bench.doors.events import Told, measure_events
from bench.doors.lists import Listed, measure_lists
from bench.doors.reads import Rate, measure_reads
from bench.figures import Result
from bench.first_picture import RUNS, Shown, first_pictures, made
from bench.heavy import Heavy, cook_heavy
from bench.models import models_in
from bench.ready import Failed, Waited, waits
from bench.retention import Swept, measure_retention
from bench.scaling import Scaling, scale
from bench.shops.ramp import Ramp, measure_ramp
from bench.shops.rows import ramp_section_of, ramp_targets_of
from vitrine.errors import VitrineError
from vitrine.pipeline import recipes
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.recipe import Tools

RESULTS = Path(__file__).with_name("results.md")
DOORS = ("api", "lists", "events", "console", "retention", "load")
PARTS = ("bytes", "equal", "scaling", "heavy", "first", "ready", *DOORS)
HEADPHONES, LIGHT_BYTES = "headphones", 4_000_000
NOTE = """\
The web variant beside the peers' files. SSIM is the mean of all views, FLIP that of the worst; both against the
untouched model, in one renderer. Brotli is level 9. CPU seconds of ours are those of all variants, posters and proofs
(`bare` without the last two), beside one `gltf-transform optimize` with meshopt+webp. `silhouette` is the
lowest overlap of preview and original from four sides. `at equal looks` is our web variant cooked with the peer's SSIM
as its bound (at least 0.85, at most 0.999). Peak MB of ours is the engine's largest child, and never reads lower than
what the bench itself held when it started it."""


def main(arguments: list[str]) -> None:
    asked = _asked(arguments)
    report = Report(asked.results, recipes.tools_of(Bench()))
    if set(asked.only) - set(DOORS):
        _cook(asked, report)
    _ask(asked.only, report, asked.rows)
    report.finish()


def _ask(only: list[str], report: "Report", rows_to_expire: int) -> None:
    """The parts that need no models."""
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        if "api" in only:
            report.rates = measure_reads(Path(folder))
        if "lists" in only:
            report.listed = measure_lists(Path(folder))
        if "events" in only:
            report.told = measure_events(Path(folder, "events"))
    if "console" in only:
        with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
            report.console = measure_console(Path(folder))
    if "load" in only:
        with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
            report.ramp = measure_ramp(Path(folder))
    if "retention" in only:
        with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
            report.swept = measure_retention(Path(folder), count=rows_to_expire)


def _models(folder: Path | None) -> list[Path]:
    if folder is None:
        sys.exit("Name a folder of models, or --only api lists events console retention load.")
    models = models_in(folder)
    if not models:
        sys.exit(f"{folder} holds no models.")
    return models


def _cook(asked: argparse.Namespace, report: "Report") -> None:
    models = _models(asked.folder)
    tools = report.tools
    if tools.studio is None:
        sys.exit("The bench compares looks, and no Chromium was found: install it.")
    report.begin()
    if {"bytes", "equal"} & set(asked.only):
        for model in models:
            try:
                report.add(compare(model, tools, tools.studio, equal="equal" in asked.only))
            except VitrineError as error:
                report.refuse(model.name, f"{error.code}: {error.detail}")
    if "scaling" in asked.only:
        report.scaling = scale(report.smallest_of(models))
    if "heavy" in asked.only:
        report.heavy = cook_heavy(tools)
    _serve(asked, models, report)


def _serve(asked: argparse.Namespace, models: list[Path], report: "Report") -> None:
    """The parts that a whole Vitrine answers for."""
    if "first" in asked.only:
        with made(HEADPHONES) as heavy:
            for shown in first_pictures([*_light(models), heavy], asked.runs):
                report.add_first(shown)
    if "ready" in asked.only:
        for waited in waits(models):
            report.add_wait(waited)


def _light(models: list[Path]) -> list[Path]:
    """The one nearest to LIGHT_BYTES that a plain page can show as it is."""
    plain = [model for model in models if model.suffix == ".glb"]
    return sorted(plain, key=lambda one: abs(one.stat().st_size - LIGHT_BYTES))[:1]


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Ours beside the peers.")
    parser.add_argument("folder", type=Path, nargs="?", help="of models")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, help="parts to run; all unless told"
    )
    parser.add_argument("--runs", type=int, default=RUNS, help="visits of each page, for the part first")
    parser.add_argument("--rows", type=int, default=retention.ROWS, help="for the part retention")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the tables are written")
    return parser.parse_args(arguments)


class Report:
    """What is known so far; written anew with every model, so that an interrupted run has lost nothing."""

    def __init__(self, path: Path, tools: Tools) -> None:
        self._path = path
        self.tools = tools
        self._versions = {**recipes.versions(tools), **peers.versions()}
        self._results: list[Result] = []
        self._refused: list[str] = []
        self._first: list[Shown] = []
        self._waits: list[Waited | Failed] = []
        self.scaling: Scaling | None = None
        self.heavy: Heavy | None = None
        self.rates: dict[str, Rate] = {}
        self.listed: list[Listed] = []
        self.swept: Swept | None = None
        self.told: Told | None = None
        self.console: Console | None = None
        self.ramp: Ramp | None = None

    def begin(self) -> None:
        print("\n".join(tables.heading(tables.FILES)), flush=True)

    def add(self, result: Result) -> None:
        self._results.append(result)
        print("\n".join(tables.files_of(result)), flush=True)
        self._write()

    def add_first(self, shown: Shown) -> None:
        self._first.append(shown)
        print("\n".join(tables.first_rows_of(shown)), flush=True)
        self._write()

    def add_wait(self, waited: Waited | Failed) -> None:
        self._waits.append(waited)
        print(tables.ready_row_of(waited), flush=True)
        self._write()

    def refuse(self, model: str, why: str) -> None:
        self._refused.append(tables.row([model, why]))
        print(self._refused[-1], flush=True)
        self._write()

    def finish(self) -> None:
        print("\n".join(["", *self._summary()]))
        self._write()

    def smallest_of(self, models: list[Path]) -> Path:
        """The smallest file, of those that were cooked in this run when any was."""
        cooked = {result.model for result in self._results}
        return min(
            (one for one in models if not cooked or one.name in cooked), key=lambda one: one.stat().st_size
        )

    def _summary(self) -> Iterator[str]:
        yield from tables.heading(tables.RATIOS)
        yield from (tables.ratios_of(result) for result in self._results)
        yield ""
        yield from tables.heading(tables.MEANS)
        yield from tables.means_of(self._results, self.scaling, self.heavy)
        for shown in self._first:
            yield from tables.first_targets_of(shown)
        yield from tables.ready_targets_of(self._waits)
        yield from rows.targets_of(self.rates, self.listed)
        if self.told:
            yield from rows.event_targets_of(self.told)
        if self.console:
            yield from console_targets_of(self.console)
        if self.swept is not None:
            yield retention.target_of(self.swept)
        if self.ramp:
            yield from ramp_targets_of(self.ramp)
        yield from rows.section_of(self.rates, self.listed)
        if self.told:
            yield from rows.event_section_of(self.told)
        if self.console:
            yield from console_section_of(self.console)
        yield from retention.section_of(self.swept)
        if self.ramp:
            yield from ramp_section_of(self.ramp)

    def _write(self) -> None:
        files = [line for result in self._results for line in tables.files_of(result)]
        lines = ["# Bench", "", NOTE, "", "## Ratios", "", *self._summary()]
        lines += ["", "## Files", "", *tables.heading(tables.FILES), *files]
        if self._first:
            rows = [line for shown in self._first for line in tables.first_rows_of(shown)]
            lines += ["", "## First picture", "", *tables.heading(tables.FIRST), *rows]
        if self._waits:
            ready = [tables.ready_row_of(one) for one in self._waits]
            lines += ["", "## From upload to ready", "", *tables.heading(tables.READY), *ready]
        if self._refused:
            lines += ["", "## Not cooked", "", *tables.heading(("model", "why")), *self._refused]
        versions = ", ".join(f"{name} {version}" for name, version in self._versions.items())
        self._path.write_text("\n".join([*lines, "", f"Made with {versions}.", ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
