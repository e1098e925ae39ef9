"""Normals for a surface that has none: round over soft edges, split at sharp ones."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from vitrine.pipeline.polygons.surface import Array, Indices, Layer


def normals_of(positions: Array, triangles: Indices, *, smooth_below: float) -> Layer:
    """A normal for each fan of triangles about a position that no sharp edge divides (`smooth_below`: degrees)."""
    flat, angles = _flat_normals(positions, triangles)
    fans = _fans(triangles, flat, np.cos(np.radians(smooth_below)))
    summed = np.stack(
        [np.bincount(fans, (flat[:, [axis]] * angles).ravel()) for axis in range(3)],
        axis=1,
    )
    length = np.linalg.norm(summed, axis=1, keepdims=True)
    normals = np.divide(summed, length, out=np.tile([0.0, 1.0, 0.0], (len(summed), 1)), where=length > 0)
    return Layer(normals, fans.reshape(-1, 3))


def _flat_normals(positions: Array, triangles: Indices) -> tuple[Array, Array]:
    """Each triangle's normal, (t, 3), and the angles at its corners, (t, 3), in radians."""
    rings = positions[triangles]
    edges = np.roll(rings, -1, axis=1) - rings
    lengths = np.linalg.norm(edges, axis=2, keepdims=True)
    edges = np.divide(edges, lengths, out=np.zeros_like(edges), where=lengths > 0)
    cosines = -(edges * np.roll(edges, 1, axis=1)).sum(axis=2)
    normals = np.cross(edges[:, 0], edges[:, 1])
    size = np.linalg.norm(normals, axis=1, keepdims=True)
    flat = np.divide(normals, size, out=np.zeros_like(normals), where=size > 1e-12)
    return flat, np.arccos(np.clip(cosines, -1, 1))


def _fans(triangles: Indices, flat: Array, least_cosine: float) -> Indices:
    """For each corner, (3 t,), the number of its fan: corners at one position, joined over edges that are not sharp."""
    count = len(triangles)
    corners = np.arange(count * 3).reshape(-1, 3)
    starts, ends = corners.ravel(), np.roll(corners, -1, axis=1).ravel()
    first, second = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    low, high = np.minimum(first, second), np.maximum(first, second)
    at_low, at_high = np.where(first <= second, starts, ends), np.where(first <= second, ends, starts)
    order = np.lexsort((high, low))
    low, high, at_low, at_high = low[order], high[order], at_low[order], at_high[order]
    same = (low[1:] == low[:-1]) & (high[1:] == high[:-1])
    cosine = (flat[at_low[1:] // 3] * flat[at_low[:-1] // 3]).sum(axis=1)
    joined = np.flatnonzero(same & (cosine >= least_cosine))
    rows = np.concatenate([at_low[joined], at_high[joined]])
    columns = np.concatenate([at_low[joined + 1], at_high[joined + 1]])
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(count * 3, count * 3))
    _, fans = connected_components(graph, directed=False)
    return np.asarray(fans, np.int64)
