"""Reading a core GLB: its JSON, its accessors as numpy arrays, its images as bytes."""

import base64
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_COMPONENTS: dict[int, str] = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_UNREADABLE = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression")


class NotPlain(ValueError):
    """The file is no GLB, or one that the convert step should have made plain before."""


@dataclass(frozen=True, slots=True)
class Glb:
    """One GLB in memory. `document` is its JSON, `binary` its one binary chunk."""

    document: dict[str, Any]
    binary: bytes

    def all(self, kind: str) -> list[dict[str, Any]]:
        """The document's list of that name, or an empty one: `glb.all("nodes")`."""
        return cast(list[dict[str, Any]], self.document.get(kind, []))

    def accessor(self, index: int) -> Array:
        """Rows of numbers (n × width), floats where the accessor is float or normalized, else integers."""
        accessor = self.all("accessors")[index]
        kind, width, count = (
            _COMPONENTS[accessor["componentType"]],
            _WIDTHS[accessor["type"]],
            accessor["count"],
        )
        if "bufferView" in accessor:
            rows = self._rows(accessor["bufferView"], accessor.get("byteOffset", 0), count, kind, width)
        else:
            rows = np.zeros((count, width), kind)
        if "sparse" in accessor:
            rows = self._with_sparse(rows.copy(), accessor["sparse"], kind, width)
        return _denormalized(rows) if accessor.get("normalized") else rows

    def image(self, index: int) -> bytes:
        """The image file's bytes, PNG or JPEG."""
        image = self.all("images")[index]
        if "bufferView" in image:
            return bytes(self._view(image["bufferView"]))
        uri: str = image.get("uri", "")
        if not uri.startswith("data:") or ";base64," not in uri[:100]:
            raise NotPlain(f"image {index} lies outside the file")
        return base64.b64decode(uri.split(",", 1)[1])

    def _view(self, index: int) -> memoryview:
        view = self.all("bufferViews")[index]
        start = view.get("byteOffset", 0)
        return memoryview(self._buffer(view["buffer"]))[start : start + view["byteLength"]]

    def _buffer(self, index: int) -> bytes:
        uri: str | None = self.all("buffers")[index].get("uri")
        if uri is None:
            return self.binary
        if not uri.startswith("data:"):
            raise NotPlain(f"buffer {index} lies outside the file")
        return base64.b64decode(uri.split(",", 1)[1])

    def _rows(self, view: int, offset: int, count: int, kind: str, width: int) -> Array:
        data, size = self._view(view), np.dtype(kind).itemsize * width
        stride = self.all("bufferViews")[view].get("byteStride", size)
        rows: Array = np.ndarray((count, width), kind, data, offset, (stride, np.dtype(kind).itemsize))
        return rows

    def _with_sparse(self, rows: Array, sparse: dict[str, Any], kind: str, width: int) -> Array:
        places, values, count = sparse["indices"], sparse["values"], sparse["count"]
        where = _COMPONENTS[places["componentType"]]
        at = self._rows(places["bufferView"], places.get("byteOffset", 0), count, where, 1)[:, 0]
        rows[at] = self._rows(values["bufferView"], values.get("byteOffset", 0), count, kind, width)
        return rows


def read(path: Path) -> Glb:
    """The GLB at `path`. NotPlain when it is none, or needs a decoder that we do not have."""
    data = path.read_bytes()
    if len(data) < 20 or data[:4] != b"glTF" or data[16:20] != b"JSON":
        raise NotPlain("this is not a GLB")
    length = struct.unpack_from("<I", data, 12)[0]
    document = json.loads(data[20 : 20 + length])
    blocking = [name for name in document.get("extensionsRequired", ()) if name in _UNREADABLE]
    if blocking:
        raise NotPlain(f"the file is still compressed: {', '.join(blocking)}")
    rest = 20 + length
    binary = b""
    if len(data) >= rest + 8 and data[rest + 4 : rest + 8] == b"BIN\0":
        binary = data[rest + 8 : rest + 8 + struct.unpack_from("<I", data, rest)[0]]
    return Glb(document, binary)


def _denormalized(rows: Array) -> Array:
    """glTF 2.0, 3.6.2.2: integers as fractions of their type's largest value."""
    if rows.dtype.kind == "f":
        return rows
    return np.maximum(rows / float(np.iinfo(rows.dtype).max), -1.0).astype(np.float32)
