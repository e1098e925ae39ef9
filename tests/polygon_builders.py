"""OBJ, STL, PLY and MTL files built in code. Each has only what its name says."""

import io
import struct
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

Corner = tuple[float, float, float]

CUBE: tuple[Corner, ...] = tuple(
    (float(x), float(y), float(z)) for x in (0, 1) for y in (0, 1) for z in (0, 1)
)
"""Its corners, sides one long."""
SIDES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
"""Its quads, by their corners, seen from outside against the clock."""


def cube_triangles(*, scale: float = 1.0) -> list[tuple[Corner, Corner, Corner]]:
    corners = [(x * scale, y * scale, z * scale) for x, y, z in CUBE]
    return [
        (corners[side[a]], corners[side[b]], corners[side[c]])
        for side in SIDES
        for a, b, c in ((0, 1, 2), (0, 2, 3))
    ]


def tube_triangles(*, sides: int, height: float) -> list[tuple[Corner, Corner, Corner]]:
    """The mantle of a prism about z: smooth where it has many sides."""
    ring = [(np.cos(a), np.sin(a)) for a in np.linspace(0, 2 * np.pi, sides, endpoint=False)]
    found = []
    for (x, y), (u, v) in zip(ring, ring[1:] + ring[:1], strict=True):
        found.append(((x, y, 0.0), (u, v, 0.0), (u, v, height)))
        found.append(((x, y, 0.0), (u, v, height), (x, y, height)))
    return found


def binary_stl(triangles: Iterable[Sequence[Corner]], *, header: bytes = b"") -> bytes:
    rows = [
        struct.pack("<12fH", 0, 0, 0, *(part for corner in one for part in corner), 0) for one in triangles
    ]
    return header[:80].ljust(80, b"\0") + struct.pack("<I", len(rows)) + b"".join(rows)


def ascii_stl(triangles: Iterable[Sequence[Corner]]) -> bytes:
    lines = ["solid part"]
    for one in triangles:
        lines += [" facet normal 0 0 0", "  outer loop"]
        lines += [f"   vertex {x:e} {y:e} {z:e}" for x, y, z in one]
        lines += ["  endloop", " endfacet"]
    return "\n".join([*lines, "endsolid part", ""]).encode()


def ply_header(kind: str, *lines: str) -> bytes:
    return "\n".join(["ply", f"format {kind} 1.0", *lines, "end_header", ""]).encode()


def ascii_ply(corners: Sequence[Sequence[float]], faces: Sequence[Sequence[int]], *more: str) -> bytes:
    """`more`: further properties of a vertex, such as `uchar red`."""
    header = ply_header(
        "ascii",
        f"element vertex {len(corners)}",
        *(f"property float {axis}" for axis in "xyz"),
        *(f"property {one}" for one in more),
        f"element face {len(faces)}",
        "property list uchar int vertex_indices",
    )
    rows = [" ".join(f"{part:g}" for part in corner) for corner in corners]
    rows += [" ".join(map(str, (len(face), *face))) for face in faces]
    return header + "\n".join([*rows, ""]).encode()


def binary_ply(
    corners: Sequence[Sequence[float]], faces: Sequence[Sequence[int]], *, big_endian: bool = False
) -> bytes:
    order, kind = (">", "binary_big_endian") if big_endian else ("<", "binary_little_endian")
    header = ply_header(
        kind,
        f"element vertex {len(corners)}",
        *(f"property float {axis}" for axis in "xyz"),
        f"element face {len(faces)}",
        "property list uchar int vertex_indices",
    )
    body = b"".join(struct.pack(f"{order}3f", *corner) for corner in corners)
    return header + body + b"".join(struct.pack(f"{order}B{len(face)}i", len(face), *face) for face in faces)


def obj_cube(*, head: str = "", scale: float = 1.0) -> bytes:
    """With texture coordinates and normals; `head` is written before it."""
    lines = [head] if head else []
    lines += [f"v {x * scale:g} {y * scale:g} {z * scale:g}" for x, y, z in CUBE]
    lines += ["vt 0 0", "vt 1 0", "vt 1 1", "vt 0 1"]
    lines += ["vn -1 0 0", "vn 1 0 0", "vn 0 -1 0", "vn 0 1 0", "vn 0 0 -1", "vn 0 0 1"]
    for number, side in enumerate(SIDES, 1):
        lines.append("f " + " ".join(f"{at + 1}/{place}/{number}" for place, at in enumerate(side, 1)))
    return "\n".join([*lines, ""]).encode()


def a_picture(kind: str = "PNG", *, side: int = 32, colour: tuple[int, int, int] = (180, 90, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, kind)
    return out.getvalue()


def obj_files(mtl: str, **pictures: bytes) -> dict[str, bytes]:
    """A cube in the material `wood`, its MTL, and pictures by name; `__` in a name stands for a dot."""
    files = {name.replace("__", "."): data for name, data in pictures.items()}
    return {
        "model/cube.obj": obj_cube(head="mtllib cube.mtl\nusemtl wood"),
        "model/cube.mtl": f"newmtl wood\n{mtl}\n".encode(),
        **{f"model/{name}": data for name, data in files.items()},
    }
