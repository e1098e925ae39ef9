"""STL, binary and ASCII: triangles that share no corner. Their own normals are not read: many are wrong."""

import re
import warnings
from pathlib import Path

import numpy as np

from vitrine.pipeline.limits import PolygonLimits
from vitrine.pipeline.polygons.surface import Array, Surface, check_count, check_finite, refuse

SMOOTH_BELOW = 40.0
"""Degrees: a chamfer of 45 stays an edge, a cylinder of 10 sides becomes round."""

_HEADER = 84
_ROW = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attributes", "<u2")])
_VERTEX = re.compile(rb"\bvertex\b([^\n\r]*)", re.IGNORECASE)


def read_stl(path: Path, limits: PolygonLimits) -> Surface:
    """A header that fits the file's size means binary, whatever it begins with."""
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(_HEADER)
    count = int.from_bytes(header[80:84], "little")
    fits = size == _HEADER + count * _ROW.itemsize
    text = header.lstrip()[:5].lower() == b"solid" and not fits
    corners = _ascii(path, size, limits) if text else _binary(path, size, count, limits)
    check_finite("Corner", corners)
    positions, first = _merged(corners)
    return Surface(positions=positions, triangles=first.reshape(-1, 3), smooth_below=SMOOTH_BELOW)


def _binary(path: Path, size: int, count: int, limits: PolygonLimits) -> Array:
    needed = _HEADER + count * _ROW.itemsize
    if needed != size:
        refuse(
            f"The STL says it has {count} triangles, which take {needed} bytes; the file has {size}. "
            "It is cut short, or no STL."
        )
    check_count("triangles", count, limits.triangles)
    rows = np.fromfile(path, _ROW, count, offset=_HEADER)
    with np.errstate(invalid="ignore"):  # what is no number is refused by name, a little later
        return rows["corners"].reshape(-1, 3).astype(np.float64)


def _ascii(path: Path, size: int, limits: PolygonLimits) -> Array:
    if size > limits.text_bytes:
        refuse(f"The ASCII STL has {size} bytes; the limit is {limits.text_bytes}. Export it as binary STL.")
    text = path.read_bytes()
    if b"endsolid" not in text[-4096:].lower():
        refuse("The ASCII STL ends without `endsolid`: it is cut short.")
    lines = _VERTEX.findall(text)
    check_count("triangles", len(lines) // 3, limits.triangles)
    numbers = numbers_in(b" ".join(lines), "The STL")
    if len(lines) % 3 or len(numbers) != len(lines) * 3:
        refuse(f"The STL has {len(lines)} vertices with {len(numbers)} numbers; a triangle has 3 with 9.")
    return numbers.reshape(-1, 3)


def numbers_in(text: bytes, whose: str) -> Array:
    """All numbers of a text, divided by white space."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            numbers: Array = np.fromstring(text.decode("latin-1"), dtype=np.float64, sep=" ")
        except (DeprecationWarning, ValueError):
            refuse(f"{whose} holds something that is no number where numbers must stand.")
    return numbers


def _merged(corners: Array) -> tuple[Array, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
    """Equal corners become one position: (positions, for each corner which)."""
    rows = (corners + 0.0).astype("<f4")  # + 0.0: minus nought is nought
    order = np.lexsort(rows.T)
    sorted_rows = rows[order]
    starts = np.ones(len(rows), bool)
    starts[1:] = (sorted_rows[1:] != sorted_rows[:-1]).any(axis=1)
    which = np.empty(len(rows), np.int64)
    which[order] = np.cumsum(starts) - 1
    return sorted_rows[starts].astype(np.float64), which
