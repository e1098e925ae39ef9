"""Small models built in code, as GLB bytes. Each has only what its name says."""

import base64
import io
import json
import struct
import zipfile
from typing import Any

import numpy as np
from PIL import Image

Json = dict[str, Any]

_COMPONENT = {"f4": 5126, "u2": 5123, "u4": 5125, "u1": 5121}
_TYPE = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class GlbBuilder:
    """A glTF in the making: `json` may be changed at will before `bytes()`."""

    def __init__(self) -> None:
        self.json: Json = {
            "asset": {"version": "2.0", "generator": "tests"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": []}],
            "accessors": [],
            "bufferViews": [],
            "materials": [],
            "textures": [],
            "images": [],
        }
        self.binary = bytearray()

    def view(self, data: bytes) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        self.json["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        )
        self.binary += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, values: Any, kind: str = "f4", *, bounds: bool = False) -> int:
        array = np.atleast_1d(np.asarray(values, dtype=f"<{kind}"))
        width = 1 if array.ndim == 1 else int(array.shape[1])
        row: Json = {
            "bufferView": self.view(array.tobytes()),
            "componentType": _COMPONENT[kind],
            "count": len(array),
            "type": _TYPE[width],
        }
        if bounds:
            flat = array.reshape(len(array), width)
            row["min"], row["max"] = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
        self.json["accessors"].append(row)
        return len(self.json["accessors"]) - 1

    def texture(self, image: bytes, media_type: str = "image/png") -> int:
        self.json["images"].append({"bufferView": self.view(image), "mimeType": media_type})
        self.json["textures"].append({"source": len(self.json["images"]) - 1})
        return len(self.json["textures"]) - 1

    def bytes(self) -> bytes:
        tidy = {key: value for key, value in self.json.items() if value != []}
        if self.binary:
            tidy["buffers"] = [{"byteLength": len(self.binary)}]
        return pack_glb(tidy, bytes(self.binary))


def pack_glb(model: Json, binary: bytes = b"") -> bytes:
    return pack_chunks(json.dumps(model).encode(), binary)


def pack_chunks(text: bytes, binary: bytes = b"") -> bytes:
    """A GLB whose JSON chunk holds `text`, be it JSON or not."""
    text += b" " * (-len(text) % 4)
    binary += bytes(-len(binary) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def unpack_glb(glb: bytes) -> tuple[Json, bytes]:
    length = struct.unpack_from("<I", glb, 12)[0]
    return json.loads(glb[20 : 20 + length]), glb[28 + length :]


def sphere(builder: GlbBuilder, *, rings: int = 24) -> Json:
    """A bumpy ball of `2 * rings²` triangles or so, 20 cm across, as a primitive without a material."""
    v, u = np.meshgrid(np.linspace(0, 1, rings + 1), np.linspace(0, 1, rings + 1), indexing="ij")
    theta, phi = v.ravel() * np.pi, u.ravel() * 2 * np.pi
    normals = np.stack([np.sin(theta) * np.cos(phi), np.cos(theta), np.sin(theta) * np.sin(phi)], axis=1)
    radius = 0.1 + 0.004 * np.sin(7 * theta) * np.cos(5 * phi)
    corner = np.arange(rings * (rings + 1)).reshape(rings, rings + 1)[:, :-1].ravel()
    below = corner + rings + 1
    faces = np.concatenate(
        [np.stack([corner, corner + 1, below], 1), np.stack([corner + 1, below + 1, below], 1)]
    )
    return {
        "attributes": {
            "POSITION": builder.accessor(normals * radius[:, None], bounds=True),
            "NORMAL": builder.accessor(normals),
            "TEXCOORD_0": builder.accessor(np.stack([u.ravel(), v.ravel()], axis=1)),
        },
        "indices": builder.accessor(faces.ravel(), "u4"),
    }


def picture(mode: str = "RGB", side: int = 128, *, seed: int = 1, kind: str = "PNG") -> bytes:
    """A soft pattern with some grain."""
    grain = np.random.default_rng(seed).normal(0, 4, (side, side, len(mode)))
    y, x = np.mgrid[0:side, 0:side] / side
    waves = np.stack(
        [np.sin((3 + c) * x * 6 + c) * np.cos((2 + c) * y * 6) for c in range(len(mode))], axis=2
    )
    return _encoded(Image.fromarray(np.clip(128 + 90 * waves + grain, 0, 255).astype("u1"), mode), kind)


def normal_picture(side: int = 128) -> bytes:
    y, x = np.mgrid[0:side, 0:side] / side
    slope = np.stack([0.3 * np.sin(40 * x), 0.3 * np.cos(34 * y), np.ones_like(x)], axis=2)
    slope /= np.linalg.norm(slope, axis=2, keepdims=True)
    return _encoded(Image.fromarray(np.round((slope + 1) * 127.5).astype("u1"), "RGB"), "PNG")


def _encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def a_ball(*, side: int = 128, rings: int = 24, kind: str = "PNG") -> GlbBuilder:
    """A ball with colour, normal and occlusion-roughness-metal maps."""
    builder = GlbBuilder()
    primitive = sphere(builder, rings=rings)
    colour = builder.texture(picture(side=side, seed=1, kind=kind), f"image/{kind.lower()}")
    normal = builder.texture(normal_picture(side))
    rough = builder.texture(picture(side=side, seed=3))
    builder.json["materials"] = [
        {
            "name": "glaze",
            "pbrMetallicRoughness": {
                "baseColorTexture": {"index": colour},
                "metallicRoughnessTexture": {"index": rough},
            },
            "normalTexture": {"index": normal},
            "occlusionTexture": {"index": rough},
        }
    ]
    builder.json["meshes"][0]["primitives"] = [{**primitive, "material": 0}]
    return builder


def a_plain_ball(*, rings: int = 8) -> GlbBuilder:
    """A ball of one colour, no textures."""
    builder = GlbBuilder()
    builder.json["materials"] = [{"pbrMetallicRoughness": {"baseColorFactor": [0.8, 0.2, 0.1, 1]}}]
    builder.json["meshes"][0]["primitives"] = [{**sphere(builder, rings=rings), "material": 0}]
    return builder


def a_ball_with_alpha() -> GlbBuilder:
    """Its colour map's alpha is used."""
    builder = a_ball()
    builder.json["images"][0] = {"bufferView": builder.view(picture("RGBA")), "mimeType": "image/png"}
    builder.json["materials"][0]["alphaMode"] = "BLEND"
    return builder


def a_turning_ball(*, rings: int = 8) -> GlbBuilder:
    """Turns about its axis in two seconds."""
    builder = a_plain_ball(rings=rings)
    times = np.linspace(0, 2, 9)
    turns = np.stack([np.zeros(9), np.sin(times * np.pi / 4), np.zeros(9), np.cos(times * np.pi / 4)], axis=1)
    sampler = {"input": builder.accessor(times, bounds=True), "output": builder.accessor(turns)}
    channel = {"sampler": 0, "target": {"node": 0, "path": "rotation"}}
    builder.json["animations"] = [{"name": "turn", "samplers": [sampler], "channels": [channel]}]
    return builder


def a_bending_ball(*, rings: int = 8) -> GlbBuilder:
    """Hangs on two joints, the second of which bends."""
    builder = a_turning_ball(rings=rings)
    count = builder.json["accessors"][0]["count"]
    weights = np.zeros((count, 4))
    weights[:, 0] = np.linspace(1, 0, count)
    weights[:, 1] = 1 - weights[:, 0]
    attributes = builder.json["meshes"][0]["primitives"][0]["attributes"]
    attributes["JOINTS_0"] = builder.accessor(np.tile([0, 1, 0, 0], (count, 1)), "u1")
    attributes["WEIGHTS_0"] = builder.accessor(weights)
    still = np.tile(np.eye(4).ravel(), (2, 1))
    builder.json["skins"] = [{"joints": [1, 2], "inverseBindMatrices": builder.accessor(still)}]
    builder.json["nodes"] = [{"mesh": 0, "skin": 0}, {"children": [2]}, {}]
    builder.json["scenes"] = [{"nodes": [0, 1]}]
    builder.json["animations"][0]["channels"][0]["target"]["node"] = 2
    return builder


def a_morphing_ball() -> GlbBuilder:
    """One morph target, blown up, and an animation of its weight."""
    builder = a_plain_ball()
    count = builder.json["accessors"][0]["count"]
    grown = np.tile([0.0, 0.05, 0.0], (count, 1))
    primitive = builder.json["meshes"][0]["primitives"][0]
    primitive["targets"] = [{"POSITION": builder.accessor(grown, bounds=True)}]
    builder.json["meshes"][0]["weights"] = [0]
    sampler = {"input": builder.accessor([0.0, 1.0], bounds=True), "output": builder.accessor([0.0, 1.0])}
    channel = {"sampler": 0, "target": {"node": 0, "path": "weights"}}
    builder.json["animations"] = [{"name": "grow", "samplers": [sampler], "channels": [channel]}]
    return builder


def a_glass_ball() -> GlbBuilder:
    """Lets light through, as KHR_materials_transmission and _volume say."""
    builder = a_plain_ball()
    builder.json["materials"][0]["extensions"] = {
        "KHR_materials_transmission": {"transmissionFactor": 0.9},
        "KHR_materials_volume": {"thicknessFactor": 0.05},
    }
    builder.json["extensionsUsed"] = ["KHR_materials_transmission", "KHR_materials_volume"]
    return builder


def a_ball_in_two_colours() -> GlbBuilder:
    """Two material variants, red and green."""
    builder = a_plain_ball()
    builder.json["materials"].append(
        {"name": "green", "pbrMetallicRoughness": {"baseColorFactor": [0, 1, 0, 1]}}
    )
    _offer(builder, "red", "green")
    return builder


def a_ball_in_two_clothes(*, side: int = 128) -> GlbBuilder:
    """Comes in a woven cloth with a sheen, and may be had in another: each with a colour map of its own, the normal map
    and the sheen's are shared."""
    builder = a_ball(side=side)
    first = builder.json["materials"][0]
    nap = builder.texture(picture(side=side, seed=5))
    first["extensions"] = {
        "KHR_materials_sheen": {"sheenColorFactor": [0.9, 0.4, 0.4], "sheenColorTexture": {"index": nap}}
    }
    other = builder.texture(picture(side=side, seed=6))
    worn = {**first["pbrMetallicRoughness"], "baseColorTexture": {"index": other}}
    builder.json["materials"].append({**first, "name": "other", "pbrMetallicRoughness": worn})
    _offer(builder, "first", "other")
    return builder


def _offer(builder: GlbBuilder, *names: str) -> None:
    """The first primitive's material variants, one material each."""
    builder.json["extensions"] = {"KHR_materials_variants": {"variants": [{"name": name} for name in names]}}
    used = {name for one in builder.json["materials"] for name in one.get("extensions", {})}
    builder.json["extensionsUsed"] = sorted({"KHR_materials_variants", *used})
    mappings = [{"material": number, "variants": [number]} for number in range(len(names))]
    primitive = builder.json["meshes"][0]["primitives"][0]
    primitive["extensions"] = {"KHR_materials_variants": {"mappings": mappings}}


def as_gltf(glb: bytes) -> bytes:
    """The same as a .gltf with its data inside."""
    model, binary = unpack_glb(glb)
    binary = binary[: model["buffers"][0]["byteLength"]]
    model["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    return json.dumps(model).encode()


def as_loose_files(glb: bytes) -> dict[str, bytes]:
    """The same as a .gltf with its buffer and its images beside it, in a folder `textures`."""
    model, binary = unpack_glb(glb)
    files = {"model.bin": binary}
    model["buffers"][0]["uri"] = "model.bin"
    for number, image in enumerate(model.get("images", [])):
        view = model["bufferViews"][image.pop("bufferView")]
        start = view["byteOffset"]
        name = f"textures/map {number}.png"
        image["uri"] = name.replace(" ", "%20")
        files[name] = binary[start : start + view["byteLength"]]
    return {"model.gltf": json.dumps(model).encode(), **files}


def as_zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()
