"""Starts the child that works with OpenUSD. Imports nothing of it."""

import json
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vitrine.errors import UsdzFailed
from vitrine.pipeline.limits import GIGABYTE, Caps
from vitrine.pipeline.sandbox import Outcome, run_confined
from vitrine.pipeline.telling import Listener, report_of

CAPS = Caps(wall_s=300, cpu_s=240, memory_bytes=4 * GIGABYTE, file_bytes=2 * GIGABYTE)

_ROOT = Path(__file__).resolve().parents[3]
# -P: the child's folder, where files of strangers lie, is no place to import from.
_ARGV = (sys.executable, "-P", "-s", "-m", "vitrine.pipeline.usdz")
_ONE_THREAD = {"PXR_WORK_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


class ChildDied(UsdzFailed):
    """It was ended by a limit or a signal: OpenUSD did not survive the file."""


def run(
    order: Mapping[str, Any],
    *,
    folder: Path,
    caps: Caps = CAPS,
    note: Callable[[float], None] = lambda _: None,
) -> dict[str, Any]:
    """The report on `order`. ModelRejected for a model at fault; else UsdzFailed, ChildDied among them."""
    listener = Listener(note)
    outcome = run_confined(
        _ARGV,
        caps=caps,
        folder=folder,
        stdin=json.dumps(dict(order)).encode(),
        reads=(_ROOT / "vitrine", *_libraries(), Path(order["source"])),
        on_line=listener.hear,
        on_tick=listener.tick,
        environment={"PYTHONPATH": str(_ROOT), **_ONE_THREAD},
    )
    return {**_report(str(order["command"]), outcome, caps), "child": outcome.used()}


def _report(command: str, outcome: Outcome, caps: Caps) -> dict[str, Any]:
    if outcome.timed_out or outcome.flooded or outcome.returncode < 0:
        raise ChildDied(f"The USDZ tool's {command} {outcome.reason()}.")
    return report_of(outcome, f"The USDZ tool's {command}", UsdzFailed, caps=caps)


def _libraries() -> list[Path]:
    """The folders that hold pxr and the rest, for the question who may read them."""
    specs = [find_spec(name) for name in ("pxr", "numpy", "PIL")]
    return [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin is not None]
