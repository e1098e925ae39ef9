"""How long a merchandiser waits: from the upload's first byte to the gate, the first picture and the ready product.

By a real Vitrine of its own with one worker, one model after the other, asked over HTTP as the console asks.
"""

import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.journey.service import Service
from vitrine.pipeline.formats import extensions

LARGEST_BYTES = 10_000_000
_PAUSE_S = 0.1
_UP_TO_THE_GATE = {"", "fetch", "check", "import", "gate"}
_LONGEST_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """Seconds since the upload began until the gate had passed, the console had a picture, and all was done."""

    model: str
    gate_s: float
    picture_s: float
    ready_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job that did not end well, with its reason."""

    model: str
    why: str


def waits(models: Iterable[Path]) -> Iterator[Waited | Failed]:
    """Those of at most LARGEST_BYTES that need no converter, in their order."""
    taken = extensions(converts=False)
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder, Service(Path(folder)) as service:
        for model in models:
            if model.suffix.lower() in taken and model.stat().st_size <= LARGEST_BYTES:
                yield _wait(service, model)


def medians(waited: list[Waited]) -> Waited:
    return Waited(
        model="median",
        gate_s=statistics.median(one.gate_s for one in waited),
        picture_s=statistics.median(one.picture_s for one in waited),
        ready_s=statistics.median(one.ready_s for one in waited),
    )


def _wait(service: Service, model: Path) -> Waited | Failed:
    began = time.monotonic()
    product_id = service.upload(model.read_bytes(), filename=model.name)["id"]
    gate_s = picture_s = None
    while (now_s := time.monotonic() - began) < _LONGEST_S:
        task = service.task_of(product_id)
        versions = service.call("GET", f"/api/assets/3d/{product_id}/versions/").json()["versions"]
        if gate_s is None and task["step"] not in _UP_TO_THE_GATE:
            gate_s = now_s
        if picture_s is None and any("thumbnail" in one["variants"] for one in versions):
            picture_s = now_s
        if task["status"] == "failed":
            return Failed(model=model.name, why=f"{task['error']['code']}: {task['error']['detail']}")
        if task["status"] == "done":
            return Waited(
                model=model.name, gate_s=gate_s or now_s, picture_s=picture_s or now_s, ready_s=now_s
            )
        time.sleep(_PAUSE_S)
    return Failed(model=model.name, why=f"not ready after {_LONGEST_S:.0f} s")
