"""A USDZ that was just made, and what stands in it."""

from pathlib import Path
from typing import Any

from vitrine.pipeline.usdz import readback, validation
from vitrine.pipeline.usdz.making import Wish, make

WISH = Wish(max_texture_px=2048, max_triangles=100_000)


def made(source: Path, wish: Wish = WISH) -> tuple[Path, dict[str, Any]]:
    target = source.with_suffix(".usdz")
    return target, make(source, target, wish, lambda _: None)


def surface(target: Path) -> dict[str, Any]:
    """The inputs of the first mesh's material."""
    stage = validation.opened(target)
    return readback.inputs(next(readback.drawn(stage, 0.0)).material)


def attribute(target: Path, prim: str, name: str) -> Any:
    stage = validation.opened(target)
    return stage.GetPrimAtPath(prim).GetAttribute(name).Get()
