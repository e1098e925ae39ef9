"""PLY: scans mostly. Faces of any number of corners, triangle strips; colours, normals and uvs where they are given."""

from pathlib import Path

import numpy as np

from vitrine.pipeline.limits import PolygonLimits
from vitrine.pipeline.polygons.faces import triangulate
from vitrine.pipeline.polygons.ply_rows import Element, Lists, Rows, read_header, read_rows
from vitrine.pipeline.polygons.surface import (
    Array,
    Indices,
    Layer,
    Surface,
    as_indices,
    check_count,
    check_finite,
    check_indices,
    refuse,
)

_COLOURS = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
_UVS = (("texture_u", "texture_v"), ("u", "v"), ("s", "t"))
_INDICES = ("vertex_indices", "vertex_index")


def read_ply(path: Path, limits: PolygonLimits) -> Surface:
    header = read_header(path.read_bytes(), limits)
    elements = {element.name: element for element in header.elements}
    found: dict[str, Rows] = {}
    at = 0
    for element in header.elements:
        if element.count > (most := max(limits.vertices, limits.triangles * 3)):
            refuse(f"The PLY says it has {element.count} of {element.name[:60]!r}; the limit is {most}.")
        found[element.name], at = read_rows(element, header.body, at, limits)
        if {"vertex", "face"} <= found.keys() or {"vertex", "tristrips"} <= found.keys():
            break
    if "vertex" not in found or not {"x", "y", "z"} <= found["vertex"].single.keys():
        refuse("The PLY has no vertices with x, y and z.")
    vertex = found["vertex"].single
    check_count("vertices", elements["vertex"].count, limits.vertices)
    positions = np.stack([vertex[axis] for axis in "xyz"], axis=1)
    check_finite("Vertex", positions)
    triangles, owners, corners = _triangles(found, positions, limits)
    pictures = [one.split(None, 1) for one in header.comments if one.lower().startswith("texturefile ")]
    return Surface(
        positions=positions,
        triangles=triangles,
        normals=_normals(vertex, triangles),
        uvs=_uvs(found, triangles, corners),
        colours=_colours(found, elements, triangles, owners),
        picture=pictures[0][1].strip() if pictures else "",
    )


def _triangles(
    found: dict[str, Rows], positions: Array, limits: PolygonLimits
) -> tuple[Indices, Indices, Indices]:
    """Triangles, the face that each belongs to, and its corners' places among all corners of all faces."""
    lists = found["face"].lists if "face" in found else {}
    indices = next((lists[name] for name in _INDICES if name in lists), None)
    if indices is not None and indices.lengths.size:
        return _of_faces(indices, positions, limits)
    if "tristrips" in found:
        strips = next((one for name, one in found["tristrips"].lists.items() if name in _INDICES), None)
        if strips is not None:
            triangles = _of_strips(as_indices(strips.entries), len(positions))
            return triangles, np.arange(len(triangles)), np.zeros((0, 3), np.int64)
    return refuse("The PLY has 0 faces; at least 1 triangle is needed. Points alone are not shown.")


def _of_faces(faces: Lists, positions: Array, limits: PolygonLimits) -> tuple[Indices, Indices, Indices]:
    check_count("corners in one face", int(faces.lengths.max()), limits.face_corners)
    check_count("triangles", int(np.maximum(faces.lengths - 2, 0).sum()), limits.triangles)
    entries = as_indices(faces.entries)
    firsts = np.cumsum(faces.lengths) - faces.lengths
    triangles, owners, places = [], [], []
    for corners in np.unique(faces.lengths[faces.lengths >= 3]):
        chosen = np.flatnonzero(faces.lengths == corners)
        at = firsts[chosen][:, None] + np.arange(corners)
        check_indices("vertex", entries[at], len(positions))
        within, whose = triangulate(entries[at], positions)
        where = at[whose[:, None], within]
        triangles.append(entries[where])
        owners.append(chosen[whose])
        places.append(where)
    if not triangles:
        refuse("The PLY has no face with 3 corners; at least 1 triangle is needed.")
    return np.concatenate(triangles), np.concatenate(owners), np.concatenate(places)


def _of_strips(entries: Indices, count: int) -> Indices:
    """Every three neighbours are a triangle, every second one the other way round; -1 begins a new strip."""
    if len(entries) < 3:
        refuse("The PLY has no strip of 3 corners; at least 1 triangle is needed.")
    rows = np.stack([entries[:-2], entries[1:-1], entries[2:]], axis=1)
    place = np.arange(len(entries))
    since = place - np.maximum.accumulate(np.where(entries == -1, place + 1, 0))
    odd = since[:-2] % 2 == 1
    rows[odd] = rows[odd][:, [1, 0, 2]]
    a, b, c = rows[:, 0], rows[:, 1], rows[:, 2]
    whole: Indices = rows[(rows != -1).all(axis=1) & (a != b) & (b != c) & (c != a)]
    check_indices("vertex", whole, count)
    return whole


def _normals(vertex: dict[str, Array], triangles: Indices) -> Layer | None:
    if not {"nx", "ny", "nz"} <= vertex.keys():
        return None
    values = np.stack([vertex[name] for name in ("nx", "ny", "nz")], axis=1)
    check_finite("Normal", values)
    # MeshLab and others write normals that they never computed as nought.
    return Layer(values, triangles) if np.abs(values).max(initial=0) > 0 else None


def _uvs(found: dict[str, Rows], triangles: Indices, corners: Indices) -> Layer | None:
    vertex = found["vertex"].single
    names = next((pair for pair in _UVS if set(pair) <= vertex.keys()), None)
    if names is not None:
        values = np.stack([vertex[name] for name in names], axis=1)
        check_finite("Texture coordinate", values)
        return Layer(values, triangles)
    wedges = found["face"].lists.get("texcoord") if "face" in found else None
    indices = (
        next((found["face"].lists[name] for name in _INDICES if name in found["face"].lists), None)
        if wedges
        else None
    )
    if wedges is None or indices is None or (wedges.lengths != indices.lengths * 2).any():
        return None
    values = wedges.entries.reshape(-1, 2)
    check_finite("Texture coordinate", values)
    return Layer(values, corners)


def _colours(
    found: dict[str, Rows], elements: dict[str, Element], triangles: Indices, owners: Indices
) -> Layer | None:
    """Of vertices, else of faces."""
    for name, corners in (("vertex", triangles), ("face", np.tile(owners[:, None], (1, 3)))):
        single = found[name].single if name in found else {}
        names = next((three for three in _COLOURS if set(three) <= single.keys()), None)
        if names is None:
            continue
        full = {one.name: one.full for one in elements[name].properties}
        channels = [single[one] / full[one] for one in (*names, *(["alpha"] if "alpha" in single else []))]
        if len(channels) == 3 or channels[3].max(initial=0) == 0:  # all invisible: an exporter's mistake
            channels = [*channels[:3], np.ones(len(channels[0]))]
        values = np.stack(channels, axis=1)
        check_finite("Colour", values)
        return Layer(np.clip(values, 0, 1), corners)
    return None
