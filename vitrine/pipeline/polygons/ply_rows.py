"""The rows of a PLY: its header, and the numbers of each element, however mixed its lists are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from vitrine.pipeline.limits import PolygonLimits
from vitrine.pipeline.polygons.stl import numbers_in
from vitrine.pipeline.polygons.surface import Array, Indices, refuse

_TYPES = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"),
    **dict.fromkeys(("double", "float64"), "f8"),
}
_ELEMENTS, _PROPERTIES = 32, 256
Raw: TypeAlias = npt.NDArray[np.uint8]
Type: TypeAlias = np.dtype[Any]


@dataclass(frozen=True, slots=True)
class Property:
    """`counted` is the type of a list's length; None for a single number. `full`: what its values reach as a colour."""

    name: str
    type: Type
    counted: Type | None
    full: float


@dataclass(frozen=True, slots=True)
class Element:
    name: str
    count: int
    properties: tuple[Property, ...]

    @property
    def least_bytes(self) -> int:
        """Of one row, with every list empty."""
        return sum((one.counted or one.type).itemsize for one in self.properties)


@dataclass(frozen=True, slots=True)
class Header:
    elements: tuple[Element, ...]
    comments: tuple[str, ...]
    body: Raw


@dataclass(frozen=True, slots=True)
class Lists:
    """One list property of all rows: `lengths` (n,), and all entries one after another."""

    lengths: Indices
    entries: Array


@dataclass(frozen=True, slots=True)
class Rows:
    """One element's numbers by property: single ones (n,), and lists."""

    single: dict[str, Array]
    lists: dict[str, Lists]


def read_header(data: bytes, limits: PolygonLimits) -> Header:
    """An ASCII body is given as doubles, and its properties too: everything after this reads binary."""
    end = re.search(rb"(?:^|[\r\n])end_header[ \t]*(\r\n|\n|\r)", data[: limits.header_bytes])
    if end is None:
        refuse(f"The PLY's header does not end within {limits.header_bytes} bytes; that is the limit.")
    lines = data[: end.start()].decode("latin-1").splitlines()
    words = [line.split() for line in lines[1:] if line.strip()]
    form = next((line[1] for line in words if line[0] == "format" and len(line) > 1), "none")
    if form not in ("ascii", "binary_little_endian", "binary_big_endian"):
        refuse(
            f"The PLY's format is {form[:40]}; ascii, binary_little_endian and binary_big_endian are read."
        )
    order = ">" if form == "binary_big_endian" else "<"
    elements = _elements(words, order, text=form == "ascii")
    comments = tuple(line.split(None, 1)[1] for line in lines if line.startswith("comment") and " " in line)
    if form != "ascii":
        return Header(elements, comments, np.frombuffer(data, np.uint8, offset=end.end()))
    if len(data) > limits.text_bytes:
        refuse(f"The ASCII PLY has {len(data)} bytes; the limit is {limits.text_bytes}. Export it as binary.")
    numbers = numbers_in(data[end.end() :], "The PLY")
    return Header(elements, comments, numbers.astype("<f8").view(np.uint8))


def _elements(lines: Sequence[Sequence[str]], order: str, *, text: bool) -> tuple[Element, ...]:
    found: list[tuple[str, int, list[Property]]] = []
    for line in lines:
        if line[0] == "element":
            if len(line) != 3 or not re.fullmatch(r"[0-9]{1,18}", line[2]) or len(found) == _ELEMENTS:
                refuse(f"The PLY's header has a wrong line: {' '.join(line)[:100]}.")
            found.append((line[1], int(line[2]), []))
        elif line[0] == "property":
            if not found or len(found[-1][2]) == _PROPERTIES:
                refuse(f"The PLY's header has a property out of place: {' '.join(line)[:100]}.")
            found[-1][2].append(_property(line, order, text=text))
    return tuple(Element(name, count, tuple(properties)) for name, count, properties in found)


def _property(line: Sequence[str], order: str, *, text: bool) -> Property:
    listed = len(line) == 5 and line[1] == "list"
    types = line[2:4] if listed else line[1:2]
    if len(line) != (5 if listed else 3) or not all(one in _TYPES for one in types):
        refuse(f"The PLY's header has a wrong line: {' '.join(line)[:100]}.")
    own = [np.dtype(order + _TYPES[one]) for one in types]
    stored = [np.dtype("<f8")] * len(own) if text else own
    full = float(np.iinfo(own[-1]).max) if own[-1].kind in "iu" else 1.0
    return Property(line[-1], stored[-1], stored[0] if listed else None, full)


