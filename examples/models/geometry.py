"""Surfaces made from curves: lathes, sweeps, rings, grips. Metres, +Y up, front +Z, right-handed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from models.curves import Array, Curve, unit

Indices = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Mesh:
    points: Array  # (n, 3)
    normals: Array  # (n, 3)
    uvs: Array  # (n, 2), v downwards as glTF wants it
    triangles: Indices  # (m, 3), counter-clockwise seen from outside
    light: Array | None = None  # (n,), how much of the surroundings a point sees, 0 to 1

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Mesh":
        return replace(self, points=self.points + np.array([x, y, z]))

    def turned(self, axis: str, degrees: float) -> "Mesh":
        turn = rotation(axis, degrees)
        return replace(self, points=self.points @ turn.T, normals=self.normals @ turn.T)

    def stretched(self, x: float, y: float, z: float) -> "Mesh":
        factor = np.array([x, y, z])
        return replace(self, points=self.points * factor, normals=unit(self.normals / factor))

    def projected(self, across: str, down: str, tile: float) -> "Mesh":
        """The texture laid flat on the part along two axes, as on a board it was cut from."""
        axes = ["xyz".index(across), "xyz".index(down)]
        return replace(self, uvs=self.points[:, axes] / tile)

    def slid(self, u: float, v: float) -> "Mesh":
        """Another piece of the same board: the texture moved along."""
        return replace(self, uvs=self.uvs + np.array([u, v]))

    def mirrored(self) -> "Mesh":
        """The other side's part, mirrored in x."""
        flip = np.array([-1.0, 1.0, 1.0])
        return replace(
            self,
            points=self.points * flip,
            normals=self.normals * flip,
            triangles=self.triangles[:, ::-1],
        )


def rotation(axis: str, degrees: float) -> Array:
    a, (c, s) = "xyz".index(axis), (np.cos(np.radians(degrees)), np.sin(np.radians(degrees)))
    turn = np.eye(3)
    i, j = (a + 1) % 3, (a + 2) % 3
    turn[i, i], turn[i, j], turn[j, i], turn[j, j] = c, -s, s, c
    return turn


def merged(meshes: Sequence[Mesh]) -> Mesh:
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    lights = [np.ones(len(mesh.points)) if mesh.light is None else mesh.light for mesh in meshes]
    return Mesh(
        points=np.concatenate([mesh.points for mesh in meshes]),
        normals=np.concatenate([mesh.normals for mesh in meshes]),
        uvs=np.concatenate([mesh.uvs for mesh in meshes]),
        triangles=np.concatenate([m.triangles + s for m, s in zip(meshes, starts, strict=False)]),
        light=None if all(mesh.light is None for mesh in meshes) else np.concatenate(lights),
    )


def grounded(parts: Sequence[Mesh]) -> list[Mesh]:
    """The parts of one product, moved together: bottom centre at the origin."""
    low = np.min([part.points.min(axis=0) for part in parts], axis=0)
    high = np.max([part.points.max(axis=0) for part in parts], axis=0)
    x, _, z = -(low + high) / 2
    return [part.moved(float(x), -float(low[1]), float(z)) for part in parts]


def grid(
    points: Array,
    uvs: Array,
    *,
    normals: Array | None = None,
    across: Array | None = None,
    closed_columns: bool = False,
    closed_rows: bool = False,
) -> Mesh:
    """A surface from (rows, columns, 3) points; it faces where columns × rows points.

    `across` gives the exact direction along a row where differences would smear a flat into its bevel.
    """
    if normals is None:
        u = _differences(points, 1, closed_columns) if across is None else across
        normals = np.cross(u, _differences(points, 0, closed_rows))
        length = np.linalg.norm(normals, axis=2)
        flat = length.max(axis=1) < 1e-12  # a pole: all its points are one
        if flat.any():
            good = np.flatnonzero(~flat)
            for row in np.flatnonzero(flat):
                near = good[np.abs(good - row).argmin()]
                normals[row] = unit(normals[near]).mean(axis=0)
        normals = unit(normals)
    rows, columns = points.shape[:2]
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    quads = np.stack([first, first + 1, first + columns + 1, first + columns], 1)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    flat_points = points.reshape(-1, 3)
    a, b, c = (flat_points[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return Mesh(flat_points, normals.reshape(-1, 3), uvs.reshape(-1, 2), triangles[area > 1e-13])


def _differences(points: Array, axis: int, closed: bool) -> Array:
    if not closed:
        return np.asarray(np.gradient(points, axis=axis))
    body = np.take(points, np.arange(points.shape[axis] - 1), axis=axis)
    both = np.roll(body, -1, axis=axis) - np.roll(body, 1, axis=axis)
    return np.concatenate([both, np.take(both, [0], axis=axis)], axis=axis)


def lathe(
    profile: Curve,
    segments: int,
    *,
    tile: float | None = None,
    whole: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0),
) -> Mesh:
    """Turns a profile (radius, height), drawn upwards on its outside, about +Y; the seam is at the back.

    With `tile` the texture repeats every so many metres; without, it spans `whole` (u0, v0, u1, v1) once.
    """
    angle = np.linspace(-np.pi, np.pi, segments + 1)
    around = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], 1)
    radius, height = profile.points[:, 0], profile.points[:, 1]
    up = np.array([0.0, 1.0, 0.0])
    points = radius[:, None, None] * around + height[:, None, None] * up
    normals = profile.normals[:, 0, None, None] * around + profile.normals[:, 1, None, None] * up
    walked = profile.length()
    turns = np.linspace(0, 1, segments + 1)
    if tile is None:
        u = whole[0] + turns * (whole[2] - whole[0])
        v = whole[3] + walked / walked[-1] * (whole[1] - whole[3])
    else:
        u = turns * max(1, round(2 * np.pi * float(radius.max()) / tile))
        v = -walked / tile
    return grid(points, np.stack(np.broadcast_arrays(u[None], v[:, None]), 2), normals=normals)


