"""Writing one core GLB: a node, a mesh, a primitive for each material."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vitrine.pipeline.polygons.surface import Array, Indices

_ARRAY, _ELEMENTS = 34962, 34963
_SHORT, _INT, _FLOAT = 5123, 5125, 5126


@dataclass(slots=True)
class Writer:
    """`json` grows with what is added; `save` puts it behind its header."""

    json: dict[str, list[Any]] = field(default_factory=dict)
    binary: bytearray = field(default_factory=bytearray)

    def add(self, key: str, row: dict[str, Any]) -> int:
        """A row of one of glTF's arrays; its place there."""
        rows = self.json.setdefault(key, [])
        rows.append(row)
        return len(rows) - 1

    def view(self, data: bytes, target: int | None = None) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        row = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        self.binary += data
        return self.add("bufferViews", row if target is None else {**row, "target": target})

    def floats(self, values: Array, *, bounds: bool = False) -> int:
        """VEC2 to VEC4, by the width of `values`."""
        packed = values.astype("<f4")
        row: dict[str, Any] = {
            "bufferView": self.view(packed.tobytes(), _ARRAY),
            "componentType": _FLOAT,
            "count": len(packed),
            "type": f"VEC{packed.shape[1]}",
        }
        if bounds:
            row |= {"min": packed.min(axis=0).tolist(), "max": packed.max(axis=0).tolist()}
        return self.add("accessors", row)

    def shares(self, values: Array) -> int:
        """Numbers from 0 to 1 in 16 bits each."""
        packed = np.round(values * 65535).astype("<u2")
        view = self.view(packed.tobytes(), _ARRAY)
        row = {"bufferView": view, "componentType": _SHORT, "normalized": True}
        return self.add("accessors", {**row, "count": len(packed), "type": f"VEC{packed.shape[1]}"})

    def indices(self, values: Indices, count: int) -> int:
        """Of `count` vertices."""
        kind, width = (_SHORT, "<u2") if count < 65_535 else (_INT, "<u4")
        packed = values.ravel().astype(width)
        row = {"bufferView": self.view(packed.tobytes(), _ELEMENTS), "componentType": kind}
        return self.add("accessors", {**row, "count": len(packed), "type": "SCALAR"})

    def textures(self, pictures: Sequence[tuple[bytes, str]]) -> None:
        """A texture for each picture, in their order; they repeat, as OBJ's do."""
        if pictures:
            self.add("samplers", {"wrapS": 10497, "wrapT": 10497})
        for data, media_type in pictures:
            source = self.add("images", {"bufferView": self.view(data), "mimeType": media_type})
            self.add("textures", {"source": source, "sampler": 0})

    def save(self, target: Path, *, generator: str) -> None:
        model = {
            "asset": {"version": "2.0", "generator": generator},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            **self.json,
            "buffers": [{"byteLength": len(self.binary)}],
        }
        text = json.dumps(model).encode()
        text += b" " * (-len(text) % 4)
        self.binary += bytes(-len(self.binary) % 4)
        total = 12 + 8 + len(text) + 8 + len(self.binary)
        with target.open("wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, total))
            file.write(struct.pack("<I4s", len(text), b"JSON") + text)
            file.write(struct.pack("<I4s", len(self.binary), b"BIN\0"))
            file.write(self.binary)
