"""How much each texture's detail matters to the picture: the model beside itself with that texture made soft."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitrine.pipeline.likeness import Rgba, ssim
from vitrine.pipeline.studio.reference import Reference
from vitrine.pipeline.studio.session import Session
from vitrine.pipeline.studio.views import ViewSpec

MOST_TEXTURES = 8
LEAST_PX = 128
LARGE_PX = 1024
"""A texture of this side or more is shown at a quarter: half of it would lose what no view shows anyway."""
NAMES = ("front", "above", "close-1", "close-2")
DEAR_TRIANGLES = 50_000
DEAR_NAMES = ("front", "close-1")
"""Where each picture takes long, fewer of them have to do: a proof looks at all views anyway."""
FRAMED_SHARE, CLOSE_SHARE = 5 / 7, 2 / 7
"""A proof has five views of the whole and two close-ups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Softness:
    """By the texture's number in the plain model: the part of its size that was shown, and the 1 − SSIM of each view.

    `shares` are the views' parts of a proof's mean.
    """

    views: tuple[str, ...]
    scales: dict[str, float]
    shares: tuple[float, ...]
    losses: dict[str, tuple[float, ...]]


def softness_of(
    plain: Path, reference: Reference, *, triangles: int, session: Session, note: Callable[[float], None]
) -> Softness:
    """Opens `plain`, of so many triangles, and softens its largest textures, one after another, at most eight."""
    names = DEAR_NAMES if triangles > DEAR_TRIANGLES else NAMES
    chosen = [view for view in reference.views if view.name in names]
    losses: dict[str, tuple[float, ...]] = {}
    session.open(plain)
    large = [one for one in session.textures() if min(one[1:]) >= LEAST_PX]
    large.sort(key=lambda one: (-one[1] * one[2], one[0]))
    scales = {name: 0.25 if max(size) >= LARGE_PX else 0.5 for name, *size in large[:MOST_TEXTURES]}
    for number, (name, scale) in enumerate(scales.items()):
        note(number / len(scales))
        session.soften(name, scale)
        losses[name] = tuple(_loss(reference.picture(view), session.shoot(view).rgba()) for view in chosen)
    return Softness(
        views=tuple(view.name for view in chosen),
        scales=scales,
        shares=tuple(_shares(chosen)),
        losses=losses,
    )


def _loss(before: Rgba, after: Rgba) -> float:
    return round(max(0.0, 1 - ssim(before, after)), 6)


def _shares(views: Sequence[ViewSpec]) -> list[float]:
    close = [view.name.startswith("close") for view in views]
    parts = [(CLOSE_SHARE / sum(close)) if one else FRAMED_SHARE / (len(close) - sum(close)) for one in close]
    return [part / sum(parts) for part in parts]
