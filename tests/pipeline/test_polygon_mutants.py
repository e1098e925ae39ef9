"""OBJ, STL and PLY with bytes changed at random: each is read or refused with a reason, never anything else."""

import random
import struct
from pathlib import Path

import pytest

from tests.polygon_builders import (
    CUBE,
    SIDES,
    ascii_ply,
    ascii_stl,
    binary_ply,
    binary_stl,
    cube_triangles,
    obj_cube,
    ply_header,
)
from vitrine.pipeline.polygons.making import make
from vitrine.pipeline.polygons.surface import Unreadable
from vitrine.pipeline.work import Format

COUNT = 300
STRIP = (
    ply_header(
        "binary_little_endian",
        "element vertex 4",
        *(f"property float {axis}" for axis in "xyz"),
        "element tristrips 1",
        "property list int int vertex_indices",
    )
    + struct.pack("<12f", 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0)
    + struct.pack("<i8i", 8, 0, 1, 2, 3, -1, 0, 1, 2)
)
SEEDS = {
    "binary stl": (Format.STL, binary_stl(cube_triangles())),
    "ascii stl": (Format.STL, ascii_stl(cube_triangles())),
    "ascii ply": (Format.PLY, ascii_ply([(*one, 9) for one in CUBE], SIDES, "uchar red")),
    "binary ply": (Format.PLY, binary_ply(CUBE, SIDES)),
    "mixed ply": (Format.PLY, binary_ply(CUBE, [*SIDES[:5], (1, 5, 7), (1, 7, 3)])),
    "strip ply": (Format.PLY, STRIP),
    "obj": (Format.OBJ, obj_cube(head="mtllib cube.mtl\nusemtl wood")),
    "obj from the back": (Format.OBJ, b"v 0 0 0\nv 2 -1 0\nv 1 0 0 1 0 0\nv 2 1 0\nf -4 -3 -2 -1\n"),
}
WORDS = (
    *(
        b"nan",
        b"-1",
        b"0",
        b"999999999999",
        b"1e400",
        b"/",
        b"//",
        b"\n",
        b" ",
        b"-",
        b"f",
        b"v",
        b"\xff",
        b"\0",
    ),
    *(b"usemtl\n", b"mtllib x\n", b"vt 0 0\n", b"element", b"list", b"uchar", b"double", b"end_header\n"),
    *(b"\xff\xff\xff\xff", b"\0\0\xc0\x7f", b"\xff\xff\xff\x7f", b"\0\0\0\x80"),
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """With a byte, a word or a stretch put in, taken out, overwritten or doubled, up to four times."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at, length = chance.randrange(len(found)), chance.randrange(1, 40)
        word = chance.choice(WORDS)
        start, end, put = chance.choice(
            (
                (at, at + 1, bytes([chance.randrange(256)])),
                (at, at, word),
                (at, at + len(word), word),
                (at, at + length, b""),
                (at, at, bytes(found[at : at + length])),
            )
        )
        found[start:end] = put
        if not found:
            return b"?"
    return bytes(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mutant_is_read_or_refused(seed: str, tmp_path: Path) -> None:
    source_format, data = SEEDS[seed]
    chance = random.Random(seed)  # noqa: S311  # the same mutants every time
    outcomes = set()

    for _ in range(COUNT):
        (tmp_path / "source").write_bytes(mutated(data, chance))
        try:
            make(
                tmp_path / "source",
                tmp_path / "made.glb",
                source_format=source_format,
                files={},
                units=None,
                up_axis=None,
                note=lambda _: None,
            )
        except Unreadable:
            outcomes.add("refused")
        else:
            outcomes.add("read")

    assert outcomes == {"read", "refused"}
