"""From a file of polygons to a GLB in metres with +Y up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vitrine.pipeline.limits import MODEL, POLYGONS
from vitrine.pipeline.polygons.companions import Companions
from vitrine.pipeline.polygons.dressing import as_gltf, linear_of, materials_of
from vitrine.pipeline.polygons.glb import Writer
from vitrine.pipeline.polygons.obj import read_obj
from vitrine.pipeline.polygons.pictures import Pictures
from vitrine.pipeline.polygons.ply import read_ply
from vitrine.pipeline.polygons.smoothing import normals_of
from vitrine.pipeline.polygons.stl import read_stl
from vitrine.pipeline.polygons.surface import Array, Indices, Layer, Surface, refuse
from vitrine.pipeline.units import Units, UpAxis, standing_of, told
from vitrine.pipeline.work import Format, Notice

READERS = {Format.OBJ: read_obj, Format.STL: read_stl, Format.PLY: read_ply}


def make(
    source: Path,
    target: Path,
    *,
    source_format: Format,
    files: dict[str, Path],
    units: Units | None,
    up_axis: UpAxis | None,
    note: Callable[[float], None],
) -> dict[str, Any]:
    """Writes `target`; what there is to tell of it. Unreadable for a file at fault."""
    surface = READERS[source_format](source, POLYGONS)
    if len(surface.triangles) == 0:
        refuse("The file has 0 triangles; at least 1 is needed.")
    note(0.4)
    drawn = surface.positions[np.unique(surface.triangles)]
    extent = drawn.max(axis=0) - drawn.min(axis=0)
    standing = standing_of(source_format, float(extent.max()), units=units, up_axis=up_axis)
    turned = standing.up_axis is UpAxis.Z
    positions = _upright(surface.positions, turned=turned) * standing.units.metres
    normals = surface.normals
    if normals is None:
        found = normals_of(positions, surface.triangles, smooth_below=surface.smooth_below)
    else:
        found = Layer(_upright(normals.values, turned=turned), normals.corners)
    note(0.7)
    writer = Writer()
    notices: list[Notice] = []
    companions = Companions(files, POLYGONS.name_length)
    _write(writer, surface, positions, found, companions, notices)
    companions.insist()
    writer.save(target, generator=f"Vitrine, from {source_format.upper()}")
    size = tuple(
        float(side) for side in np.abs(_upright(extent[None], turned=turned))[0] * standing.units.metres
    )
    notices.insert(0, told(source_format, standing, (size[0], size[1], size[2])))
    return {
        "units": standing.units,
        "up_axis": standing.up_axis,
        "triangles": len(surface.triangles),
        "notices": [{"code": one.code, "detail": one.detail} for one in notices],
    }


def _upright(values: Array, *, turned: bool) -> Array:
    """+Z up to +Y up: a quarter turn about x."""
    return np.stack([values[:, 0], values[:, 2], -values[:, 1]], axis=1) if turned else values


def _write(
    writer: Writer,
    surface: Surface,
    positions: Array,
    normals: Layer,
    companions: Companions,
    notices: list[Notice],
) -> None:
    materials, said = materials_of(surface, companions, POLYGONS)
    notices += said
    pictures = Pictures(MODEL.image_side_px, MODEL.image_px)
    numbers = surface.materials if surface.materials is not None else np.full(len(surface.triangles), -1)
    primitives = []
    for number in np.unique(numbers):
        chosen = numbers == number
        attributes, indices = _primitive(writer, surface, positions, normals, chosen)
        row = as_gltf(materials[number], companions, pictures, notices)
        if surface.colours is not None and surface.colours.values[:, 3].min(initial=1) < 1:
            row["alphaMode"] = "BLEND"
        material = writer.add("materials", row)
        primitives.append({"attributes": attributes, "indices": indices, "material": material})
    writer.textures(pictures.kept)
    writer.add("meshes", {"primitives": primitives})


def _primitive(
    writer: Writer, surface: Surface, positions: Array, normals: Layer, chosen: Indices
) -> tuple[dict[str, int], int]:
    """The accessors of one material's triangles."""
    layers = [one for one in (normals, surface.uvs, surface.colours) if one is not None]
    corners = [surface.triangles[chosen], *(layer.corners[chosen] for layer in layers)]
    first, which = _welded(corners)
    triangles = which.reshape(-1, 3)
    a, b, c = (corners[0].reshape(-1, 3)[:, place] for place in range(3))
    triangles = triangles[(a != b) & (b != c) & (c != a)]
    if len(triangles) == 0:
        refuse("Every triangle of a material has two corners at one place: there is nothing to show.")
    picked = [one.ravel()[first] for one in corners]
    attributes = {"POSITION": writer.floats(positions[picked[0]], bounds=True)}
    for layer, at in zip(layers, picked[1:], strict=True):
        values = layer.values[at]
        if layer is normals:
            attributes["NORMAL"] = writer.floats(_unit_length(values))
        elif layer is surface.uvs:
            attributes["TEXCOORD_0"] = writer.floats(np.stack([values[:, 0], 1 - values[:, 1]], axis=1))
        else:
            shown = np.concatenate([linear_of(values[:, :3]), values[:, 3:]], axis=1)
            attributes["COLOR_0"] = writer.shares(shown)
    return attributes, writer.indices(triangles, len(first))


def _welded(corners: list[Indices]) -> tuple[Indices, Indices]:
    """Corners that agree in everything become one vertex: (a corner of each vertex, each corner's vertex)."""
    which = corners[0].ravel()
    for one in corners[1:]:
        other = one.ravel()
        _, which = np.unique(which * (int(other.max(initial=0)) + 1) + other, return_inverse=True)
    _, first, which = np.unique(which, return_index=True, return_inverse=True)
    return first, which


def _unit_length(values: Array) -> Array:
    length = np.linalg.norm(values, axis=1, keepdims=True)
    unit: Array = np.divide(
        values, length, out=np.tile([0.0, 1.0, 0.0], (len(values), 1)), where=length > 1e-12
    )
    return unit
