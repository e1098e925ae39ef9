"""Mutations of a glTF's JSON that know what its parts mean. Each changes the model in place."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.gltf_builders import Json

Place = tuple[Any, Any]
"""A container and the key or index of one thing in it."""

_INDEX_KEYS = frozenset(
    (
        "bufferView", "buffer", "mesh", "material", "index", "source", "sampler", "skin", "node", "input", "output",
        "indices", "scene", "skeleton", "camera", "inverseBindMatrices", "children", "nodes", "joints", "variants",
        "POSITION", "NORMAL", "TANGENT", "TEXCOORD_0", "COLOR_0", "JOINTS_0", "WEIGHTS_0",
        "TRANSLATION", "ROTATION", "SCALE",
    )
)  # fmt: skip
_SIZE_KEYS = frozenset({"byteOffset", "byteLength", "byteStride", "count", "componentType", "mode", "target"})
_WILD: tuple[Any, ...] = (
    -1, 0, 1, 2, 3, 4, 7, 255, 256, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**63, 10**30,
    -(2**31), 0.5, -0.0, 1e-40, 1e38, 1e308, -1e308,
)  # fmt: skip
_OTHERS: tuple[Any, ...] = (None, True, False, "", "0", "x", [], {}, [0], [[]], [None], {"0": 0}, 0, -1, 1.5)
_NAMES = (
    "__proto__", "constructor", "toString", "hasOwnProperty", "length", "", "\u0000", "\ud800", "a" * 1000,
    "extensions", "extras", "KHR_draco_mesh_compression", "../x", "POSITION", "uri", "bufferView",
)  # fmt: skip
_URIS = (
    "/etc/passwd", "../../../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x", "//127.0.0.1/x", "",
    ".", "..", "%00", "%2e%2e/x", "%", "%zz", "model.bin", "model.gltf", "@glb.bin", "__proto__", "data:",
    "data:,", "data:;base64,", "data:image/png;base64,AAAA", "data:application/octet-stream;base64,AAAA=A",
    "DATA:;BASE64,QUJD", "data:image/svg+xml;base64,PHN2Zy8+", "C:\\x", "\ud800", "x" * 70_000,
)  # fmt: skip
_EXTENSIONS: tuple[tuple[str, Any], ...] = (
    ("KHR_draco_mesh_compression", {"bufferView": 0, "attributes": {"POSITION": 0}}),
    ("EXT_meshopt_compression", {"buffer": 0, "byteLength": 64, "byteStride": 12, "count": 16, "mode": "ATTRIBUTES"}),
    ("KHR_meshopt_compression", {"buffer": 0, "byteLength": 64, "byteStride": 4, "count": 16, "mode": "TRIANGLES"}),
    ("KHR_texture_transform", {"offset": [0, 0], "scale": [1, 1], "texCoord": 3}),
    ("KHR_texture_basisu", {"source": 0}),
    ("EXT_texture_webp", {"source": 0}),
    ("EXT_texture_avif", {"source": 99}),
    ("KHR_mesh_quantization", {}),
    ("EXT_mesh_gpu_instancing", {"attributes": {"TRANSLATION": 0}}),
    ("EXT_mesh_gpu_instancing", {"attributes": {"ROTATION": 0, "_ID": 1}}),
    ("KHR_materials_variants", {"variants": [{"name": "a"}], "mappings": [{"material": 0, "variants": [0, 7]}]}),
    ("KHR_materials_pbrSpecularGlossiness", {"diffuseTexture": {"index": 0}, "glossinessFactor": 2}),
    ("KHR_materials_transmission", {"transmissionFactor": -3}),
    ("KHR_materials_volume", {"attenuationDistance": 0}),
    ("KHR_materials_ior", {"ior": 0.5}),
    ("KHR_materials_unlit", {}),
    ("KHR_lights_punctual", {"light": 0, "lights": [{"type": "spot"}]}),
    ("KHR_xmp_json_ld", {"packet": 0, "packets": [{"@context": {}}]}),
    ("KHR_animation_pointer", {"pointer": "/nodes/0/translation"}),
    ("ACME_unknown", {"deep": {"er": [1, 2, 3]}}),
)  # fmt: skip


def mutate(model: Json, random_: random.Random) -> str:
    """Change `model` once, somewhere. Says how."""
    mutation = random_.choice(_MUTATIONS)
    mutation(model, random_)
    return mutation.__name__.strip("_")


def places(value: Any) -> Iterator[Place]:
    """Everything inside, outer things before inner ones."""
    pending = [value]
    while pending:
        holder = pending.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield holder, key
            if isinstance(holder[key], dict | list):
                pending.append(holder[key])


def _place(
    model: Json, random_: random.Random, wanted: Callable[[Any, Any], bool] | None = None
) -> Place | None:
    """One place whose holder and key are as wanted; inner places are likelier, since there are more of them."""
    found = [(holder, key) for holder, key in places(model) if wanted is None or wanted(holder, key)]
    return random_.choice(found) if found else None


def _delete(model: Json, random_: random.Random) -> None:
    if place := _place(model, random_):
        del place[0][place[1]]


def _duplicate(model: Json, random_: random.Random) -> None:
    if place := _place(model, random_, lambda holder, key: isinstance(holder[key], list) and holder[key]):
        rows = place[0][place[1]]
        rows.extend(copy.deepcopy(random_.choice(rows)) for _ in range(random_.choice((1, 2, 300))))


def _retarget(model: Json, random_: random.Random) -> None:
    """An index that means something else, mostly something that is there."""

    def is_index(holder: Any, key: Any) -> bool:
        return key in _INDEX_KEYS or (isinstance(holder, list) and isinstance(holder[key], int))

    if place := _place(model, random_, is_index):
        near = random_.random() < 0.8
        place[0][place[1]] = random_.randrange(12) if near else random_.choice(_WILD + _OTHERS)


def _wild_number(model: Json, random_: random.Random) -> None:
    def is_number(holder: Any, key: Any) -> bool:
        return isinstance(holder[key], int | float)

    if place := _place(model, random_, is_number):
        place[0][place[1]] = random_.choice(_WILD)


def _resize(model: Json, random_: random.Random) -> None:
    """An offset, a length, a stride or a count, a little or far off."""
    if place := _place(model, random_, lambda _, key: key in _SIZE_KEYS):
        holder, key = place
        near = isinstance(holder[key], int) and random_.random() < 0.7
        step = random_.choice((-16, -4, -3, -2, -1, 1, 2, 3, 4, 16))
        holder[key] = holder[key] + step if near else random_.choice(_WILD)


def _swap_type(model: Json, random_: random.Random) -> None:
    if place := _place(model, random_):
        place[0][place[1]] = copy.deepcopy(random_.choice(_OTHERS))


def _swap(model: Json, random_: random.Random) -> None:
    """Two things change places, or one is put in the other's place as well."""
    one, other = _place(model, random_), _place(model, random_)
    if one and other:
        mine, theirs = copy.deepcopy(one[0][one[1]]), copy.deepcopy(other[0][other[1]])
        one[0][one[1]] = theirs
        if random_.random() < 0.5 and _holds(other):
            other[0][other[1]] = mine


