"""How much each texture's detail matters to the picture: the model beside itself with that texture at half its size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitrine.pipeline.likeness import Rgba, ssim
from vitrine.pipeline.studio.reference import Reference
from vitrine.pipeline.studio.session import Session
from vitrine.pipeline.studio.views import ViewSpec

MOST_TEXTURES = 8
LEAST_PX = 128
NAMES = ("front", "close-1", "close-2")
FRAMED_SHARE, CLOSE_SHARE = 5 / 7, 2 / 7
"""A proof has five views of the whole and two close-ups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Softness:
    """`losses`: 1 − SSIM of each view by the texture's number in the plain model; `shares`: a view's part of a mean."""

    views: tuple[str, ...]
    shares: tuple[float, ...]
    losses: dict[str, tuple[float, ...]]


def softness_of(
    plain: Path, reference: Reference, *, session: Session, note: Callable[[float], None]
) -> Softness:
    """Opens `plain` and halves its largest textures, one after another, at most eight."""
    chosen = [view for view in reference.views if view.name in NAMES]
    losses: dict[str, tuple[float, ...]] = {}
    session.open(plain)
    large = [one for one in session.textures() if min(one[1:]) >= LEAST_PX]
    large.sort(key=lambda one: (-one[1] * one[2], one[0]))
    for number, (name, _, _) in enumerate(large[:MOST_TEXTURES]):
        note(number / len(large[:MOST_TEXTURES]))
        session.soften(name)
        losses[name] = tuple(_loss(reference.picture(view), session.shoot(view).rgba()) for view in chosen)
    return Softness(views=tuple(view.name for view in chosen), shares=tuple(_shares(chosen)), losses=losses)


def _loss(before: Rgba, after: Rgba) -> float:
    return round(max(0.0, 1 - ssim(before, after)), 6)


def _shares(views: Sequence[ViewSpec]) -> list[float]:
    close = [view.name.startswith("close") for view in views]
    parts = [(CLOSE_SHARE / sum(close)) if one else FRAMED_SHARE / (len(close) - sum(close)) for one in close]
    return [part / sum(parts) for part in parts]
