"""True scale: the measured size beside the one that is claimed for the product, and sizes that no product has."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from typing import Any

from vitrine.pipeline.work import Notice

Size = tuple[float, float, float]

TOLERANCE = 0.05
"""How far a side may be from its claim, as part of the claim; at least a hundredth of the longest side."""

FACTORS = (1.0, 100.0, 1000.0, 0.01, 0.001)
"""How many times too large a file is whose unit was mistaken: centimetres or millimetres for metres, or back."""

PLAUSIBLE_M = 20.0
CENTIMETRES_M = 5.0
"""A model that would have sides up to this if its unit were the centimetre is taken to be in centimetres."""
CLAIM_M = 1000.0

_AXES = "xyz"
_UNITS = {
    100.0: "centimetres for metres",
    1000.0: "millimetres for metres",
    0.01: "metres for centimetres",
    0.001: "metres for millimetres",
}


class Match(StrEnum):
    """How a measured size is to its claim; `scaled` may be swapped too."""

    MATCHES = "matches"
    SWAPPED = "swapped"
    SCALED = "scaled"
    DIFFERS = "differs"
    UNKNOWN = "unknown"  # one of the two is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """`factor`: the file is that many times the claimed size. `axes`: the file's axes that are the claimed x, y, z."""

    match: Match
    detail: str
    measured_m: Size | None
    claimed_m: Size | None
    tolerance: float = TOLERANCE
    factor: float | None = None
    axes: str | None = None


def compare(measured: Size | None, claimed: Size | None) -> Scale:
    """A mistaken unit and swapped axes are recognised; the simplest explanation wins."""
    if measured is None or claimed is None:
        missing = "The size of this model was not measured." if measured is None else _NO_CLAIM
        return Scale(match=Match.UNKNOWN, detail=missing, measured_m=measured, claimed_m=claimed)
    for factor in FACTORS:
        for axes in permutations(range(3)):
            found = tuple(measured[axis] / factor for axis in axes)
            if all(abs(a - b) <= _room(b, claimed) for a, b in zip(found, claimed, strict=True)):
                return _explained(measured, claimed, factor, "".join(_AXES[axis] for axis in axes))
    detail = (
        f"The model measures {words(measured)}, but metadata.dimensions_m claims {words(claimed)}: "
        f"{_largest_difference(measured, claimed)}. Scale the model, or correct the claim."
    )
    return Scale(match=Match.DIFFERS, detail=detail, measured_m=measured, claimed_m=claimed)


def claim_of(metadata: Mapping[str, Any]) -> Size | None:
    """metadata.dimensions_m, or None when there is none or none that can be read."""
    value = metadata.get("dimensions_m")
    if value is None or claim_fault(value):
        return None
    return float(value[0]), float(value[1]), float(value[2])


def claim_fault(value: Any) -> str:
    """What is wrong with a claimed size; "" for a right one."""
    if not isinstance(value, list) or len(value) != 3:
        return "dimensions_m is a list of three numbers, width, height and depth in metres, such as [0.42, 0.88, 0.51]."
    for axis, side in zip(_AXES, value, strict=True):
        if isinstance(side, bool) or not isinstance(side, int | float) or not 0 < side <= CLAIM_M:
            return f"dimensions_m is in metres: {axis} is {side!r:.40}, not a number above 0 and up to {CLAIM_M:g}."
    return ""


def doubts(measured: Size | None) -> tuple[Notice, ...]:
    """A notice for a size that no product has, with what the likely unit would make of it."""
    if measured is None or max(measured) <= PLAUSIBLE_M:
        return ()
    longest = max(measured)
    told = (
        f"The model measures {words(measured)}, as glTF counts in metres; a product of more than "
        f"{PLAUSIBLE_M:g} m is unlikely."
    )
    if longest / 1000 > PLAUSIBLE_M:
        return (Notice("size-unlikely", f"{told} Check the unit and the scale of the export."),)
    in_centimetres, in_millimetres = (
        words((measured[0] / factor, measured[1] / factor, measured[2] / factor)) for factor in (100, 1000)
    )
    likely = "centimetres" if longest / 100 <= CENTIMETRES_M else "millimetres"
    detail = (
        f"{told} It looks like {likely}: divided by 100 (centimetres) it would measure {in_centimetres}, "
        f"divided by 1000 (millimetres) {in_millimetres}. In AR it is shown as large as it says: "
        "export it in metres."
    )
    return (Notice(f"looks-like-{likely}", detail),)


def words(size: Size) -> str:
    """0.42 × 0.88 × 0.51 m"""
    return " × ".join(f"{side:.3g}" if side < 1000 else f"{side:,.0f}" for side in size) + " m"


_NO_CLAIM = (
    "Nothing is claimed. Give metadata.dimensions_m as [width, height, depth] in metres to have it compared."
)


def _room(claim: float, claimed: Size) -> float:
    return max(TOLERANCE * claim, 0.01 * max(claimed)) * (1 + 1e-9)


def _explained(measured: Size, claimed: Size, factor: float, axes: str) -> Scale:
    match = Match.SCALED if factor != 1 else Match.MATCHES if axes == _AXES else Match.SWAPPED
    said = [f"The model measures {words(measured)}, metadata.dimensions_m claims {words(claimed)}."]
    if factor != 1:
        smaller = f"{factor:g} times too large" if factor > 1 else f"{1 / factor:g} times too small"
        said.append(f"It is {smaller}: it took {_UNITS[factor]}. Export it in metres.")
    if axes != _AXES:
        said.append(
            f"The claimed x, y and z are the file's {', '.join(axes)}: turn the model so that +Y is up and "
            "+Z its front, or correct the order of the claim."
        )
    if match is Match.MATCHES:
        said = [
            f"The model measures {words(measured)}, as claimed ({words(claimed)}, within {TOLERANCE:.0%})."
        ]
    return Scale(
        match=match,
        detail=" ".join(said),
        measured_m=measured,
        claimed_m=claimed,
        factor=factor,
        axes=axes,
    )


def _largest_difference(measured: Size, claimed: Size) -> str:
    parts = [a / b - 1 for a, b in zip(measured, claimed, strict=True)]
    axis = max(range(3), key=lambda index: abs(math.log(max(measured[index], 1e-9) / claimed[index])))
    return f"{_AXES[axis]} is off by {parts[axis]:+.0%}"
