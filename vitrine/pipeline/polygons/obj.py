"""OBJ: lines of text. Faces of any number of corners, indices from the front or from the back."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vitrine.pipeline.limits import PolygonLimits
from vitrine.pipeline.polygons.faces import triangulate
from vitrine.pipeline.polygons.stl import numbers_in
from vitrine.pipeline.polygons.surface import (
    Array,
    Indices,
    Layer,
    Surface,
    as_indices,
    check_count,
    check_finite,
    refuse,
)

_NAME_WORDS = ("vertex", "texture coordinate", "normal")
_NAMES_WORDS = ("vertices", "texture coordinates", "normals")


@dataclass(slots=True)
class _Faces:
    """Faces written in one way, such as 1/2/3 or 1//3. `slots`: which of `_NAME_WORDS` stand in it."""

    slots: tuple[int, ...]
    texts: list[bytes] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    materials: list[int] = field(default_factory=list)
    backwards: list[tuple[int, tuple[int, int, int]]] = field(
        default_factory=list
    )  # (face, how many there were)


@dataclass(slots=True)
class _Scan:
    """What was read so far."""

    limits: PolygonLimits
    vertices: list[bytes] = field(default_factory=list)
    uvs: list[bytes] = field(default_factory=list)
    normals: list[bytes] = field(default_factory=list)
    faces: dict[tuple[int, ...], _Faces] = field(default_factory=dict)
    materials: dict[str, int] = field(default_factory=dict)
    libraries: list[str] = field(default_factory=list)
    material: int = -1
    triangles: int = 0

    def take(self, number: int, line: bytes) -> None:
        word, _, rest = line.partition(b" ")
        if word == b"v":
            self.vertices.append(rest)
        elif word == b"vn":
            self.normals.append(rest)
        elif word == b"vt":
            self.uvs.append(rest)
        elif word in (b"f", b"fo"):
            self._face(number, rest)
        elif word == b"usemtl":
            self._use(self._name(rest, number, "material"))
        elif word == b"mtllib":
            self.libraries.append(self._name(rest, number, "material file"))

    def _name(self, rest: bytes, number: int, what: str) -> str:
        name = rest.strip().decode("utf-8", "replace")
        if not name and what == "material file":
            refuse(f"Line {number} of the OBJ names a {what} without a name.")
        if len(name) > self.limits.name_length:
            limit = self.limits.name_length
            refuse(
                f"Line {number} of the OBJ names a {what} of {len(name)} characters; the limit is {limit}."
            )
        return name

    def _use(self, name: str) -> None:
        self.material = self.materials.setdefault(name, len(self.materials))
        check_count("materials", len(self.materials), self.limits.materials)

    def _face(self, number: int, rest: bytes) -> None:
        corners = [corner.rstrip(b"/") for corner in rest.split()]
        if len(corners) < 3:
            return  # a line or a point; nothing to fill
        if len(corners) > self.limits.face_corners:
            refuse(
                f"The face in line {number} has {len(corners)} corners; the limit is {self.limits.face_corners}."
            )
        slots = self._slots(corners, number)
        faces = self.faces.setdefault(slots, _Faces(slots))
        text = b" ".join(corners)
        if b"-" in text:
            there = (len(self.vertices), len(self.uvs), len(self.normals))
            faces.backwards.append((len(faces.lengths), there))
        faces.texts.append(text.replace(b"/", b" "))
        faces.lengths.append(len(corners))
        faces.lines.append(number)
        faces.materials.append(self.material)
        self.triangles += len(corners) - 2
        if self.triangles > self.limits.triangles:
            refuse(f"The OBJ has more than {self.limits.triangles} triangles; that is the limit.")

    def _slots(self, corners: list[bytes], number: int) -> tuple[int, ...]:
        """Which indices the corners hold; all corners of a face must hold the same."""
        shapes = {(corner.count(b"/"), b"//" in corner) for corner in corners}
        known = {(0, False): (0,), (1, False): (0, 1), (2, True): (0, 2), (2, False): (0, 1, 2)}
        slots = known.get(next(iter(shapes))) if len(shapes) == 1 else None
        if slots is None:
            told = b" ".join(corners)[:80].decode("latin-1")
            refuse(f"The face in line {number} of the OBJ is written in no way that OBJ knows: {told}.")
        return slots


