"""Polygons to triangles: a fan where it is convex, ears cut off where it is not."""

import numpy as np

from vitrine.pipeline.polygons.surface import Array, Indices


def triangulate(polygons: Indices, positions: Array) -> tuple[Indices, Indices]:
    """Triangles of polygons that all have the same number of corners, (n, corners): places of corners within their
    polygon, (t, 3), and for each triangle its polygon, (t,)."""
    count, corners = polygons.shape
    if corners == 3:
        return np.tile(np.arange(3), (count, 1)), np.arange(count)
    fan = np.stack(
        [np.zeros(corners - 2, np.int64), np.arange(1, corners - 1), np.arange(2, corners)], axis=1
    )
    hollow = np.flatnonzero(_hollow(positions[polygons]))
    plain = np.setdiff1d(np.arange(count), hollow)
    places = [np.tile(fan, (len(plain), 1)), *(_ears(positions[polygons[one]]) for one in hollow)]
    owners = [np.repeat(plain, corners - 2), *(np.full(corners - 2, one) for one in hollow)]
    return np.concatenate(places), np.concatenate(owners)


def _hollow(rings: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which of the polygons (n, corners, 3) have a corner that points inwards."""
    turns = np.cross(rings - np.roll(rings, 1, axis=1), np.roll(rings, -1, axis=1) - rings)
    normals = turns.sum(axis=1, keepdims=True)
    inwards = (turns * normals).sum(axis=2) < -1e-6 * (normals**2).sum(axis=2)
    found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = inwards.any(axis=1)
    return found


def _ears(ring: Array) -> Indices:
    """Ear clipping in the plane that the polygon lies in most; always gives as many triangles as a fan."""
    flat = _flattened(ring)
    left = list(range(len(ring)))
    cut: list[tuple[int, int, int]] = []
    while len(left) > 3:
        at = next((place for place in range(len(left)) if _is_ear(left, place, flat)), 0)
        cut.append((left[at - 1], left[at], left[(at + 1) % len(left)]))
        del left[at]
    cut.append((left[0], left[1], left[2]))
    return np.array(cut, np.int64)


def _flattened(ring: Array) -> Array:
    """Seen along the axis that its normal is nearest to, counter-clockwise."""
    normal = np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0)
    axis = int(np.argmax(np.abs(normal)))
    flat: Array = ring[:, [(axis + 1) % 3, (axis + 2) % 3]]
    return flat if normal[axis] >= 0 else flat * [-1.0, 1.0]


def _is_ear(left: list[int], place: int, flat: Array) -> bool:
    a, b, c = (flat[left[place - 1]], flat[left[place]], flat[left[(place + 1) % len(left)]])
    if _side(a, b, c) <= 0:
        return False
    used = {left[place - 1], left[place], left[(place + 1) % len(left)]}
    others = flat[[one for one in left if one not in used]]
    inside = (_side(a, b, others) >= 0) & (_side(b, c, others) >= 0) & (_side(c, a, others) >= 0)
    return not bool(np.any(inside))


def _side(a: Array, b: Array, point: Array) -> Array:
    """Above 0 where `point` lies to the left of the line from a to b."""
    side: Array = (b[0] - a[0]) * (point[..., 1] - a[1]) - (b[1] - a[1]) * (point[..., 0] - a[0])
    return side
