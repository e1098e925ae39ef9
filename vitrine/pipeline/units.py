"""Units and up axes: files that say neither get what was asked for, else a guess; either way it is said.

glTF counts in metres with +Y up. STL, PLY and OBJ hold bare numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vitrine.pipeline.scale import Size, words
from vitrine.pipeline.work import Format, Notice


class Units(StrEnum):
    """What one unit of a file's numbers is."""

    MILLIMETRES = "mm"
    CENTIMETRES = "cm"
    METRES = "m"
    INCHES = "in"

    @property
    def metres(self) -> float:
        return _METRES[self]


class UpAxis(StrEnum):
    """Which of a file's axes points up."""

    Y = "y"
    Z = "z"


_METRES = {Units.MILLIMETRES: 0.001, Units.CENTIMETRES: 0.01, Units.METRES: 1.0, Units.INCHES: 0.0254}
_WORDS = {
    Units.MILLIMETRES: "millimetres",
    Units.CENTIMETRES: "centimetres",
    Units.METRES: "metres",
    Units.INCHES: "inches",
}
_MISSING_WORDS = {
    frozenset[str](): "units and up axis",
    frozenset({"units"}): "up axis",
    frozenset({"up_axis"}): "units",
}

LARGEST_IN_METRES = 10.0
LARGEST_IN_CENTIMETRES = 500.0
SMALLEST_IN_MILLIMETRES = 3.0
"""Longest sides, in the file's own numbers: beyond these a product would be unlikely in that unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a file's numbers stand in the world. `asked` names what the sender said: "units", "up_axis"."""

    units: Units
    up_axis: UpAxis
    asked: frozenset[str] = frozenset()


def standing_of(
    source_format: Format, longest: float, *, units: Units | None = None, up_axis: UpAxis | None = None
) -> Standing:
    """What the sender said, and guesses for the rest. `longest` is the longest side in the file's own numbers."""
    said: Mapping[str, object] = {"units": units, "up_axis": up_axis}
    return Standing(
        units=units or likely_units(source_format, longest),
        up_axis=up_axis or (UpAxis.Z if source_format is Format.STL else UpAxis.Y),
        asked=frozenset(name for name, value in said.items() if value is not None),
    )


def likely_units(source_format: Format, longest: float) -> Units:
    """CAD and printing write STL in millimetres; OBJ and PLY are mostly in metres, or too large for it."""
    if source_format is Format.STL:
        return Units.METRES if 0 < longest < SMALLEST_IN_MILLIMETRES else Units.MILLIMETRES
    if longest <= LARGEST_IN_METRES:
        return Units.METRES
    return Units.CENTIMETRES if longest <= LARGEST_IN_CENTIMETRES else Units.MILLIMETRES


def told(source_format: Format, standing: Standing, size_m: Size) -> Notice:
    """What was assumed, what it comes to, and how to say otherwise."""
    taken = f"{_WORDS[standing.units]} with +{standing.up_axis.upper()} up"
    measures = f"it measures {words(size_m)}"
    if standing.asked == {"units", "up_axis"}:
        detail = f"The {source_format.upper()} was taken as {taken}, as asked for; {measures}."
        return Notice("units-told", detail)
    missing = _MISSING_WORDS[standing.asked]
    return Notice(
        "units-assumed",
        f"This {source_format.upper()} does not say its {missing}. It was taken as {taken}; {measures}. "
        "If that is wrong, send units (mm, cm, m or in) and up_axis (y or z) with it, or optimize again with them.",
    )


def needless(source_format: Format) -> Notice:
    """The sender said what the file says itself."""
    return Notice(
        "units-known",
        f"A {source_format.upper()} says its own units and up axis: units and up_axis changed nothing.",
    )
