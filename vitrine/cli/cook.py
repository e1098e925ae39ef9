"""`vitrine cook`: the recipe of the service, without the service."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vitrine.cli.shelf import MANIFEST, REPORT, OrderFault, check_free, filled_at_once
from vitrine.errors import UnsupportedFormat
from vitrine.pipeline import recipes
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.formats import HEAD_BYTES, INSTALL, sniff
from vitrine.pipeline.legible import legible
from vitrine.pipeline.manifest import file_name
from vitrine.pipeline.recipe import cook
from vitrine.pipeline.report import report_of
from vitrine.pipeline.units import Units, UpAxis
from vitrine.pipeline.work import Format, Kind, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to cook and where to.

    `quality`: the mean SSIM that each proven variant must reach; `budgets`: what it must fit into, `max_bytes`,
    `max_triangles` and `max_texture_px`, as far as they were given.
    """

    model: Path
    out: Path
    quality: float
    budgets: Mapping[str, Any]
    only: frozenset[Kind]
    force: bool
    units: Units | None
    up_axis: UpAxis | None
    bench: Bench


def fill(order: Order, *, on_progress: Callable[[str, float], None]) -> dict[str, Any]:
    """Cook, write all files at once, and give the report. OrderFault, or an error of the pipeline's."""
    if not order.model.is_file():
        raise OrderFault(f"There is no file {order.model}.")
    check_free(order.out, force=order.force)
    tools = recipes.tools_of(order.bench)
    everything = recipes.standard(
        quality=order.quality, units=order.units, up_axis=order.up_axis, **order.budgets
    )
    recipe = recipes.only(everything, order.only)
    with tempfile.TemporaryDirectory(prefix="vitrine-cook-") as folder:
        work = cook(recipe, _work_on(order, Path(folder)), tools, on_progress=on_progress)
        asked = {kind: work.variants[kind] for kind in Kind if kind in order.only and kind in work.variants}
        work = replace(work, variants=asked)
        report: dict[str, Any] = legible(report_of(recipe, work, tools=recipes.versions(tools)))
        with filled_at_once(order.out) as filling:
            for made in asked.values():
                shutil.copyfile(made.path, filling / file_name(made))
            _write(filling / REPORT, {name: value for name, value in report.items() if name != "manifest"})
            _write(filling / MANIFEST, report["manifest"])
    return report


def _work_on(order: Order, folder: Path) -> Work:
    """The model copied to where the engine, which may run as an unprivileged user, can read it."""
    model, converts = order.model, order.bench.converts
    with model.open("rb") as file:
        source_format = sniff(file.read(HEAD_BYTES), model.name, converts=converts)
    if source_format is Format.USDZ and not converts:
        raise UnsupportedFormat(
            f"{model.name} is a USDZ, which is kept as it is. Cook the model it was made of, or {INSTALL}."
        )
    folder.chmod(0o755)
    scratch = folder / "work"
    scratch.mkdir()
    scratch.chmod(0o777)
    source = folder / f"source.{source_format}"
    shutil.copyfile(model, source)
    return Work(source=source, source_format=source_format, folder=scratch)


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
