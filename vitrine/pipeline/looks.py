"""How much a variant may differ from the original, and how far to go for it next time."""

from dataclasses import dataclass, replace

from vitrine.pipeline.work import Kind, Proof, Wish

DEFAULT_QUALITY = 0.98
"""Mean SSIM that `web` and `android` must reach against the original."""

_WORST = {Kind.WEB: 2.0, Kind.ANDROID: 2.0, Kind.MOBILE: 11.0}
_MEAN = {Kind.WEB: 1.0, Kind.ANDROID: 1.0, Kind.MOBILE: 4.0}
"""Multiples of what `quality` lets go. A mobile's textures are 1K at most, and at the nearest zoom those cannot be
alike: a bottle of *lossless* 1K maps made from 2K ones reaches 0.943 and, close up, 0.792."""

_MOBILE_AIM = (1.5, 4.0)
"""What a mobile is made to, where its 1K textures allow it; the bound above is for those where they do not."""

_START = {
    Kind.WEB: Wish(budget=0.85, tolerance=0.0002),
    Kind.MOBILE: Wish(budget=0.85, tolerance=0.0004),
    Kind.ANDROID: Wish(budget=0.85, tolerance=0.0003),
}
_AIM = 0.9
"""The part of what may be lost that a next try aims at; renders do not follow forecasts to the last digit."""
_ROOM = 0.75
"""Where less than this part was lost, something looser is worth a render."""
LAST_EFFORT = 3
"""Efforts count from 0; the last one is nearly without loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """1 − SSIM that may be lost: in the mean of the views, and in the worst of them."""

    mean: float
    worst: float


def allowed(kind: Kind, quality: float) -> Loss | None:
    """None for a preview, which is made to a number of bytes."""
    if kind not in _MEAN:
        return None
    return Loss(mean=_MEAN[kind] * (1 - quality), worst=min(_WORST[kind] * (1 - quality), 1.0))


def aimed(kind: Kind, quality: float) -> Loss | None:
    """What is to be lost, which is what may be lost, but for a mobile."""
    if kind is not Kind.MOBILE:
        return allowed(kind, quality)
    mean, worst = _MOBILE_AIM
    return Loss(mean=mean * (1 - quality), worst=min(worst * (1 - quality), 1.0))


def used(proof: Proof, loss: Loss) -> float:
    """The part of `loss` that was lost; over 1 where that was more."""
    return max((1 - proof.ssim) / loss.mean, (1 - proof.worst_ssim) / loss.worst)


def first_wish(kind: Kind) -> Wish:
    return _START[kind]


def next_wish(wish: Wish, part: float, forecast: float, *, effort: int) -> Wish | None:
    """What to ask for after a try that used `part` of what was to be lost; None to leave it.

    `forecast` is what the engine thought the textures alone would use: where they explain less than half, the surface
    is to blame. Only the second try may be a looser one.
    """
    if part > 1:
        return _tighter(wish, part, forecast, effort=effort)
    if effort == 1 and part < _ROOM:
        more = _AIM / max(part, 0.05)
        return replace(
            wish, budget=wish.budget * min(more, 4.0), tolerance=wish.tolerance * min(more**0.7, 4.5)
        )
    return None


def _tighter(wish: Wish, part: float, forecast: float, *, effort: int) -> Wish:
    if effort >= LAST_EFFORT:
        return replace(wish, budget=0.05, tolerance=0.0)
    if forecast < part / 2:
        return replace(wish, budget=wish.budget * 0.7, tolerance=wish.tolerance / 4)
    aim = _AIM if effort == 1 else _AIM / 1.5
    return replace(wish, budget=wish.budget * aim / part, tolerance=wish.tolerance / 2)
