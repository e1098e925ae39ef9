"""The heaviest model that we make ourselves: a million triangles under 4K textures, and what cooking it holds."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench import cooking
from bench.models import work_of
from vitrine.pipeline.engine import ROOT
from vitrine.pipeline.recipe import Tools

MAKER = ROOT / "examples" / "make_models.py"
NAME = "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heavy:
    """`size` and both peaks in bytes; the browser's counts what its processes share in each of them."""

    size: int
    triangles: int
    engine_peak: int
    browser_peak: int
    cpu_s: float


def cook_heavy(tools: Tools) -> Heavy:
    """Makes the model by script and cooks it whole."""
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as name:
        folder = Path(name)
        subprocess.run([sys.executable, str(MAKER), str(folder), NAME], check=True, capture_output=True)
        model = folder / f"{NAME}.glb"
        (bench := folder / "bench").mkdir()
        work = cooking.cooked(work_of(model, bench), tools)
        return Heavy(
            size=model.stat().st_size,
            triangles=work.facts.triangles if work.facts else 0,
            engine_peak=cooking.peak_bytes(work),
            browser_peak=int(max(cooking.told(work.details, "browser_peak_bytes"), default=0)),
            cpu_s=cooking.spent(work).whole_s,
        )
