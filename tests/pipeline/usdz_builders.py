"""Small GLBs and packages, built in code: tell only what matters."""

import io
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from vitrine.pipeline.usdz.archive import pack

_KINDS = {"f": 5126, "u1": 5121, "u2": 5123, "u4": 5125}
_WIDTHS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}

SQUARE = ((-1, 0, 0), (1, 0, 0), (1, 2, 0), (-1, 2, 0))
SQUARE_UV = ((0, 1), (1, 1), (1, 0), (0, 0))
PACKAGE_LAYER = """#usda 1.0
(
    defaultPrim = "Root"
    metersPerUnit = {unit}
    upAxis = "{axis}"
)
def Xform "Root"
{{
    def {kind} "Box"
    {{
        float3[] extent = [(0, 0, 0), (1, 2, 3)]
        point3f[] points = [(0, 0, 0), (1, 0, 0), (1, 2, 0), (0, 2, 3)]
        int[] faceVertexCounts = [4]
        int[] faceVertexIndices = [0, 1, 2, 3]
        {more}
    }}
}}
"""


@dataclass
class Model:
    """A GLB in the making: one buffer, a scene with the nodes that were added."""

    document: dict[str, Any] = field(
        default_factory=lambda: {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}]}
    )
    binary: bytearray = field(default_factory=bytearray)

    def add(self, kind: str, entry: Mapping[str, Any]) -> int:
        """Put `entry` into the document's list; its index."""
        entries: list[Any] = self.document.setdefault(kind, [])
        entries.append(dict(entry))
        return len(entries) - 1

    def numbers(self, rows: npt.ArrayLike, kind: str = "f") -> int:
        """An accessor of these rows."""
        array = np.atleast_1d(np.asarray(rows, {"f": "<f4", "u1": "<u1", "u2": "<u2", "u4": "<u4"}[kind]))
        view = self._view(array.tobytes())
        width = 1 if array.ndim == 1 else array.shape[1]
        accessor = {
            "bufferView": view,
            "componentType": _KINDS[kind],
            "count": len(array),
            "type": _WIDTHS[width],
        }
        return self.add("accessors", accessor)

    def texture(self, picture: bytes, **sampler: int) -> int:
        """A texture of its own; the index for a textureInfo."""
        mime = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
        image = self.add("images", {"bufferView": self._view(picture), "mimeType": mime})
        texture: dict[str, Any] = {"source": image}
        if sampler:
            texture["sampler"] = self.add("samplers", sampler)
        return self.add("textures", texture)

    def material(self, **fields: Any) -> int:
        return self.add("materials", fields)

    def square(self, material: int | None = None, **attributes: int) -> int:
        """A mesh: two metres square, standing on the origin, two triangles."""
        primitive: dict[str, Any] = {
            "attributes": {
                "POSITION": self.numbers(SQUARE),
                "NORMAL": self.numbers([(0, 0, 1)] * 4),
                "TEXCOORD_0": self.numbers(SQUARE_UV),
                **attributes,
            },
            "indices": self.numbers([0, 1, 2, 0, 2, 3], "u2"),
        }
        if material is not None:
            primitive["material"] = material
        return self.add("meshes", {"name": "Square", "primitives": [primitive]})

    def node(self, *, root: bool = True, **fields: Any) -> int:
        index = self.add("nodes", fields)
        if root:
            self.document["scenes"][0]["nodes"].append(index)
        return index

    def animation(
        self, times: Sequence[float], tracks: Mapping[tuple[int, str], npt.ArrayLike], **more: str
    ) -> int:
        """A clip; `tracks`: (node, path) -> values at `times`."""
        at = self.numbers(times)
        samplers = [{"input": at, "output": self.numbers(values), **more} for values in tracks.values()]
        channels = [
            {"sampler": number, "target": {"node": node, "path": path}}
            for number, (node, path) in enumerate(tracks)
        ]
        return self.add("animations", {"samplers": samplers, "channels": channels})

    def save(self, path: Path) -> Path:
        """Write the GLB."""
        document = {**self.document, "buffers": [{"byteLength": len(self.binary)}]}
        text = json.dumps(document).encode()
        text += b" " * (-len(text) % 4)
        data = bytes(self.binary) + bytes(-len(self.binary) % 4)
        chunks = (
            struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(data), b"BIN\0") + data
        )
        path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
        return path

    def _view(self, data: bytes) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        view = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        self.binary += data
        return self.add("bufferViews", view)


def a_picture(
    colour: tuple[int, ...] = (200, 100, 50), *, size: tuple[int, int] = (8, 8), kind: str = "PNG"
) -> bytes:
    """One colour all over; four numbers make it RGBA."""
    out = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(out, kind)
    return out.getvalue()


def a_square(path: Path, *, vertices: Mapping[str, npt.ArrayLike] | None = None, **material: Any) -> Path:
    """A GLB of one square with one material."""
    model = Model()
    attributes = {name: model.numbers(rows) for name, rows in (vertices or {}).items()}
    mesh = model.square(model.material(name="Paint", **material), **attributes)
    model.node(mesh=mesh, name="Board")
    return model.save(path)


def an_arm(path: Path) -> Path:
    """Two joints below a shrunken, lifted parent; the second bends by 90° in two seconds. A square is bound to them."""
    model = Model()
    half = np.sqrt(0.5)
    bind = np.stack([np.eye(4), np.eye(4)])
    bind[1, 3, 1] = -1.0  # the elbow is at one metre
    joints, weights = [(0, 0, 0, 0), (0, 0, 0, 0), (1, 0, 0, 0), (1, 0, 0, 0)], [(1, 0, 0, 0)] * 4
    mesh = model.square(
        model.material(name="Skin"), JOINTS_0=model.numbers(joints, "u1"), WEIGHTS_0=model.numbers(weights)
    )
    elbow = model.node(root=False, name="Elbow", translation=[0, 1, 0])
    shoulder = model.node(root=False, name="Shoulder", children=[elbow])
    model.node(name="Rig", scale=[0.5, 0.5, 0.5], translation=[0, 0.25, 0], children=[shoulder])
    skin = model.add(
        "skins", {"joints": [shoulder, elbow], "inverseBindMatrices": model.numbers(bind.reshape(2, 16))}
    )
    model.node(name="Body", mesh=mesh, skin=skin)
    model.animation([0.0, 2.0], {(elbow, "rotation"): [(0, 0, 0, 1), (0, 0, half, half)]})
    return model.save(path)


def a_package(path: Path, *, files: Mapping[str, bytes] | None = None, **layer: Any) -> Path:
    """A sound .usdz of one face, 1 × 2 × 3 units, packed as it should be."""
    text = PACKAGE_LAYER.format(**{"unit": 1, "axis": "Y", "kind": "Mesh", "more": "", **layer})
    folder = path.with_suffix(".files")
    inside = {"model.usda": text.encode(), **(files or {})}
    for name, data in inside.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    pack(path, folder, list(inside))
    return path