def frames(spine: Array, up: Sequence[float] | None) -> tuple[Array, Array, Array]:
    """Tangent, right and up (as one sees them coming) along a line; without `up` the frame is carried along."""
    way = unit(np.gradient(spine, axis=0))
    if up is not None:
        right = unit(np.cross(np.asarray(up, float), way))
        return way, right, np.cross(way, right)
    right = np.empty_like(way)
    start = np.eye(3)[np.abs(way[0]).argmin()]
    right[0] = unit(np.cross(way[0], start))
    for i in range(1, len(way)):
        right[i] = right[i - 1] - (right[i - 1] @ way[i]) * way[i]
        right[i] /= np.linalg.norm(right[i])
    return way, right, np.cross(way, right)


def sweep(
    spine: Array,
    section: Curve,
    *,
    up: Sequence[float] | None = None,
    sizes: Array | None = None,
    tile: float = 1.0,
    cap: float = 0.0,
    cap_rows: int = 7,
) -> Mesh:
    """Draws a closed section (x to the right, y up) along a line; `cap` rounds the ends off over that length."""
    size = np.ones((len(spine), 2)) if sizes is None else np.broadcast_to(sizes, (len(spine), 2))
    if cap:
        spine, size = _capped(spine, np.asarray(size), cap, cap_rows)
    _way, right, above = frames(spine, up)
    shape = section.points[None] * size[:, None]
    points = spine[:, None] + shape[..., :1] * right[:, None] + shape[..., 1:] * above[:, None]
    turn = np.stack([-section.normals[:, 1], section.normals[:, 0]], 1)[None] * size[:, None]
    across = turn[..., :1] * right[:, None] + turn[..., 1:] * above[:, None]
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(spine, axis=0), axis=1))])
    middle = shape[len(shape) // 2]
    girth = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(middle, axis=0), axis=1))])
    repeats = max(1.0, round(float(girth[-1]) / tile)) if girth[-1] > tile / 2 else girth[-1] / tile
    u = girth / girth[-1] * repeats
    uvs = np.stack(np.broadcast_arrays(u[None], -walked[:, None] / tile), 2)
    return grid(points, uvs, across=unit(across))


def _capped(spine: Array, size: Array, cap: float, rows: int) -> tuple[Array, Array]:
    angle = np.linspace(0, np.pi / 2, rows + 1)[1:]
    fall = np.maximum(np.cos(angle), 1e-3)[:, None]
    reach = np.sin(angle)[:, None] * cap
    start, end = unit(spine[0] - spine[1]), unit(spine[-1] - spine[-2])
    head = (spine[0] + start * reach)[::-1]
    tail = spine[-1] + end * reach
    sizes = np.concatenate([(size[0] * fall)[::-1], size, size[-1] * fall])
    return np.concatenate([head, spine, tail]), sizes


def ring(outer: Curve, inner: Curve, thickness: float, bevel: float, *, tile: float, steps: int = 3) -> Mesh:
    """A flat part between two closed outlines of equally many points, lying in x/z, with rounded edges."""
    bend = np.linspace(-np.pi / 2, np.pi / 2, 2 * steps + 2)
    inset, rise = bevel * (1 - np.cos(bend)), np.sign(bend) * (thickness / 2 - bevel) + bevel * np.sin(bend)
    parts = []
    for outline, side, angles in ((outer, 1.0, slice(None)), (inner, -1.0, slice(None, None, -1))):
        lean = np.cos(bend[angles])[:, None] * side
        flat = outline.points[None] - side * outline.normals[None] * inset[angles][:, None, None]
        height = np.broadcast_to(rise[angles][:, None], flat.shape[:2])
        normal = outline.normals[None] * lean[..., None]
        lift = np.broadcast_to(np.sin(bend[angles])[:, None], flat.shape[:2])
        parts.append((flat, height, normal, lift))
    flat, height, normal, lift = (np.concatenate([p[k] for p in parts] + [parts[0][k][:1]]) for k in range(4))
    points = np.stack([flat[..., 0], height, -flat[..., 1]], 2)
    normals = unit(np.stack([normal[..., 0], lift, -normal[..., 1]], 2))
    uvs = np.stack([points[..., 0] / tile, points[..., 2] / tile + height / tile], 2)
    return grid(points, uvs, normals=normals)


