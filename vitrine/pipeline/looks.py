"""How much a variant may differ from the original, and how far to go for it next time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

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
_AIM_BETWEEN = 0.95
"""The same between a try that passed and one that did not, where less can go wrong, and a hair above what may be."""
_HAIR = 1.15
_ROOM = 0.85
"""Where less than this part was lost, something looser is worth a render."""
_WORTH = {1: 25_000, 2: 100_000}
"""After so many renders: how many bytes what passed must have for one more. After three it is good enough."""
_GAIN_BYTES, _GAIN = 15_000, 0.12
"""What must lie between a try that passed and a smaller one that did not: bytes, and a part of the larger."""
_MORE, _TEMPTING = 1.3, 0.25
"""Where so many times the textures' budget is thought to save this part of the bytes, it is tried with little room,
too: forecasts of large losses are too large."""
LAST_EFFORT = 4
"""Efforts count from 0; the last one is nearly without loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """1 − SSIM that may be lost: in the mean of the views, and in the worst of them."""

    mean: float
    worst: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What `web` must reach: the mean SSIM of its views, and that of the worst; the others in proportion."""

    mean: float
    worst: float

    @classmethod
    def of(cls, quality: float) -> Self:
        """The worst view may lose twice as much as the mean."""
        return cls(mean=quality, worst=max(1 - _WORST[Kind.WEB] * (1 - quality), 0.0))


DEFAULT_BOUND = Bound.of(DEFAULT_QUALITY)


def allowed(kind: Kind, bound: Bound, *, full: bool = False) -> Loss | None:
    """None for a preview, which is made to a number of bytes. `full`: see `fills_its_channel`."""
    if kind not in _MEAN:
        return None
    mean, worst = (_FULL_MEAN, _FULL_WORST) if full else (_MEAN[kind], _WORST[kind])
    return _part_of(bound, mean, worst)


def _part_of(bound: Bound, mean: float, worst: float) -> Loss:
    most = (1 - bound.worst) * worst / _WORST[Kind.WEB]
    return Loss(mean=mean * (1 - bound.mean), worst=min(most, 1.0))


def fills_its_channel(made: Made) -> bool:
    """Whether it holds as much as where it is shown takes."""
    if made.kind is not Kind.ANDROID:
        return False
    return (made.triangles or 0) >= _FULL_TRIANGLES or made.path.stat().st_size >= _FULL_BYTES


def aimed(kind: Kind, bound: Bound) -> Loss | None:
    """What is to be lost, which is what may be lost, but for a mobile."""
    return _part_of(bound, *_MOBILE_AIM) if kind is Kind.MOBILE else allowed(kind, bound)


def used(proof: Proof, loss: Loss) -> float:
    """The part of `loss` that was lost; over 1 where that was more."""
    return max((1 - proof.ssim) / loss.mean, (1 - proof.worst_ssim) / loss.worst)


def first_wish(kind: Kind) -> Wish:
    return _START[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What came of a wish: the part of what was to be lost, and the bytes.

    `forecast` is what the engine thought the textures alone would use, `tempting_bytes` what it thinks that `_MORE` of
    the budget would save.
    """

    wish: Wish
    part: float
    forecast: float
    size: int
    passed: bool
    tempting_bytes: int = 0


def next_wish(tries: Sequence[Try], *, effort: int) -> Wish | None:
    """What to ask for after these tries, the newest last; None to leave it at the smallest that passed."""
    passed = [one for one in tries if one.passed]
    if not passed:
        return _tighter(tries[-1], effort)
    best = min(passed, key=lambda one: one.size)
    failed = [one for one in tries if not one.passed]
    if failed:
        nearest = min(failed, key=lambda one: one.part)
        won = best.size - nearest.size
        worth = best.part < _AIM_BETWEEN and won >= max(_GAIN_BYTES, _GAIN * best.size)
        return _between(best, nearest) if worth else None
    if best.size < _WORTH.get(len(tries), math.inf):
        return None
    if best.part < _ROOM:
        return _looser(best)
    tempting = best.tempting_bytes >= max(_GAIN_BYTES, _TEMPTING * best.size)
    return replace(best.wish, budget=best.wish.budget * _MORE) if tempting else None


def _looser(best: Try) -> Wish:
    more, wish = _AIM / max(best.part, 0.05), best.wish
    return replace(wish, budget=wish.budget * min(more, 4.0), tolerance=wish.tolerance * min(more**0.7, 4.5))


def _between(best: Try, failed: Try) -> Wish:
    """On the line, in logarithms, from what passed to what lost too much: where the part would be as aimed at."""
    way = math.log(_AIM_BETWEEN / max(best.part, 0.05)) / math.log(failed.part / max(best.part, 0.05))
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
    if last.part < _HAIR:
        return replace(wish, budget=wish.budget * _AIM_BETWEEN / last.part, tolerance=wish.tolerance * 0.8)
    aim = _AIM if effort == 1 else _AIM / 1.5
    return replace(wish, budget=wish.budget * aim / last.part, tolerance=wish.tolerance / 2)
