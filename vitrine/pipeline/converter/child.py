"""Finds the converter, and runs it in a child with limits. Imports nothing of Blender's."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vitrine.errors import ImportFailed, ModelRejected
from vitrine.pipeline.limits import IMPORTER, VALIDATOR, Caps
from vitrine.pipeline.sandbox import Outcome, run_confined
from vitrine.pipeline.telling import MODEL_AT_FAULT, Listener, report_of

SCRIPT = Path(__file__).with_name("blender.py")
UNUSABLE = "unusable"
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def find_converter(named: Path | None) -> Path | None:
    """The Python that was named, else ours when it could import bpy. None: there is no converter."""
    if named is not None:
        return named
    return Path(sys.executable) if find_spec("bpy") is not None else None


def version_of(python: Path) -> str:
    """Of its bpy; "unusable" when it has none. Asked once a process."""
    return _version_of(python)


@lru_cache(maxsize=4)
def _version_of(python: Path) -> str:
    outcome = _run(python, {"command": "version"}, folder=None, caps=VALIDATOR)
    return str(json.loads(outcome.stdout)["version"]) if outcome.returncode == 0 else UNUSABLE


def convert(
    python: Path,
    order: Mapping[str, Any],
    *,
    folder: Path,
    caps: Caps = IMPORTER,
    note: Callable[[float], None] = lambda _: None,
) -> dict[str, Any]:
    """The report on `order`, whose target then is a GLB. ModelRejected for a model at fault, else ImportFailed."""
    if version_of(python) == UNUSABLE:
        raise ImportFailed(
            f"CONVERTER_PYTHON names {python}, which cannot import bpy. Install it there (`pip install bpy`), name "
            "another Python, or unset it."
        )
    reads = (Path(order["source"]), *map(Path, order["files"].values()))
    full = {"command": "convert", **order}
    outcome = _run(python, full, folder=folder, caps=caps, reads=reads, listener=Listener(note))
    tool = f"The converter of {str(order['format']).upper()}"
    if outcome.timed_out or outcome.returncode < 0:
        raise ModelRejected(
            f"{tool} {outcome.reason()} on this model. Export it again, as glb where you can."
        )
    report = report_of(outcome, tool, ImportFailed, caps=caps)
    if outcome.returncode != MODEL_AT_FAULT and not Path(order["target"]).is_file():
        raise ModelRejected(f"{tool} made nothing of this model. Export it again, as glb where you can.")
    return {**report, "child": outcome.used()}


def _run(
    python: Path,
    order: Mapping[str, Any],
    *,
    folder: Path | None,
    caps: Caps,
    reads: tuple[Path, ...] = (),
    listener: Listener | None = None,
) -> Outcome:
    heard = listener or Listener(lambda _: None)
    return run_confined(
        (str(python), "-I", str(SCRIPT)),
        caps=caps,
        folder=folder,
        stdin=json.dumps(dict(order)).encode(),
        reads=(SCRIPT, *_home_of(python), *reads),
        on_line=heard.hear,
        on_tick=heard.tick,
        environment=_ONE_THREAD,
    )


def _home_of(python: Path) -> tuple[Path, ...]:
    """The environment that it belongs to, for the question who may read it."""
    home = Path(os.path.normpath(python)).parent.parent
    return (home,) if (home / "pyvenv.cfg").is_file() else ()