def bent(mesh: Mesh, where: Callable[[Array], Array], step: float = 1e-4) -> Mesh:
    """Moves every point through `where` and turns the normals with it."""
    side = unit(
        np.cross(mesh.normals, np.where(np.abs(mesh.normals[:, :1]) < 0.7, [[1.0, 0, 0]], [[0, 1.0, 0]]))
    )
    other = np.cross(mesh.normals, side)
    moved = where(mesh.points)
    a, b = where(mesh.points + step * side) - moved, where(mesh.points + step * other) - moved
    return replace(mesh, points=moved, normals=unit(np.cross(a, b)))


def placed(mesh: Mesh, at: Array, axes: Array) -> Mesh:
    """Copies of a part at places (k, 3), its x, y and z along the rows of `axes` (k, 3, 3)."""
    count, size = len(at), len(mesh.points)
    points = np.einsum("ni,kij->knj", mesh.points, axes) + at[:, None]
    triangles = mesh.triangles[None] + (np.arange(count) * size)[:, None, None]
    return Mesh(
        points.reshape(-1, 3),
        np.einsum("ni,kij->knj", mesh.normals, axes).reshape(-1, 3),
        np.tile(mesh.uvs, (count, 1)),
        triangles.reshape(-1, 3),
    )


def around(mesh: Mesh, count: int, *, start: float = 0.0) -> Mesh:
    """Copies of a part, turned evenly about +Y."""
    turns = np.stack([rotation("y", start + 360 * k / count).T for k in range(count)])
    return placed(mesh, np.zeros((count, 3)), turns)


def knurled(
    radius: float, height: float, *, teeth: int, depth: float, tile: float, bevel: float, bore: float = 0.0
) -> Mesh:
    """A grip: a cylinder standing at the origin, its wall cut into diamonds, its ends closed but for the bore."""
    wall = np.linspace(0, 1, 17)
    fall = np.clip(np.minimum(wall, 1 - wall) * height / bevel, 0, 1)
    edge = radius - bevel * (1 - np.sqrt(fall * (2 - fall)))
    inner = np.array([0.0, 0.5, 0.93]) * (1 - bore / radius) + bore / radius
    radii = np.concatenate([inner * edge[0], edge, inner[::-1] * edge[-1]])
    heights = np.concatenate([np.zeros(3), wall * height, np.full(3, height)])
    cut = np.concatenate([np.zeros(3), fall, np.zeros(3)])[:, None]
    angle = np.linspace(-np.pi, np.pi, teeth * 6 + 1)
    lean = heights[:, None] / radius
    diamonds = np.maximum(np.cos(teeth * (angle + lean)), np.cos(teeth * (angle - lean)))
    reach = radii[:, None] - depth * cut * (1 - np.abs(diamonds))
    points = np.stack([reach * np.sin(angle), heights[:, None] + 0 * reach, reach * np.cos(angle)], 2)
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(radii), np.diff(heights)))])
    uvs = np.stack(np.broadcast_arrays((angle * radius / tile)[None], -walked[:, None] / tile), 2)
    return grid(points, uvs, closed_columns=True)


def tangents(mesh: Mesh) -> Array:
    """(n, 4): the direction of growing u on the surface, and the side on which v falls."""
    a, b, c = (mesh.triangles[:, k] for k in range(3))
    first, second = mesh.points[b] - mesh.points[a], mesh.points[c] - mesh.points[a]
    du, dv = (mesh.uvs[b] - mesh.uvs[a]).T, (mesh.uvs[c] - mesh.uvs[a]).T
    area = (du[0] * dv[1] - du[1] * dv[0])[:, None]
    turn = np.sign(area)
    along = (first * dv[1][:, None] - second * du[1][:, None]) * turn
    down = (second * du[0][:, None] - first * dv[0][:, None]) * turn
    corners, count = mesh.triangles.ravel(), len(mesh.points)
    sums = [
        np.stack([np.bincount(corners, np.repeat(way[:, k], 3), count) for k in range(3)], 1)
        for way in (along, down)
    ]
    inward = np.sum(sums[0] * mesh.normals, axis=1, keepdims=True)
    flat = sums[0] - mesh.normals * inward
    lost = np.linalg.norm(flat, axis=1) < 1e-12
    flat[lost] = np.cross(mesh.normals[lost], np.eye(3)[np.abs(mesh.normals[lost]).argmin(axis=1)])
    flat = unit(flat)
    side = np.sum(np.cross(mesh.normals, flat) * sums[1], axis=1)
    return np.concatenate([flat, np.where(side > 0, -1.0, 1.0)[:, None]], 1)
