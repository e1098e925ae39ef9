"""Small GLBs built in code: an upright slab in one flat colour, so that a screenshot says which model is shown."""

import json
import struct
from typing import Any

Colour = tuple[float, float, float]

RED: Colour = (1.0, 0.0, 0.0)
GREEN: Colour = (0.0, 1.0, 0.0)
BLUE: Colour = (0.0, 0.0, 1.0)


def a_slab(
    colour: Colour,
    *,
    padding: int = 0,
    clips: tuple[str, ...] = (),
    variants: dict[str, Colour] | None = None,
    extensions: tuple[str, ...] = (),
) -> bytes:
    """A slab of 0.6 × 1 × 0.2 m, unlit, standing on the ground. `padding` bytes make the file heavier.

    `clips` names animations, each a quarter turn; `variants` are the colours it can be had in.
    """
    positions, indices = _box((0.6, 1.0, 0.2))
    times, turns = struct.pack("<2f", 0, 4), struct.pack("<8f", 0, 0, 0, 1, 0, 0.7071068, 0, 0.7071068)
    parts = [positions, indices, times, turns, bytes(padding)]
    views, offset = [], 0
    for part in parts:
        if part:
            views.append({"buffer": 0, "byteOffset": offset, "byteLength": len(part)})
        offset += len(part)
    colours = [colour, *(variants or {}).values()]
    gltf: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "extensionsUsed": ["KHR_materials_unlit", *extensions],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [
            {
                "pbrMetallicRoughness": {"baseColorFactor": [*each, 1.0]},
                "doubleSided": True,
                "extensions": {"KHR_materials_unlit": {}},
            }
            for each in colours
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": 8,
                "type": "VEC3",
                "min": [-0.3, 0, -0.1],
                "max": [0.3, 1, 0.1],
            },
            {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
            {"bufferView": 2, "componentType": 5126, "count": 2, "type": "SCALAR", "min": [0], "max": [4]},
            {"bufferView": 3, "componentType": 5126, "count": 2, "type": "VEC4"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": offset}],
    }
    if clips:
        gltf["animations"] = [
            {
                "name": clip,
                "samplers": [{"input": 2, "output": 3}],
                "channels": [{"sampler": 0, "target": {"node": 0, "path": "rotation"}}],
            }
            for clip in clips
        ]
    if variants:
        extension = "KHR_materials_variants"
        gltf["extensionsUsed"].append(extension)
        gltf["extensions"] = {extension: {"variants": [{"name": name} for name in variants]}}
        mappings = [{"material": at + 1, "variants": [at]} for at in range(len(variants))]
        gltf["meshes"][0]["primitives"][0]["extensions"] = {extension: {"mappings": mappings}}
    return _pack(gltf, b"".join(parts))


def _box(size: tuple[float, float, float]) -> tuple[bytes, bytes]:
    x, y, z = size[0] / 2, size[1], size[2] / 2
    corners = [(a, b, c) for a in (-x, x) for b in (0.0, y) for c in (-z, z)]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = [corner for a, b, c, d in quads for corner in (a, b, c, a, c, d)]
    return (
        b"".join(struct.pack("<3f", *corner) for corner in corners),
        struct.pack(f"<{len(triangles)}H", *triangles),
    )


def _pack(gltf: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(gltf).encode()
    text += b" " * (-len(text) % 4)
    binary += bytes(-len(binary) % 4)
    length = 12 + 8 + len(text) + 8 + len(binary)
    return b"".join(
        [
            struct.pack("<4sII", b"glTF", 2, length),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        ]
    )
