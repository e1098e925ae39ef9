"""One .usdz from one GLB: converted, packed, validated, read back and compared."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.pipeline.usdz import archive, gltf, validation
from vitrine.pipeline.usdz.comparison import Comparison
from vitrine.pipeline.usdz.conversion import Converted, convert
from vitrine.pipeline.usdz.ledger import Ledger

_LONGEST_CLIP_S = 10.0  # what Quick Look is said to play of an animation


class Unsound(ValueError):
    """What we made does not pass our own check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Limits of the result: `max_texture_px` is kept, above `max_triangles` there is a notice."""

    max_texture_px: int
    max_triangles: int


def make(source: Path, target: Path, wish: Wish, note: Callable[[float], None]) -> dict[str, Any]:
    """The report: {facts, fidelity, notices, compared}. `target` is written last of all."""
    glb, ledger = gltf.read(source), Ledger()
    note(0.1)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = convert(glb, Path(scratch), ledger, max_texture_px=wish.max_texture_px)
        note(0.5)
        package = Path(scratch) / "package.usdz"
        archive.pack(package, Path(scratch), made.files)
        note(0.6)
        compared = _checked(glb, package, made)
        size = package.stat().st_size
        package.replace(target)
    return {
        "facts": {
            "bytes": size,
            "triangles": made.triangles,
            "textures": len(made.files) - 1,
            "texture_max_px": made.texture_max_px,
        },
        "fidelity": ledger.fidelity(),
        "notices": ledger.notices() + _limits(made, wish),
        "compared": compared,
    }


def _checked(glb: gltf.Glb, package: Path, made: Converted) -> dict[str, Any]:
    archive.entries(package, max_files=len(made.files))
    stage = validation.opened(package)
    severe = [str(finding) for finding in validation.findings(stage) if finding.severe]
    if severe:
        raise Unsound(f"OpenUSD's validator says: {'; '.join(severe[:3])}")
    return Comparison(glb, stage, package, made).check()


def _limits(made: Converted, wish: Wish) -> list[dict[str, str]]:
    notices = []
    if made.triangles > wish.max_triangles:
        notices.append(
            {
                "code": "usdz-many-triangles",
                "detail": f"The USDZ has {made.triangles} triangles; "
                f"phones do well with up to {wish.max_triangles}.",
            }
        )
    if made.resized:
        notices.append(
            {
                "code": "usdz-textures-resized",
                "detail": f"{made.resized} textures were larger than {wish.max_texture_px} pixels "
                "and were made smaller.",
            }
        )
    if made.clip is not None and made.clip.duration_s > _LONGEST_CLIP_S:
        notices.append(
            {
                "code": "usdz-long-animation",
                "detail": f"The animation takes {made.clip.duration_s:.1f} s; "
                f"Quick Look may play only the first {_LONGEST_CLIP_S:.0f} s.",
            }
        )
    return notices