def _holds(place: Place) -> bool:
    holder, key = place
    return key in holder if isinstance(holder, dict) else key < len(holder)


def _rename(model: Json, random_: random.Random) -> None:
    if place := _place(model, random_, lambda holder, _: isinstance(holder, dict)):
        holder, key = place
        holder[random_.choice(_NAMES)] = holder.pop(key)


def _nest(model: Json, random_: random.Random) -> None:
    depth = random_.choice((5, 40, 120))
    nested: Any = 0
    for _ in range(depth):
        nested = [nested] if random_.random() < 0.5 else {"extensions": nested}
    if place := _place(model, random_):
        place[0][place[1]] = nested
    if random_.random() < 0.5:
        model["extras"] = nested


def _long_text(model: Json, random_: random.Random) -> None:
    if place := _place(model, random_, lambda holder, key: isinstance(holder[key], str)):
        text = random_.choice(("A", "\u0000", "é", "\ud83d", "😀", "\n", "%", "../"))
        place[0][place[1]] = text * random_.choice((1, 300, 20_000))


def _circle(model: Json, random_: random.Random) -> None:
    nodes = model.get("nodes")
    if isinstance(nodes, list):
        count = random_.choice((1, 2, 5, 400))
        start = len(nodes)
        nodes.extend({"children": [start + number + 1]} for number in range(count))
        last = random_.choice((0, start, start + count - 1))
        nodes[-1]["children"] = [last] if random_.random() < 0.6 else []
        scenes = model.get("scenes")
        if isinstance(scenes, list) and scenes and isinstance(scenes[0], dict):
            scenes[0]["nodes"] = [0, start]


