"""How much a variant may differ from the original, and how far to go for it next time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vitrine.pipeline.work import Kind, Made, Proof, Wish

DEFAULT_QUALITY = 0.98
"""Mean SSIM that `web` and `android` must reach against the original."""

_WORST = {Kind.WEB: 2.0, Kind.ANDROID: 2.0, Kind.MOBILE: 11.0}
_MEAN = {Kind.WEB: 1.0, Kind.ANDROID: 1.0, Kind.MOBILE: 4.0}
"""Multiples of what `quality` lets go. A mobile's textures are 1K at most, and at the nearest zoom those cannot be
alike: a bottle of *lossless* 1K maps made from 2K ones reaches 0.943 and, close up, 0.792."""

_FULL_MEAN, _FULL_WORST = 4.0, 11.0
"""The same for an `android` file that has as much as Scene Viewer takes: one that looks better would not open there."""
_FULL_TRIANGLES, _FULL_BYTES = 90_000, 10_000_000
"""Scene Viewer advises 100,000 triangles at most, wants 10 MB and takes 15: from here on there is no room for more."""

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
_WORTH = {1: 60_000, 2: 150_000}
"""After so many renders: how many bytes what passed must have for one more. After three it is good enough."""
LAST_EFFORT = 3
"""Efforts count from 0; the last one is nearly without loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """1 − SSIM that may be lost: in the mean of the views, and in the worst of them."""

    mean: float
    worst: float


def allowed(kind: Kind, quality: float, *, full: bool = False) -> Loss | None:
    """None for a preview, which is made to a number of bytes. `full`: see `fills_its_channel`."""
    if kind not in _MEAN:
        return None
    mean, worst = (_FULL_MEAN, _FULL_WORST) if full else (_MEAN[kind], _WORST[kind])
    return Loss(mean=mean * (1 - quality), worst=min(worst * (1 - quality), 1.0))


def fills_its_channel(made: Made) -> bool:
    """Whether it holds as much as where it is shown takes."""
    if made.kind is not Kind.ANDROID:
        return False
    return (made.triangles or 0) >= _FULL_TRIANGLES or made.path.stat().st_size >= _FULL_BYTES


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What came of a wish: the part of what was to be lost, and the bytes.

    `forecast` is what the engine thought the textures alone would use.
    """

    wish: Wish
    part: float
    forecast: float
    size: int
    passed: bool


def next_wish(tries: Sequence[Try], *, effort: int) -> Wish | None:
    """What to ask for after these tries, the newest last; None to leave it at the smallest that passed."""
    passed = [one for one in tries if one.passed]
    if not passed:
        return _tighter(tries[-1], effort)
    best = min(passed, key=lambda one: one.size)
    if best.part >= _ROOM or best.size < _WORTH.get(len(tries), math.inf):
        return None
    failed = [one for one in tries if not one.passed]
    return _between(best, failed[-1]) if failed else _looser(best)


def _looser(best: Try) -> Wish:
    more, wish = _AIM / max(best.part, 0.05), best.wish
    return replace(wish, budget=wish.budget * min(more, 4.0), tolerance=wish.tolerance * min(more**0.7, 4.5))


def _between(best: Try, failed: Try) -> Wish:
    """On the line, in logarithms, from what passed to what lost too much: where the part would be as aimed at."""
    way = math.log(_AIM / max(best.part, 0.05)) / math.log(failed.part / max(best.part, 0.05))
    way = min(max(way, 0.2), 0.8)

    def along(start: float, end: float) -> float:
        return start * (end / start) ** way if start > 0 and end > 0 else start

    return replace(
        best.wish,
        budget=along(best.wish.budget, failed.wish.budget),
        tolerance=along(best.wish.tolerance, failed.wish.tolerance),
    )


def _tighter(last: Try, effort: int) -> Wish:
    """Where textures explain less than half of the loss, the surface is to blame."""
    wish = last.wish
    if effort >= LAST_EFFORT:
        return replace(wish, budget=0.05, tolerance=0.0)
    if last.forecast < last.part / 2:
        return replace(wish, budget=wish.budget * 0.7, tolerance=wish.tolerance / 4)
    aim = _AIM if effort == 1 else _AIM / 1.5
    return replace(wish, budget=wish.budget * aim / last.part, tolerance=wish.tolerance / 2)
