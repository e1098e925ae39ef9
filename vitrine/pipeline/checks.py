"""What a model must keep to before any library may read it. Each check refuses by ModelRejected."""

from collections.abc import Mapping
from typing import Any

from vitrine.pipeline.gltf import Bytes, Gltf, Row, index, indices, refuse, row, rows, whole
from vitrine.pipeline.limits import ModelLimits
from vitrine.pipeline.pictures import NotAPictureError, PictureHeader, read_header
from vitrine.pipeline.work import Notice

_COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_MESHOPT = ("EXT_meshopt_compression", "KHR_meshopt_compression")
_COUNTED = (
    "accessors",
    "animations",
    "buffers",
    "images",
    "materials",
    "meshes",
    "nodes",
    "scenes",
    "skins",
    "textures",
)


def check_all(model: Gltf, limits: ModelLimits) -> tuple[Notice, ...]:
    """Every check, cheap ones first. Returns what is odd but can be lived with."""
    check_version(model)
    check_counts(model, limits)
    check_uris(model)
    check_buffers(model)
    check_views(model, limits)
    check_accessors(model, limits)
    notices = check_images(model, limits)
    check_nodes(model, limits)
    check_drawing(model, limits)
    return notices


def check_version(model: Gltf) -> None:
    version = row(model.json, "asset", "").get("version")
    if not isinstance(version, str) or not version.startswith("2."):
        refuse(f"The model is of glTF version {str(version)[:20]}; version 2.0 is needed.")


def check_counts(model: Gltf, limits: ModelLimits) -> None:
    for key in _COUNTED:
        limit = getattr(limits, key)
        if (count := len(model.rows(key))) > limit:
            refuse(f"The model has {count} {key}; the limit is {limit}.")
    if (count := len(model.rows("bufferViews"))) > limits.buffer_views:
        refuse(f"The model has {count} bufferViews; the limit is {limits.buffer_views}.")
    primitives = sum(len(rows(mesh, "primitives", "meshes/primitives")) for mesh in model.rows("meshes"))
    if primitives > limits.primitives:
        refuse(f"The model has {primitives} primitives; the limit is {limits.primitives}.")


def check_uris(model: Gltf) -> None:
    """Nothing outside the upload. All missing files are named at once, so that one round suffices."""
    missing = []
    for key in ("buffers", "images"):
        for number, holder in enumerate(model.rows(key)):
            uri = holder.get("uri")
            if uri is None:
                continue
            if not isinstance(uri, str):
                refuse(f"{key}/{number}/uri is not a text.")
            if uri[:5].lower() != "data:" and model.file_for(uri) is None:
                missing.append(uri[:200])
    if missing:
        shown = ", ".join(missing[:50])
        refuse(
            f"The model names {len(missing)} file(s) that did not come with it: {shown}. "
            "Send a GLB, a .gltf with its data inside, or a zip with all its files."
        )


def check_buffers(model: Gltf) -> None:
    for number, buffer in enumerate(model.rows("buffers")):
        where = f"buffers/{number}"
        said = whole(buffer, "byteLength", where)
        data = _buffer_bytes(model, number, buffer)
        if data is None:
            if not _is_fallback(buffer):
                refuse(f"{where} has neither a URI nor the GLB's binary chunk.")
        elif said > len(data):
            refuse(f"{where} says it has {said} bytes, but there are only {len(data)}.")


def _buffer_bytes(model: Gltf, number: int, buffer: Row) -> Bytes | None:
    if "uri" in buffer:
        return model.resource(buffer["uri"], f"buffers/{number}")
    return model.binary if number == 0 else None


def _is_fallback(buffer: Row) -> bool:
    """A buffer that exists only as what a compressed one would be unpacked to."""
    extensions = row(buffer, "extensions", "buffers")
    return any(row(extensions, name, "buffers").get("fallback") is True for name in _MESHOPT)


def check_views(model: Gltf, limits: ModelLimits) -> None:
    buffers = model.rows("buffers")
    unpacked = 0
    for number, view in enumerate(model.rows("bufferViews")):
        where = f"bufferViews/{number}"
        _check_range(view, buffers, where)
        if "byteStride" in view and not 4 <= whole(view, "byteStride", where) <= 252:
            refuse(f"{where}/byteStride is {view['byteStride']}; glTF allows 4 to 252.")
        for name in _MESHOPT:
            packed = row(row(view, "extensions", where), name, where)
            if packed:
                _check_range(packed, buffers, f"{where}/{name}")
                unpacked += whole(packed, "count", where) * whole(packed, "byteStride", where)
    if unpacked > limits.file_bytes * 4:
        refuse(f"The compressed parts unpack to {unpacked} bytes; the limit is {limits.file_bytes * 4}.")


