"""Lines to draw surfaces from: profiles with rounded corners, splines, ellipses. Metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Curve:
    """A line in the plane with its normals, which point to the right of the direction of travel."""

    points: Array  # (n, 2)
    normals: Array  # (n, 2)

    def length(self) -> Array:
        """Distance travelled at each point, starting at 0."""
        steps = np.linalg.norm(np.diff(self.points, axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])

    def scaled(self, factor: float) -> "Curve":
        return Curve(self.points * factor, self.normals)


def unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))


def rounded(
    corners: Sequence[tuple[float, float]],
    radii: float | Sequence[float],
    *,
    closed: bool = False,
    steps: int = 6,
) -> Curve:
    """A polyline with its corners filleted; a radius of 0 leaves a hard edge. A closed one ends where it began."""
    points = np.asarray(corners, float)
    count = len(points)
    radius = np.broadcast_to(np.asarray(radii, float), (count,))
    found: list[tuple[Array, Array]] = []
    for i in range(count):
        before, after = points[i] - points[i - 1], points[(i + 1) % count] - points[i]
        if not closed and i in {0, count - 1}:
            way = unit(after if i == 0 else before)
            found.append((points[i][None], way[None]))
        else:
            found.append(_fillet(points[i], before, after, float(radius[i]), steps))
    if closed:
        found.append((found[0][0][:1], found[0][1][:1]))
    way = np.concatenate([tangents for _, tangents in found])
    return Curve(np.concatenate([p for p, _ in found]), np.stack([way[:, 1], -way[:, 0]], 1))


def _fillet(corner: Array, before: Array, after: Array, radius: float, steps: int) -> tuple[Array, Array]:
    lengths = np.linalg.norm(before), np.linalg.norm(after)
    a, b = before / lengths[0], after / lengths[1]
    bend = float(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))
    reach = min(radius * abs(np.tan(bend / 2)), 0.48 * float(min(lengths)))
    if reach < 1e-9:
        return np.stack([corner, corner]), np.stack([a, b])
    fitted = reach / abs(np.tan(bend / 2))
    angles = np.arctan2(a[1], a[0]) + bend * np.linspace(0, 1, steps + 1)
    side = np.sign(bend)
    centre = corner - a * reach + side * fitted * np.array([-a[1], a[0]])
    arc = centre + side * fitted * np.stack([np.sin(angles), -np.cos(angles)], 1)
    return arc, np.stack([np.cos(angles), np.sin(angles)], 1)


def spline(through: Sequence[Sequence[float]] | Array, count: int, *, closed: bool = False) -> Array:
    """`count` evenly spaced points along a cubic spline; a closed one ends where it began."""
    points = np.asarray(through, float)
    if closed:  # three times round and only the middle one kept: no end is felt there
        points = np.concatenate([points, points, points, points[:1]])
    gaps = np.linalg.norm(np.diff(points, axis=0), axis=1) ** 0.5
    at = np.concatenate([[0.0], np.cumsum(gaps)])
    bends = _bends(points, gaps)
    start, end = (at[len(at) // 3], at[2 * (len(at) // 3)]) if closed else (0.0, at[-1])
    fine = np.linspace(start, end, count * 8)
    i = np.clip(np.searchsorted(at, fine, side="right") - 1, 0, len(gaps) - 1)
    h, a = gaps[i][:, None], ((at[i + 1] - fine) / gaps[i])[:, None]
    b = 1 - a
    dense = a * points[i] + b * points[i + 1] + ((a**3 - a) * bends[i] + (b**3 - b) * bends[i + 1]) * h**2 / 6
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    even = np.linspace(0, walked[-1], count)
    return np.stack([np.interp(even, walked, dense[:, k]) for k in range(points.shape[1])], 1)


def _bends(points: Array, gaps: Array) -> Array:
    """Second derivatives of the natural cubic spline through the points."""
    count = len(points)
    system, wanted = np.eye(count), np.zeros_like(points)
    for i in range(1, count - 1):
        system[i, i - 1 : i + 2] = gaps[i - 1], 2 * (gaps[i - 1] + gaps[i]), gaps[i]
        ahead, behind = points[i + 1] - points[i], points[i] - points[i - 1]
        wanted[i] = 6 * (ahead / gaps[i] - behind / gaps[i - 1])
    return np.linalg.solve(system, wanted)


def smooth(through: Sequence[Sequence[float]], count: int) -> Curve:
    """A smooth open profile through the given points."""
    points = spline(through, count)
    way = unit(np.gradient(points, axis=0))
    return Curve(points, np.stack([way[:, 1], -way[:, 0]], 1))


def joined(*curves: Curve) -> Curve:
    return Curve(np.concatenate([c.points for c in curves]), np.concatenate([c.normals for c in curves]))


def ellipse(width: float, height: float, sides: int, *, power: float = 2.0) -> Curve:
    """A closed section, counter-clockwise; a power above 2 squares it off (a superellipse)."""
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    c, s = np.cos(angle), np.sin(angle)
    shape = np.stack([np.sign(c) * np.abs(c) ** (2 / power), np.sign(s) * np.abs(s) ** (2 / power)], 1)
    slope = np.stack(
        [
            np.sign(c) * np.abs(c) ** (2 - 2 / power) / width,
            np.sign(s) * np.abs(s) ** (2 - 2 / power) / height,
        ],
        1,
    )
    return Curve(shape * np.array([width, height]) / 2, unit(slope))


def circle(radius: float, sides: int) -> Curve:
    return ellipse(2 * radius, 2 * radius, sides)
