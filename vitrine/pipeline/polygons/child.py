"""Starts the child that reads OBJ, STL and PLY. Imports nothing of what it works with."""

import json
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vitrine.errors import ImportFailed, ModelRejected
from vitrine.pipeline.limits import IMPORTER, Caps
from vitrine.pipeline.sandbox import run_confined
from vitrine.pipeline.telling import Listener, report_of

_ROOT = Path(__file__).resolve().parents[3]
# -P: the child's folder, where files of strangers lie, is no place to import from.
_ARGV = (sys.executable, "-P", "-s", "-m", "vitrine.pipeline.polygons")
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


def run(
    order: Mapping[str, Any],
    *,
    folder: Path,
    caps: Caps = IMPORTER,
    note: Callable[[float], None] = lambda _: None,
) -> dict[str, Any]:
    """The report on `order`. ModelRejected for a model at fault, else ImportFailed."""
    listener = Listener(note)
    outcome = run_confined(
        _ARGV,
        caps=caps,
        folder=folder,
        stdin=json.dumps(dict(order)).encode(),
        reads=(_ROOT / "vitrine", *_libraries(), Path(order["source"]), *map(Path, order["files"].values())),
        on_line=listener.hear,
        on_tick=listener.tick,
        environment={"PYTHONPATH": str(_ROOT), **_ONE_THREAD},
    )
    tool = f"Reading the {str(order['format']).upper()}"
    if outcome.timed_out:
        raise ModelRejected(
            f"{tool} took longer than its limit of {caps.wall_s:g} s. Send it with less in it."
        )
    return {**report_of(outcome, tool, ImportFailed, caps=caps), "child": outcome.used()}


def _libraries() -> list[Path]:
    """The folders that hold what it imports, for the question who may read them."""
    specs = [find_spec(name) for name in ("numpy", "scipy", "PIL")]
    return [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin is not None]