def _check_range(holder: Row, buffers: list[Row], where: str) -> None:
    buffer = buffers[index(holder, "buffer", where, count=len(buffers))]
    start = whole(holder, "byteOffset", where, default=0)
    end = start + whole(holder, "byteLength", where)
    limit = whole(buffer, "byteLength", "buffers")
    if end > limit:
        refuse(f"{where} ends at byte {end}; its buffer has {limit}.")


def check_accessors(model: Gltf, limits: ModelLimits) -> None:
    views = model.rows("bufferViews")
    total = 0
    for number, accessor in enumerate(model.rows("accessors")):
        where = f"accessors/{number}"
        count = whole(accessor, "count", where)
        if count > limits.accessor_elements:
            refuse(f"{where} has {count} elements; the limit is {limits.accessor_elements}.")
        total += count
        width = _element_bytes(accessor, where)
        if "bufferView" in accessor:
            _check_inside(accessor, views, count, width, where)
        if "sparse" in accessor:
            _check_sparse(row(accessor, "sparse", where), views, count, width, where)
    if total > limits.total_elements:
        refuse(f"All accessors together have {total} elements; the limit is {limits.total_elements}.")


def _element_bytes(accessor: Row, where: str) -> int:
    kind, component = accessor.get("type"), accessor.get("componentType")
    if not isinstance(kind, str) or kind not in _COMPONENTS:
        refuse(f"{where}/type is {str(kind)[:40]}, which glTF does not know.")
    if not isinstance(component, int) or component not in _COMPONENT_BYTES:
        refuse(f"{where}/componentType is {str(component)[:40]}, which glTF does not know.")
    return _COMPONENTS[kind] * _COMPONENT_BYTES[component]


def _check_inside(holder: Row, views: list[Row], count: int, width: int, where: str) -> None:
    view = views[index(holder, "bufferView", where, count=len(views))]
    stride = whole(view, "byteStride", where, default=width) or width
    start = whole(holder, "byteOffset", where, default=0)
    end = start + max(0, count - 1) * stride + (width if count else 0)
    length = whole(view, "byteLength", where)
    if end > length:
        refuse(f"{where} with {count} elements ends at byte {end} of its view, which has {length}.")


def _check_sparse(sparse: Row, views: list[Row], count: int, width: int, where: str) -> None:
    changed = whole(sparse, "count", f"{where}/sparse")
    if changed > count:
        refuse(f"{where}/sparse changes {changed} of {count} elements.")
    places = row(sparse, "indices", where)
    component = places.get("componentType")
    if component not in (5121, 5123, 5125):
        refuse(f"{where}/sparse/indices/componentType is {str(component)[:40]}, which glTF does not allow.")
    _check_inside(places, views, changed, _COMPONENT_BYTES[component], f"{where}/sparse/indices")
    _check_inside(row(sparse, "values", where), views, changed, width, f"{where}/sparse/values")


def check_images(model: Gltf, limits: ModelLimits) -> tuple[Notice, ...]:
    notices = []
    total = 0
    for number, image in enumerate(model.rows("images")):
        header = _image_header(model, number, image)
        total += _check_size(header, number, limits)
        said = image.get("mimeType")
        if said is not None and said != header.media_type:
            detail = f"Image {number} is called {str(said)[:40]} but is {header.media_type}; taken as that."
            notices.append(Notice(code="image-type-corrected", detail=detail))
    if total > limits.total_image_px:
        refuse(f"All images together have {total} pixels; the limit is {limits.total_image_px}.")
    return tuple(notices)


def _check_size(header: PictureHeader, number: int, limits: ModelLimits) -> int:
    width, height = header.width_px, header.height_px
    told = f"Image {number} ({header.media_type}) has {width} × {height} pixels"
    if width == 0 or height == 0:
        refuse(f"{told}; at least 1 × 1 is needed.")
    if max(width, height) > limits.image_side_px:
        refuse(f"{told}; the limit of a side is {limits.image_side_px}.")
    if width * height > limits.image_px:
        refuse(f"{told}, {width * height} in all; the limit is {limits.image_px}.")
    if not header.basis:
        refuse(
            f"Image {number} is a KTX2 that is not Basis Universal (ETC1S or UASTC), "
            "the only kind that glTF allows. Export its textures as PNG, JPEG, WebP or Basis KTX2."
        )
    return width * height


def _image_header(model: Gltf, number: int, image: Row) -> PictureHeader:
    try:
        return read_header(_image_bytes(model, number, image))
    except NotAPictureError as cause:
        told = f"Image {number} {cause}. PNG, JPEG, WebP, AVIF and Basis KTX2 are accepted."
        refuse(told)


