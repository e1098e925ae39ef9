"""Small valid models that the fuzz starts from: every feature that has code of its own to break."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.gltf_builders import (
    GlbBuilder,
    Json,
    a_ball,
    a_ball_in_two_colours,
    a_bending_ball,
    a_glass_ball,
    a_morphing_ball,
    a_plain_ball,
    a_turning_ball,
    picture,
    unpack_glb,
)
from vitrine.pipeline.engine import WHEEL_NODE

_COMPRESS = Path(__file__).with_name("compress.ts")
_SIDE_PX = 16


@dataclass(frozen=True, slots=True)
class Seed:
    """A model in its two parts. `json` is to be copied before it is changed."""

    name: str
    json: Json
    binary: bytes


@cache
def all_seeds() -> tuple[Seed, ...]:
    """Always the same, in the same order."""
    return tuple(Seed(name, *unpack_glb(glb)) for name, glb in _glbs())


def _glbs() -> Iterator[tuple[str, bytes]]:
    yield "plain", a_plain_ball(rings=3).bytes()
    yield "textured", a_ball(side=_SIDE_PX, rings=4).bytes()
    yield "jpeg", a_ball(side=_SIDE_PX, rings=4, kind="JPEG").bytes()
    yield "webp", _a_ball_in("WEBP", "EXT_texture_webp").bytes()
    yield "avif", _a_ball_in("AVIF", "EXT_texture_avif").bytes()
    yield "turning", a_turning_ball(rings=3).bytes()
    yield "bending", a_bending_ball(rings=3).bytes()
    yield "morphing", a_morphing_ball().bytes()
    yield "glass", a_glass_ball().bytes()
    yield "two colours", a_ball_in_two_colours().bytes()
    yield "sparse", _a_sparse_ball().bytes()
    yield "instanced", balls_in_a_row().bytes()
    yield "draco", compressed("draco", a_bending_ball(rings=3).bytes())
    yield "meshopt", compressed("meshopt", a_morphing_ball().bytes())
    yield "khr meshopt", compressed("khr", a_bending_ball(rings=3).bytes())


def _a_ball_in(kind: str, extension: str) -> GlbBuilder:
    """Its colour map is of that kind."""
    builder = a_ball(side=_SIDE_PX, rings=4)
    image = builder.view(picture(side=_SIDE_PX, kind=kind))
    builder.json["images"][0] = {"bufferView": image, "mimeType": f"image/{kind.lower()}"}
    builder.json["textures"][0] = {"extensions": {extension: {"source": 0}}}
    builder.json["extensionsUsed"] = builder.json["extensionsRequired"] = [extension]
    return builder


def _a_sparse_ball() -> GlbBuilder:
    """Two of its normals are replaced by others."""
    builder = a_plain_ball(rings=3)
    indices, values = builder.accessor([1, 2], "u2"), builder.accessor([[0.0, 1.0, 0.0]] * 2)
    rows = builder.json["accessors"]
    rows[1]["sparse"] = {
        "count": 2,
        "indices": {"bufferView": rows[indices]["bufferView"], "componentType": 5123},
        "values": {"bufferView": rows[values]["bufferView"]},
    }
    return builder


def balls_in_a_row() -> GlbBuilder:
    """Three of them, by EXT_mesh_gpu_instancing."""
    builder = a_plain_ball(rings=3)
    places = builder.accessor([[0.0, 0.0, 0.0], [0.3, 0.0, 0.0], [0.6, 0.0, 0.0]])
    builder.json["nodes"][0]["extensions"] = {
        "EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": places}}
    }
    builder.json["extensionsUsed"] = ["EXT_mesh_gpu_instancing"]
    return builder


def compressed(how: str, glb: bytes) -> bytes:
    """`how`: draco, meshopt, khr (meshopt as the ratified extension) or quantized."""
    return subprocess.run([WHEEL_NODE, _COMPRESS, how], input=glb, capture_output=True, check=True).stdout