def _uri(model: Json, random_: random.Random) -> None:
    holders = [one for key in ("images", "buffers") for one in _rows(model, key)]
    if holders:
        holder = random_.choice(holders)
        holder["uri"] = random_.choice(_URIS)
        if random_.random() < 0.5:
            holder.pop("bufferView", None)


def _extension(model: Json, random_: random.Random) -> None:
    name, content = random_.choice(_EXTENSIONS)
    holders = [
        one
        for key in ("materials", "textures", "nodes", "bufferViews", "meshes")
        for one in _rows(model, key)
    ]
    holders += [primitive for mesh in _rows(model, "meshes") for primitive in _rows(mesh, "primitives")]
    for holder in [model, *random_.sample(holders, min(len(holders), 3))]:
        extensions = holder.setdefault("extensions", {})
        if isinstance(extensions, dict):
            extensions[name] = copy.deepcopy(content) if random_.random() < 0.8 else random_.choice(_OTHERS)
    for key in random_.sample(("extensionsUsed", "extensionsRequired"), random_.randrange(3)):
        names = model.setdefault(key, [])
        if isinstance(names, list):
            names.append(name if random_.random() < 0.9 else random_.choice(_OTHERS))


def _accessor(model: Json, random_: random.Random) -> None:
    """What an accessor's bytes are said to be."""
    accessors = _rows(model, "accessors")
    if accessors:
        accessor = random_.choice(accessors)
        kind = random_.choice(("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"))
        changed = {"bufferView": 0, "componentType": 5123}
        changes: tuple[Json, ...] = (
            {"type": kind},
            {"componentType": random_.choice((5120, 5121, 5122, 5123, 5125, 5126))},
            {"normalized": True},
            {"count": random_.choice((0, 1, 2, 3))},
            {"min": [0], "max": [1, 2, 3]},
            {"sparse": {"count": 1, "indices": changed, "values": {"bufferView": 0}}},
        )
        change = random_.choice(changes)
        accessor.update(change)
        if random_.random() < 0.15:
            accessor.pop("bufferView", None)


def _add(model: Json, random_: random.Random) -> None:
    """Parts that the seeds have not."""
    parts: tuple[tuple[str, Json], ...] = (
        ("cameras", {"type": "perspective", "perspective": {"yfov": 1, "znear": 0.1}}),
        ("samplers", {"wrapS": random_.choice(_WILD), "magFilter": 9729}),
        ("skins", {"joints": [0], "skeleton": 0}),
        ("scenes", {"nodes": [0]}),
        ("animations", {"channels": [], "samplers": []}),
        ("buffers", {"byteLength": random_.choice((0, 1, 64, 2**31))}),
        ("bufferViews", {"buffer": 0, "byteLength": 1}),
        ("images", {"bufferView": 0, "mimeType": "image/png"}),
        ("textures", {}),
        ("nodes", {"matrix": [0] * 16, "mesh": 0}),
        ("nodes", {"camera": 0, "skin": 0, "scale": [0, 0, 0], "rotation": [0, 0, 0, 0]}),
        ("meshes", {"primitives": [{"attributes": {}, "mode": random_.randrange(8)}]}),
    )
    key, part = random_.choice(parts)
    found = model.setdefault(key, [])
    if isinstance(found, list):
        found.append(part)


def _rows(model: Json, key: str) -> list[Json]:
    found = model.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


_MUTATIONS: tuple[Callable[[Json, random.Random], None], ...] = (
    _delete,
    _duplicate,
    _retarget,
    _retarget,
    _wild_number,
    _resize,
    _resize,
    _swap_type,
    _swap,
    _rename,
    _nest,
    _long_text,
    _circle,
    _uri,
    _extension,
    _extension,
    _accessor,
    _accessor,
    _add,
)