def read_rows(element: Element, body: Raw, start: int, limits: PolygonLimits) -> tuple[Rows, int]:
    """An element's rows, and where the next element begins."""
    left = len(body) - start
    if element.count * max(element.least_bytes, 1) > left:
        refuse(
            f"The PLY says it has {element.count} of {element.name[:60]!r}, which take at least "
            f"{element.count * max(element.least_bytes, 1)} bytes; only {left} are left in the file."
        )
    if element.count == 0:
        none = np.zeros(0)
        return Rows(
            {one.name: none for one in element.properties if one.counted is None},
            {one.name: Lists(none.astype(np.int64), none) for one in element.properties if one.counted},
        ), start
    uniform = _uniform(element, body, start)
    return uniform if uniform is not None else _mixed(element, body, start, limits)


def _uniform(element: Element, body: Raw, start: int) -> tuple[Rows, int] | None:
    """All rows at once, when all their lists are as long as those of the first; None when they are not."""
    lengths = _first_lengths(element, body, start)
    if lengths is None:
        return None
    fields: list[tuple[str, Type] | tuple[str, Type, tuple[int]]] = []
    for number, one in enumerate(element.properties):
        if one.counted is not None:
            fields += [(f"n{number}", one.counted), (f"v{number}", one.type, (lengths[number],))]
        else:
            fields.append((f"v{number}", one.type))
    layout = np.dtype(fields)
    if element.count * layout.itemsize > len(body) - start:
        return None
    table = np.frombuffer(body, layout, element.count, start)
    if any((table[f"n{number}"] != length).any() for number, length in lengths.items()):
        return None
    rows = Rows({}, {})
    for number, one in enumerate(element.properties):
        values = table[f"v{number}"].astype(np.float64)
        if one.counted is None:
            rows.single[one.name] = values
        else:
            rows.lists[one.name] = Lists(np.full(element.count, lengths[number]), values.ravel())
    return rows, start + element.count * layout.itemsize


def _first_lengths(element: Element, body: Raw, start: int) -> dict[int, int] | None:
    """How long the first row's lists are, by the property's number; None when they do not fit."""
    lengths: dict[int, int] = {}
    at = start
    for number, one in enumerate(element.properties):
        if one.counted is None:
            at += one.type.itemsize
            continue
        length = _length(body, at, one.counted)
        if length is None or length * one.type.itemsize > len(body) - at:
            return None
        lengths[number] = length
        at += one.counted.itemsize + length * one.type.itemsize
    return lengths


def _length(body: Raw, at: int, counted: Type) -> int | None:
    raw = body[at : at + counted.itemsize].tobytes()
    if len(raw) < counted.itemsize:
        return None
    value = float(np.frombuffer(raw, counted)[0])
    return int(value) if value >= 0 and value == int(value) else None


def _mixed(element: Element, body: Raw, start: int, limits: PolygonLimits) -> tuple[Rows, int]:
    """Row after row: where each value lies, then all values of a property at once."""
    places: list[list[int]] = [[] for _ in element.properties]
    lengths: list[list[int]] = [[] for _ in element.properties]
    at = start
    for row in range(element.count):
        for number, one in enumerate(element.properties):
            length = 1
            if one.counted is not None:
                found = _length(body, at, one.counted)
                at += one.counted.itemsize
                if found is None or found * one.type.itemsize > len(body) - at:
                    refuse(
                        f"{element.name[:60]} {row} of the PLY has a list of {found} entries; only "
                        f"{max(len(body) - at, 0)} bytes are left in the file."
                    )
                length = found
            places[number].append(at)
            lengths[number].append(length)
            at += length * one.type.itemsize
    if at > len(body):
        refuse(f"The PLY ends within its {element.name[:60]}: it is cut short.")
    rows = Rows({}, {})
    for one, where, sizes in zip(element.properties, places, lengths, strict=True):
        counts = np.array(sizes, np.int64)
        values = _gathered(body, np.array(where, np.int64), counts, one.type)
        if one.counted is None:
            rows.single[one.name] = values
        else:
            rows.lists[one.name] = Lists(counts, values)
    return rows, at


def _gathered(body: Raw, places: Indices, counts: Indices, kind: Type) -> Array:
    """`counts` values of `kind` from each of `places`, one after another."""
    ends = np.cumsum(counts)
    within = np.arange(int(ends[-1])) - np.repeat(ends - counts, counts)
    starts = np.repeat(places, counts) + within * kind.itemsize
    raw = body[starts[:, None] + np.arange(kind.itemsize)]
    return np.ascontiguousarray(raw).view(kind).ravel().astype(np.float64)
