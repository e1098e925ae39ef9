"""Contrast by WCAG 2.2, and an accent colour made fit for light pages and for dark ones."""

import re
from dataclasses import dataclass
from typing import Self

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3 (AA), for text of any size."""

FORM = re.compile(r"#[0-9a-fA-F]{6}")
_LIGHT_WALL, _DARK_WALL = "#f4f1ec", "#1f1d1a"
"""Of the backgrounds in base.css, the ones that are hardest to stand out from."""
_WHITE, _BLACK = "#ffffff", "#0c0b0a"
_STEPS = 50

_Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tone:
    """An accent as it is shown on one kind of page, and the colour of words on it."""

    colour: str
    words: str
    contrast: float


@dataclass(frozen=True, slots=True)
class Accent:
    """`light` and `dark` are the accent itself where it can be read there, else the nearest that can."""

    chosen: str
    light: Tone
    dark: Tone

    @classmethod
    def of(cls, colour: str) -> Self:
        chosen = colour.lower()
        return cls(chosen, _readable(chosen, _LIGHT_WALL, _BLACK), _readable(chosen, _DARK_WALL, _WHITE))


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _readable(colour: str, wall: str, towards: str) -> Tone:
    steps = (_mixed(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    found = next(one for one in steps if contrast(one, wall) >= LEAST_CONTRAST)
    words = max((_WHITE, _BLACK), key=lambda one: contrast(one, found))
    return Tone(found, words, round(contrast(found, wall), 2))


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    shares = (value / 255 for value in _rgb(colour))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_rgb(colour), _rgb(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _rgb(colour: str) -> _Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
