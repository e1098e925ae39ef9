"""Reading a glTF's container and JSON in Python, trusting nothing, before any library sees it."""

import base64
import binascii
import json
import mmap
import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

from vitrine.errors import ModelRejected
from vitrine.pipeline.limits import MODEL, ModelLimits

Row = Mapping[str, Any]
Bytes = bytes | memoryview

_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_DATA_URI = re.compile(r"data:[^,]{0,200},", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gltf:
    """One model's JSON and what its URIs may mean. `binary` is the GLB's second chunk, or None."""

    json: Row
    binary: Bytes | None
    size: int
    files: Mapping[str, Path] = field(default_factory=dict)

    def rows(self, key: str) -> list[Row]:
        """A top-level array of objects; an absent one is empty."""
        return rows(self.json, key, key)

    def resource(self, uri: str, where: str) -> Bytes:
        """What a URI means: its own data, or a file that came in the same zip."""
        if uri[:5].lower() == "data:":
            return decode_data_uri(uri, where)
        path = self.file_for(uri)
        if path is None:
            refuse(f"{where} names a file that did not come with it: {uri[:200]}.")
        return path.read_bytes()

    def file_for(self, uri: str) -> Path | None:
        return self.files.get(uri) or self.files.get(unquote(uri))


@contextmanager
def open_gltf(
    path: Path, *, glb: bool, files: Mapping[str, Path] | None = None, limits: ModelLimits = MODEL
) -> Iterator[Gltf]:
    """Read the container and the JSON of `path`. ModelRejected when they lie."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        refuse(f"The file has {size} bytes; the limit is {limits.file_bytes}.")
    if size == 0:
        refuse("The file is empty (0 bytes).")
    if not glb:
        if size > limits.gltf_bytes:
            refuse(f"The .gltf has {size} bytes; the limit is {limits.gltf_bytes}. Send it as a GLB.")
        yield Gltf(parse_json(path.read_bytes()), None, size, files or {})
        return
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        text, binary = _chunks(memoryview(mapped), limits)
        yield Gltf(parse_json(text), binary, size, files or {})
    finally:
        # Parts of it may live on in a traceback; the map is then freed with them.
        with suppress(BufferError):
            mapped.close()


def _chunks(data: memoryview, limits: ModelLimits) -> tuple[bytes, Bytes | None]:
    """The JSON text and the binary chunk (glTF 2.0, section 4.4)."""
    if len(data) < _HEADER.size + _CHUNK.size:
        refuse(f"The GLB is cut short: it has {len(data)} bytes, its headers alone take 20.")
    magic, version, length = _HEADER.unpack_from(data)
    if magic != b"glTF":
        refuse("The file does not begin as a GLB does.")
    if version != 2:
        refuse(f"The GLB is of version {version}; version 2 is needed. Export it as glTF 2.0.")
    if length != len(data):
        refuse(f"The GLB says it has {length} bytes, but it has {len(data)}: cut short, or something added.")
    found: list[tuple[bytes, memoryview]] = []
    at = _HEADER.size
    while at < length:
        if at + _CHUNK.size > length:
            refuse(f"The GLB ends inside a chunk's header, at byte {at}.")
        size, kind = _CHUNK.unpack_from(data, at)
        if at + _CHUNK.size + size > length:
            refuse(
                f"A chunk says it has {size} bytes; only {length - at - _CHUNK.size} are left in the file."
            )
        found.append((kind, data[at + _CHUNK.size : at + _CHUNK.size + size]))
        at += _CHUNK.size + size
    if found[0][0] != b"JSON":
        refuse("The GLB's first chunk is not JSON.")
    if len(found[0][1]) > limits.json_bytes:
        refuse(f"The JSON chunk has {len(found[0][1])} bytes; the limit is {limits.json_bytes}.")
    binary = found[1][1] if len(found) > 1 and found[1][0] == b"BIN\0" else None
    return bytes(found[0][1]), binary


def parse_json(text: bytes) -> Row:
    """A JSON object, without the NaN and Infinity that Python would take."""

    def no_constant(name: str) -> NoReturn:
        refuse(f"The JSON holds {name}, which is no JSON number.")

    try:
        parsed = json.loads(text.decode("utf-8-sig"), parse_constant=no_constant)
    except RecursionError as cause:
        raise ModelRejected("The JSON is nested too deeply; a model needs about 10 levels.") from cause
    except ValueError as cause:
        raise ModelRejected(f"The JSON cannot be read: {str(cause)[:200]}.") from cause
    if not isinstance(parsed, dict):
        refuse("The JSON is not an object.")
    return parsed


def decode_data_uri(uri: str, where: str) -> bytes:
    match = _DATA_URI.match(uri)
    if match is None or not match.group().lower().endswith(";base64,"):
        refuse(f"{where} has a data: URI that is not base64.")
    try:
        return base64.b64decode(uri[match.end() :], validate=True)
    except (binascii.Error, ValueError) as cause:
        raise ModelRejected(f"{where} has a data: URI with broken base64.") from cause


def refuse(detail: str) -> NoReturn:
    raise ModelRejected(detail)


def rows(holder: Row, key: str, where: str) -> list[Row]:
    """An array of objects under `key`."""
    value = holder.get(key, [])
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        refuse(f"{where} is not an array of objects.")
    return value


def row(holder: Row, key: str, where: str) -> Row:
    """An object under `key`; an absent one is empty."""
    value = holder.get(key, {})
    if not isinstance(value, dict):
        refuse(f"{where}/{key} is not an object.")
    return value


def whole(holder: Row, key: str, where: str, *, default: int | None = None) -> int:
    """A whole number of at least 0 under `key`."""
    value = holder.get(key, default)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        refuse(f"{where}/{key} is {_shown(value)}, not a whole number of at least 0.")
    return value


def index(holder: Row, key: str, where: str, *, count: int) -> int:
    """A whole number below `count`."""
    value = whole(holder, key, where)
    if value >= count:
        refuse(f"{where}/{key} is {value}, but there are only {count}.")
    return value


def indices(holder: Row, key: str, where: str, *, count: int) -> list[int]:
    """An array of indices below `count`; an absent one is empty."""
    values = holder.get(key, [])
    if not isinstance(values, list):
        refuse(f"{where}/{key} is not an array.")
    return [index({key: value}, key, where, count=count) for value in values]


def _shown(value: object) -> str:
    return "missing" if value is None else json.dumps(value, default=str)[:60]