def _image_bytes(model: Gltf, number: int, image: Row) -> Bytes:
    where = f"images/{number}"
    if "uri" in image:
        return model.resource(image["uri"], where)
    views = model.rows("bufferViews")
    view = views[index(image, "bufferView", where, count=len(views))]
    at = whole(view, "buffer", where)
    data = _buffer_bytes(model, at, model.rows("buffers")[at])
    if data is None:
        refuse(f"{where} lies in a buffer that has no bytes.")
    start = whole(view, "byteOffset", where, default=0)
    return data[start : start + whole(view, "byteLength", where)]


def check_nodes(model: Gltf, limits: ModelLimits) -> None:
    """Every node has one parent at most, none is its own ancestor, and no chain is deeper than the limit."""
    nodes = model.rows("nodes")
    parents: dict[int, int] = {}
    for number, node in enumerate(nodes):
        for child in indices(node, "children", f"nodes/{number}", count=len(nodes)):
            if child in parents or child == number:
                refuse(
                    f"nodes/{child} hangs under nodes/{parents.get(child, number)} and under nodes/{number}."
                )
            parents[child] = number
    depths: dict[int, int] = {}
    for start in range(len(nodes)):
        chain = []
        at: int | None = start
        while at is not None and at not in depths:
            chain.append(at)
            if len(chain) > len(nodes):
                refuse(f"nodes/{start} is its own ancestor: the nodes form a circle.")
            at = parents.get(at)
        depth = 0 if at is None else depths[at]
        for number in reversed(chain):
            depth += 1
            if depth > limits.node_depth:
                refuse(f"nodes/{number} lies more than {limits.node_depth} levels deep; that is the limit.")
            depths[number] = depth


def check_drawing(model: Gltf, limits: ModelLimits) -> None:
    """How much one frame draws: a mesh counts as often as nodes show it."""
    accessors, nodes = model.rows("accessors"), model.rows("nodes")
    costs = [_mesh_cost(mesh, number, accessors) for number, mesh in enumerate(model.rows("meshes"))]
    elements = triangles = 0
    for number in _shown_nodes(model):
        where = f"nodes/{number}"
        if "mesh" in nodes[number]:
            mesh = index(nodes[number], "mesh", where, count=len(costs))
            times = _instances(nodes[number], accessors, where)
            elements += costs[mesh][0] * times
            triangles += costs[mesh][1] * times
    if elements > limits.drawn_elements:
        refuse(f"One frame draws {elements} vertices; the limit is {limits.drawn_elements}.")
    if triangles == 0:
        refuse("The scene draws 0 triangles; at least 1 is needed. Points and lines alone are not shown.")


def _shown_nodes(model: Gltf) -> list[int]:
    """All nodes of the scene that viewers show; of the whole file when it has no scene."""
    scenes, nodes = model.rows("scenes"), model.rows("nodes")
    if not scenes:
        return list(range(len(nodes)))
    scene = scenes[index(model.json, "scene", "", count=len(scenes)) if "scene" in model.json else 0]
    pending = indices(scene, "nodes", "scenes", count=len(nodes))
    shown: dict[int, None] = {}
    while pending:
        number = pending.pop()
        if number in shown:
            refuse(f"nodes/{number} is in the scene twice.")
        shown[number] = None
        pending += indices(nodes[number], "children", f"nodes/{number}", count=len(nodes))
    return list(shown)


def _mesh_cost(mesh: Row, number: int, accessors: list[Row]) -> tuple[int, int]:
    """Vertices and triangles of one drawing."""
    elements = triangles = 0
    for place, primitive in enumerate(rows(mesh, "primitives", f"meshes/{number}/primitives")):
        where = f"meshes/{number}/primitives/{place}"
        attributes = row(primitive, "attributes", where)
        for name in attributes:
            index(attributes, name, where, count=len(accessors))
        holder: Mapping[str, Any] = (
            primitive if "indices" in primitive else {"indices": attributes.get("POSITION")}
        )
        if holder["indices"] is None:
            continue
        count = whole(accessors[index(holder, "indices", where, count=len(accessors))], "count", where)
        mode = whole(primitive, "mode", where, default=4)
        elements += count
        triangles += count // 3 if mode == 4 else max(0, count - 2) if mode in (5, 6) else 0
    return elements, triangles


def _instances(node: Row, accessors: list[Row], where: str) -> int:
    """EXT_mesh_gpu_instancing: one mesh, as often as its attributes have elements."""
    extension = row(row(node, "extensions", where), "EXT_mesh_gpu_instancing", where)
    attributes = row(extension, "attributes", where)
    counts = [
        whole(accessors[index(attributes, name, where, count=len(accessors))], "count", where)
        for name in attributes
    ]
    return max(counts, default=1)
