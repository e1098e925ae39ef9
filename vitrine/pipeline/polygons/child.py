"""Starts the child that reads OBJ, STL and PLY. Imports nothing of what it works with."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vitrine.errors import ImportFailed, ModelRejected
from vitrine.pipeline.limits import IMPORTER, Caps
from vitrine.pipeline.python_child import PythonChild
from vitrine.pipeline.telling import report_of

_CHILD = PythonChild(module="vitrine.pipeline.polygons", libraries=("numpy", "scipy", "PIL"), environment={})


def run(
    order: Mapping[str, Any],
    *,
    folder: Path,
    caps: Caps = IMPORTER,
    note: Callable[[float], None] = lambda _: None,
) -> dict[str, Any]:
    """The report on `order`. ModelRejected for a model at fault, else ImportFailed."""
    reads = (Path(order["source"]), *map(Path, order["files"].values()))
    outcome = _CHILD.run(order, folder=folder, caps=caps, reads=reads, note=note)
    tool = f"Reading the {str(order['format']).upper()}"
    if outcome.timed_out:
        raise ModelRejected(
            f"{tool} took longer than its limit of {caps.wall_s:g} s. Send it with less in it."
        )
    return {**report_of(outcome, tool, ImportFailed, caps=caps), "child": outcome.used()}
