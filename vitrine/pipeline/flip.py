"""LDR-FLIP: how visible the differences of two pictures are to somebody who flips between them.

After Andersson, Nilsson, Akenine-Möller, Oskarsson, Åström and Fairchild, "FLIP: A Difference Evaluator for
Alternating Images", Proceedings of the ACM on Computer Graphics and Interactive Techniques 3(2), 2020. Numbers that
are not in the paper's text (the illuminant, the cut of the filters) are those of its authors' reference code, with
which this agrees to 1e-5. Written anew because their package has no wheel for Linux on ARM.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d

Plane = NDArray[np.float32]
Filter = NDArray[np.float64]

PIXELS_PER_DEGREE = 0.7 * 3840 / 0.7 * math.pi / 180
"""67: a screen 0.7 m and 3840 px wide, seen from 0.7 m; the paper's own choice."""

REACH_PX = 10
"""No pixel has a say in the value of one that is further away, at PIXELS_PER_DEGREE."""

_TO_XYZ = np.array(
    [
        [10135552 / 24577794, 8788810 / 24577794, 4435075 / 24577794],
        [2613072 / 12288897, 8788810 / 12288897, 887015 / 12288897],
        [1425312 / 73733382, 8788810 / 73733382, 70074185 / 73733382],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)  # D65
_TO_RELATIVE_XYZ = (_TO_XYZ / _WHITE[:, None]).astype(np.float32)
_FROM_RELATIVE_XYZ = np.linalg.inv(_TO_XYZ / _WHITE[:, None]).astype(np.float32)

# Contrast sensitivity as sums of Gaussians (table 1): weight and width of each.
_ACHROMATIC = ((1.0, 0.0047),)
_RED_GREEN = ((1.0, 0.0053),)
_BLUE_YELLOW = ((34.1, 0.04), (13.5, 0.025))
_WIDEST = 0.04

_Q_COLOUR, _Q_FEATURE = 0.7, 0.5
_P_COLOUR, _P_TARGET = 0.4, 0.95
_FEATURE_WIDTH = 0.082  # degrees
_CUBE_EDGE = 6 / 29  # where CIELAB's cube root becomes a line


def flip_map(reference: Plane, other: Plane) -> Plane:
    """FLIP of each pixel, 0 (the same) to 1, of two sRGB pictures: height × width × 3, values 0 to 1."""
    opponents = [_opponent(_linear(picture)) for picture in (reference, other)]
    colour = _colour_difference(*(_seen(one) for one in opponents))
    feature = _feature_difference(*(_relative_y(one) for one in opponents))
    return np.asarray(colour ** (1 - feature), dtype=np.float32)


def _colour_difference(reference: Plane, other: Plane) -> Plane:
    """Of two pictures in Hunt-adjusted CIELAB, 0 to 1; small differences take most of that range."""
    largest = float(_hyab(_hunt(_lab(_GREEN)), _hunt(_lab(_BLUE)))[0] ** _Q_COLOUR)
    found = _hyab(reference, other) ** _Q_COLOUR
    knee = _P_COLOUR * largest
    above = _P_TARGET + (found - knee) / (largest - knee) * (1 - _P_TARGET)
    return np.asarray(np.where(found < knee, found * (_P_TARGET / knee), above), dtype=np.float32)


_GREEN = np.array([[0, 1, 0]], dtype=np.float32)
_BLUE = np.array([[0, 0, 1]], dtype=np.float32)


def _feature_difference(reference: Plane, other: Plane) -> Plane:
    """How differently edges and points stand out, 0 to 1, of two pictures' lightness (0 to 1)."""
    deviation = 0.5 * _FEATURE_WIDTH * PIXELS_PER_DEGREE
    x = _steps(math.ceil(3 * deviation))
    bell = np.exp(-(x**2) / (2 * deviation**2))
    edge, point = -x * bell, (x**2 / deviation**2 - 1) * bell
    found = []
    for slope in (edge, point):
        balanced = np.where(slope < 0, slope / -slope[slope < 0].sum(), slope / slope[slope > 0].sum())
        sizes = [_strength(plane, balanced, bell / bell.sum()) for plane in (reference, other)]
        found.append(np.abs(sizes[0] - sizes[1]))
    larger = np.maximum(*found) / math.sqrt(2)
    return np.asarray(np.clip(larger**_Q_FEATURE, 0, 1), dtype=np.float32)


def _strength(plane: Plane, slope: Filter, bell: Filter) -> Plane:
    """The length of the vector that the filter finds along x and along y."""
    return np.hypot(_filtered(plane, slope, bell), _filtered(plane, bell, slope))


def _filtered(plane: Plane, across: Filter, down: Filter) -> Plane:
    along = correlate1d(plane, across, axis=1, mode="nearest")
    return np.asarray(correlate1d(along, down, axis=0, mode="nearest"), dtype=np.float32)


def _seen(opponent: Plane) -> Plane:
    """What an eye makes of it at this distance, in Hunt-adjusted CIELAB."""
    gaussians = (_ACHROMATIC, _RED_GREEN, _BLUE_YELLOW)
    filtered = [_blurred(opponent[..., number], parts) for number, parts in enumerate(gaussians)]
    linear = _relative_xyz(np.stack(filtered, axis=-1)) @ _FROM_RELATIVE_XYZ.T
    return _hunt(_lab(np.clip(linear, 0, 1)))


def _blurred(plane: Plane, gaussians: tuple[tuple[float, float], ...]) -> Plane:
    x = _steps(math.ceil(3 * math.sqrt(_WIDEST / (2 * math.pi**2)) * PIXELS_PER_DEGREE)) / PIXELS_PER_DEGREE
    bells = [
        (weight * math.sqrt(math.pi / width), np.exp(-(math.pi**2) * x**2 / width))
        for weight, width in gaussians
    ]
    whole = sum(height * bell.sum() ** 2 for height, bell in bells)
    parts = [height / whole * _filtered(plane, bell, bell) for height, bell in bells]
    return np.asarray(sum(parts), dtype=np.float32)


def _steps(radius: int) -> Filter:
    return np.arange(-radius, radius + 1, dtype=np.float64)


def _linear(srgb: Plane) -> Plane:
    """IEC 61966-2-1."""
    bent = ((srgb + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(srgb > 0.04045, bent, srgb / 12.92), dtype=np.float32)


def _opponent(linear: Plane) -> Plane:
    """YCxCz: CIELAB without its cube root, so that it may be filtered."""
    x, y, z = np.moveaxis(linear @ _TO_RELATIVE_XYZ.T, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _relative_xyz(opponent: Plane) -> Plane:
    y = _relative_y(opponent)
    return np.stack([y + opponent[..., 1] / 500, y, y - opponent[..., 2] / 200], axis=-1)


def _relative_y(opponent: Plane) -> Plane:
    return np.asarray((opponent[..., 0] + 16) / 116, dtype=np.float32)


def _lab(linear: Plane) -> Plane:
    relative = linear @ _TO_RELATIVE_XYZ.T
    line = relative / (3 * _CUBE_EDGE**2) + 4 / 29
    x, y, z = np.moveaxis(np.where(relative > _CUBE_EDGE**3, np.cbrt(relative), line), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _hunt(lab: Plane) -> Plane:
    """Colours look paler in the dark."""
    lightness = lab[..., :1]
    return np.concatenate([lightness, 0.01 * lightness * lab[..., 1:]], axis=-1)


def _hyab(one: Plane, other: Plane) -> Plane:
    """A distance for large differences: lightness and chroma apart (Abasi, Amani Tehran and Fairchild, 2020)."""
    difference = one - other
    chroma = np.hypot(difference[..., 1], difference[..., 2])
    return np.asarray(np.abs(difference[..., 0]) + chroma, dtype=np.float32)
