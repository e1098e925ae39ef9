"""Brotli for what shrinks by it: a packed file beside the plain one, made once and never while somebody waits."""

from collections.abc import Collection
from pathlib import Path

from vitrine.pipeline.engine import Engine
from vitrine.pipeline.work import Format

PACKABLE = frozenset({Format.GLB, Format.GLTF})
"""Pictures and USDZ hold packed bytes already, or must come as they are."""
MOST = 0.9
"""What a packed file may be of its plain one: less is not worth the second file."""


def pack(engine: Engine, paths: Collection[Path], *, folder: Path) -> dict[Path, Path]:
    """Plain to packed, of those that became smaller by a tenth. `folder` is the job's, to write to."""
    if not paths:
        return {}
    targets = {path: folder / f"{number}-{path.name}.br" for number, path in enumerate(paths)}
    order = {
        "files": {str(path): str(target) for path, target in targets.items()},
        "most": MOST,
        "reads": [str(path) for path in paths],
    }
    sizes = engine.run("pack", order, folder=folder)["packed"]
    return {path: target for path, target in targets.items() if str(path) in sizes}