def read_obj(path: Path, limits: PolygonLimits) -> Surface:
    size = path.stat().st_size
    if size > limits.text_bytes:
        refuse(f"The OBJ has {size} bytes; the limit is {limits.text_bytes}. Send it as a GLB.")
    scan = _Scan(limits)
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    for number, line in enumerate(text.split(b"\n"), 1):
        scan.take(number, line.strip().replace(b"\t", b" "))
    if not scan.faces:
        refuse("The OBJ has 0 faces; at least 1 triangle is needed. Points and lines alone are not shown.")
    positions, colours = _vertices(scan.vertices, limits)
    uvs = _table(scan.uvs, 2, 1, limits)
    normals = _table(scan.normals, 3, 2, limits)
    counts = (len(positions), len(uvs), len(normals))
    found = [_triangles(faces, counts, positions) for faces in scan.faces.values()]
    corners = np.concatenate([one for one, _ in found])
    materials = np.concatenate([one for _, one in found])
    return Surface(
        positions=positions,
        triangles=corners[:, :, 0],
        normals=None if (corners[:, :, 2] < 0).any() else Layer(normals, corners[:, :, 2]),
        uvs=_with_blank(uvs, corners[:, :, 1]),
        colours=None if colours is None else Layer(colours, corners[:, :, 0]),
        materials=materials,
        material_names=tuple(scan.materials),
        libraries=tuple(dict.fromkeys(scan.libraries)),
    )


def _vertices(lines: list[bytes], limits: PolygonLimits) -> tuple[Array, Array | None]:
    """Positions, and the colours that some programs write behind them."""
    check_count("vertices", len(lines), limits.vertices)
    numbers = numbers_in(b" ".join(lines), "The OBJ")
    columns = len(numbers) // max(len(lines), 1)
    if len(numbers) == len(lines) * columns and columns in (3, 4, 6, 7):
        table = numbers.reshape(-1, columns)
        check_finite("Vertex", table)
        colours = table[:, 3:6] if columns >= 6 else None
        return table[:, :3], None if colours is None else _opaque(colours)
    return _table(lines, 3, 0, limits), None


def _opaque(colours: Array) -> Array:
    full = 255.0 if colours.max(initial=0) > 1 else 1.0
    return np.concatenate([np.clip(colours / full, 0, 1), np.ones((len(colours), 1))], axis=1)


def _table(lines: list[bytes], columns: int, which: int, limits: PolygonLimits) -> Array:
    """The first `columns` numbers of each line. `which` of `_NAME_WORDS` they are."""
    name, names = _NAME_WORDS[which], _NAMES_WORDS[which]
    check_count(names, len(lines), limits.vertices)
    cut = [b" ".join(line.split(None, columns)[:columns]) for line in lines]
    numbers = numbers_in(b" ".join(cut), "The OBJ")
    if len(numbers) != len(lines) * columns:
        refuse(f"The OBJ has {len(lines)} {names} with {len(numbers)} numbers; each needs {columns}.")
    table: Array = numbers.reshape(-1, columns)
    check_finite(name.capitalize(), table)
    return table


def _triangles(faces: _Faces, counts: tuple[int, int, int], positions: Array) -> tuple[Indices, Indices]:
    """Triangles, (t, 3 corners, 3): vertex, texture coordinate and normal, -1 for none; and their materials, (t,)."""
    width = len(faces.slots)
    lengths = np.array(faces.lengths, np.int64)
    given = numbers_in(b" ".join(faces.texts), "A face of the OBJ")
    if len(given) != lengths.sum() * width:
        refuse("A face of the OBJ holds something that is no index.")
    rows = as_indices(given).reshape(-1, width)
    ends = np.cumsum(lengths)
    for face, there in faces.backwards:
        part = rows[ends[face] - lengths[face] : ends[face]]
        part += (part < 0) * (np.array([there[slot] for slot in faces.slots]) + 1)
    wide = np.full((len(rows), 3), -1, np.int64)
    for place, slot in enumerate(faces.slots):
        _check(rows[:, place], slot, counts[slot], faces, ends)
        wide[:, slot] = rows[:, place] - 1
    triangles, owners = _cut(wide, lengths, ends, positions)
    return triangles, np.array(faces.materials, np.int64)[owners]


def _check(column: Indices, slot: int, count: int, faces: _Faces, ends: Indices) -> None:
    wrong = (column < 1) | (column > count)
    if wrong.any():
        at = int(np.argmax(wrong))
        line = faces.lines[int(np.searchsorted(ends, at, side="right"))]
        refuse(
            f"The face in line {line} of the OBJ names {_NAME_WORDS[slot]} {int(column[at])}, but there are {count}."
        )


def _cut(rows: Indices, lengths: Indices, ends: Indices, positions: Array) -> tuple[Indices, Indices]:
    triangles, owners = [], []
    for corners in np.unique(lengths):
        chosen = np.flatnonzero(lengths == corners)
        at = (ends[chosen] - corners)[:, None] + np.arange(corners)
        within, whose = triangulate(rows[at, 0], positions)
        triangles.append(rows[at[whose[:, None], within]])
        owners.append(chosen[whose])
    return np.concatenate(triangles), np.concatenate(owners)


def _with_blank(uvs: Array, corners: Indices) -> Layer | None:
    """Faces without texture coordinates get one that no others have."""
    if (corners < 0).all():
        return None
    return Layer(np.concatenate([uvs, [[0.0, 0.0]]]), np.where(corners < 0, len(uvs), corners))
