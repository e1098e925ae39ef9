"""A finished file's numbers as channels count them, read from its own headers: not from what made it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vitrine.pipeline.gltf import Gltf, Row, index, indices, open_gltf, row, rows, whole
from vitrine.pipeline.limits import ENGINE, MODEL
from vitrine.pipeline.pictures import PictureHeader, read_header
from vitrine.pipeline.usdz import archive
from vitrine.pipeline.work import Facts, Format, Made, Work

UNREAD = frozenset(
    {
        "EXT_meshopt_compression",
        "KHR_meshopt_compression",
        "KHR_texture_basisu",
        "EXT_texture_webp",
        "EXT_texture_avif",
    }
)
"""Extensions that need a decoder which viewers outside of browsers mostly lack."""
DRACO = "KHR_draco_mesh_compression"

_LIMITS = replace(MODEL, file_bytes=ENGINE.file_bytes, json_bytes=ENGINE.file_bytes)
"""For files that came through the gate or out of the engine: decoded ones may be larger than any upload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One file. None is unknown, or nothing to measure; `_px` are texture sides; sizes as in Facts.

    `undecodable` and `draco` count extensions, `misplaced` files in a .usdz, and `off_origin` is how far the middle
    of the underside is from the origin, as percent of the longest side.
    """

    format: str
    bytes: int
    triangles: int | None = None
    vertices: int | None = None
    draw_calls: int | None = None
    materials: int | None = None
    textures: int | None = None
    texture_max_px: int | None = None
    texture_min_px: int | None = None
    textures_not_power_of_two: int | None = None
    undecodable: int | None = None
    draco: int | None = None
    animation_s: float | None = None
    longest_side_m: float | None = None
    off_origin: float | None = None
    misplaced: int | None = None


def measure_original(work: Work) -> Measured:
    """The upload: its structure from the plain GLB, which holds the same; a USDZ from its facts."""
    facts = work.facts
    size, kind = work.source.stat().st_size, work.source_format
    if facts is None:
        return Measured(format=kind, bytes=size)
    if work.plain is None or kind is Format.USDZ:
        usdz = _usdz(work.source, facts)
        return replace(usdz, triangles=facts.triangles, vertices=facts.vertices, materials=facts.materials)
    return replace(
        _glb(work.plain, facts),
        format=kind,
        bytes=size,
        undecodable=len(UNREAD & set(facts.extensions)),
        draco=int(DRACO in facts.extensions),
    )


def measure_made(made: Made, facts: Facts) -> Measured:
    """One of ours, which stands where the original stands and moves as long."""
    if made.format is Format.USDZ:
        return replace(
            _usdz(made.path, facts),
            triangles=made.triangles,
            textures=made.textures,
            texture_max_px=made.texture_max_px,
        )
    return _glb(made.path, facts)


def _usdz(path: Path, facts: Facts) -> Measured:
    return _placed(
        Measured(
            format=Format.USDZ,
            bytes=path.stat().st_size,
            textures=facts.textures,
            texture_max_px=facts.texture_max_px,
            misplaced=archive.misplaced(path),
        ),
        facts,
    )


def _glb(path: Path, facts: Facts) -> Measured:
    with open_gltf(path, glb=True, limits=_LIMITS) as model:
        triangles, draw_calls = _drawn(model)
        pictures = list(_pictures(model))
        used = set(model.json.get("extensionsUsed", []))
        found = Measured(
            format=Format.GLB,
            bytes=model.size,
            triangles=triangles,
            vertices=_vertices(model),
            draw_calls=draw_calls,
            materials=len(model.rows("materials")),
            textures=len(pictures),
            undecodable=len(UNREAD & used),
            draco=int(DRACO in used),
        )
    sides = [side for picture in pictures for side in (picture.width_px, picture.height_px)]
    odd = [
        one for one in pictures if (one.width_px & (one.width_px - 1)) | (one.height_px & (one.height_px - 1))
    ]
    if sides:
        found = replace(
            found, texture_max_px=max(sides), texture_min_px=min(sides), textures_not_power_of_two=len(odd)
        )
    return _placed(found, facts)


def _placed(found: Measured, facts: Facts) -> Measured:
    longest = max(facts.dimensions_m) if facts.dimensions_m else 0.0
    off = None
    if facts.base_m is not None and longest > 0:
        off = round(100 * sum(part * part for part in facts.base_m) ** 0.5 / longest, 2)
    return replace(
        found,
        animation_s=round(facts.animation_s, 3) if facts.animations else None,
        longest_side_m=round(longest, 6) if longest > 0 else None,
        off_origin=off,
    )


def _drawn(model: Gltf) -> tuple[int, int]:
    """Triangles and draw calls of the scene: each node that draws a mesh counts."""
    accessors = model.rows("accessors")
    meshes = [rows(mesh, "primitives", "meshes/primitives") for mesh in model.rows("meshes")]
    counts = [(sum(_triangles(one, accessors) for one in drawn), len(drawn)) for drawn in meshes]
    scenes, nodes = model.rows("scenes"), model.rows("nodes")
    pending: list[int] = []
    if scenes:
        shown = scenes[whole(model.json, "scene", "", default=0)]
        pending = indices(shown, "nodes", "scenes", count=len(nodes))
    triangles = draw_calls = 0
    while pending:
        node = nodes[pending.pop()]
        if "mesh" in node:
            of_mesh = counts[index(node, "mesh", "nodes", count=len(counts))]
            triangles, draw_calls = triangles + of_mesh[0], draw_calls + of_mesh[1]
        pending.extend(indices(node, "children", "nodes", count=len(nodes)))
    return triangles, draw_calls


def _triangles(primitive: Row, accessors: Sequence[Row]) -> int:
    """glTF's modes: 4 triangles, 5 a strip, 6 a fan; the others draw none."""
    drawn = primitive if "indices" in primitive else _attributes(primitive)
    key = "indices" if "indices" in primitive else "POSITION"
    count = _count(drawn, key, accessors) if key in drawn else 0
    mode = whole(primitive, "mode", "primitives", default=4)
    return count // 3 if mode == 4 else max(0, count - 2) if mode in (5, 6) else 0


def _vertices(model: Gltf) -> int:
    """Each accessor of positions once, however many primitives share it."""
    accessors = model.rows("accessors")
    primitives = [one for mesh in model.rows("meshes") for one in rows(mesh, "primitives", "primitives")]
    holders = {found["POSITION"]: found for one in primitives if "POSITION" in (found := _attributes(one))}
    return sum(_count(holder, "POSITION", accessors) for holder in holders.values())


def _attributes(primitive: Row) -> Row:
    return row(primitive, "attributes", "primitives")


def _count(holder: Row, key: str, accessors: Sequence[Row]) -> int:
    return whole(accessors[index(holder, key, "primitives", count=len(accessors))], "count", "accessors")


def _pictures(model: Gltf) -> Iterator[PictureHeader]:
    views = model.rows("bufferViews")
    for image in model.rows("images"):
        if "uri" in image:
            yield read_header(model.resource(image["uri"], "images"))
            continue
        view = views[index(image, "bufferView", "images", count=len(views))]
        start = whole(view, "byteOffset", "bufferViews", default=0)
        assert model.binary is not None, "an image in a GLB lies in its binary chunk"
        yield read_header(model.binary[start : start + whole(view, "byteLength", "bufferViews")])
