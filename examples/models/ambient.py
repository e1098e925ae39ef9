"""How much of the sky each point of a product sees, so that crevices are dark where a viewer casts no shadow."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.curves import Array, unit
from models.geometry import Indices, Mesh, merged

SAMPLES, DIRECTIONS = 260_000, 56


def shaded(parts: Sequence[Mesh], *, darkest: float = 0.25, cells: int = 190) -> list[Mesh]:
    """The parts with their light filled in, each shading itself and the others."""
    whole = merged(parts)
    extent = float(np.ptp(whole.points, axis=0).max())
    light = darkest + (1 - darkest) * _sky(whole, extent / cells)
    ends = np.cumsum([len(part.points) for part in parts])[:-1]
    return [replace(part, light=some) for part, some in zip(parts, np.split(light, ends), strict=True)]


def _sky(mesh: Mesh, cell: float) -> Array:
    """0 to 1 by looking from many sides: a point is seen where nothing lies nearer in its cell."""
    middle = (mesh.points.max(axis=0) + mesh.points.min(axis=0)) / 2
    samples = np.ascontiguousarray((_scattered(mesh) - middle).T, np.float32) / np.float32(cell)
    points = (mesh.points - middle + mesh.normals * (1.4 * cell)).T.astype(np.float32) / np.float32(cell)
    facing = np.ascontiguousarray(mesh.normals.T, np.float32)
    reach = float(np.sqrt((points**2).sum(axis=0).max())) + 2
    width = 2 * int(reach) + 2
    seen = np.zeros(points.shape[1], np.float32)
    possible = np.full(points.shape[1], 1e-6, np.float32)
    for way in _directions():
        side = unit(np.cross(way, [0.31, 0.17, 0.93]))
        axes = np.stack([side, np.cross(way, side), way]).astype(np.float32)
        spots, depth = _cell(samples, axes, reach, width)
        nearest = np.full(width * width, -1e9, np.float32)
        np.maximum.at(nearest, spots, depth)
        places, own = _cell(points, axes, reach, width)
        weight = np.maximum(_along(facing, axes[2]), 0) * np.float32(1.0 if way[1] > 0 else 0.45)
        possible += weight
        seen += weight * (own + np.float32(0.6) > nearest[places])
    return np.asarray(seen / possible)


def _along(points: Array, axis: Array) -> Array:
    return np.asarray(points[0] * axis[0] + points[1] * axis[1] + points[2] * axis[2])


def _cell(points: Array, axes: Array, reach: float, width: int) -> tuple[Indices, Array]:
    """Where points (3, n), in cells, fall on the plane of the first two axes, and how near along the third."""
    x, y = (_along(points, axes[k]) + np.float32(reach) for k in (0, 1))
    return y.astype(np.int32) * width + x.astype(np.int32), _along(points, axes[2])


def _directions() -> Array:
    k = np.arange(DIRECTIONS) + 0.5
    height = 1 - 2 * k / DIRECTIONS
    turn = k * np.pi * (3 - 5**0.5)
    flat = np.sqrt(1 - height**2)
    return np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], 1)


def _scattered(mesh: Mesh) -> Array:
    random = np.random.default_rng(7)
    a, b, c = (mesh.points[mesh.triangles[:, k]] for k in range(3))
    area = np.cumsum(np.linalg.norm(np.cross(b - a, c - a), axis=1))
    chosen = np.searchsorted(area, (np.arange(SAMPLES) + 0.5) / SAMPLES * area[-1])
    u, v = random.random((2, SAMPLES, 1))
    over = u + v > 1
    u, v = np.where(over, 1 - u, u), np.where(over, 1 - v, v)
    return np.asarray(a[chosen] + u * (b - a)[chosen] + v * (c - a)[chosen])
