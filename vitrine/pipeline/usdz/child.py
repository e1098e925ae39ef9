"""Starts the child that works with OpenUSD. Imports nothing of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vitrine.errors import UsdzFailed
from vitrine.pipeline.limits import GIGABYTE, Caps
from vitrine.pipeline.python_child import PythonChild
from vitrine.pipeline.sandbox import Outcome
from vitrine.pipeline.telling import report_of

CAPS = Caps(wall_s=300, cpu_s=240, memory_bytes=4 * GIGABYTE, file_bytes=2 * GIGABYTE)

_CHILD = PythonChild(
    module="vitrine.pipeline.usdz",
    libraries=("pxr", "numpy", "PIL"),
    environment={"PXR_WORK_THREAD_LIMIT": "1"},
)


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
    outcome = _CHILD.run(order, folder=folder, caps=caps, reads=(Path(order["source"]),), note=note)
    return {**_report(str(order["command"]), outcome, caps), "child": outcome.used()}


def _report(command: str, outcome: Outcome, caps: Caps) -> dict[str, Any]:
    if outcome.timed_out or outcome.flooded or outcome.returncode < 0:
        raise ChildDied(f"The USDZ tool's {command} {outcome.reason()}.")
    return report_of(outcome, f"The USDZ tool's {command}", UsdzFailed, caps=caps)
