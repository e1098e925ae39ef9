"""STL and PLY that are cut short, lie about their sizes or hold no surface."""

import struct
from collections.abc import Callable

from tests.hostile.strangers import HostileFile
from tests.polygon_builders import (
    CUBE,
    SIDES,
    ascii_ply,
    ascii_stl,
    binary_ply,
    binary_stl,
    cube_triangles,
    ply_header,
)


def stl_cut_short() -> HostileFile:
    whole = binary_stl(cube_triangles())
    return "cut.stl", whole[: len(whole) - 70]


def stl_that_lies_about_its_count() -> HostileFile:
    """Four billion triangles in 600 bytes."""
    data = bytearray(binary_stl(cube_triangles()))
    struct.pack_into("<I", data, 80, 4_000_000_000)
    return "lying.stl", bytes(data)


def ascii_stl_cut_short() -> HostileFile:
    whole = ascii_stl(cube_triangles())
    return "cut-text.stl", whole[: len(whole) // 2]


def stl_of_words() -> HostileFile:
    return "words.stl", ascii_stl(cube_triangles()).replace(b"0.000000e+00", b"nought")


def stl_that_is_not_finite() -> HostileFile:
    return "infinite.stl", binary_stl([((0, 0, 0), (float("inf"), 0, 0), (0, 1, 0))])


def stl_of_one_point() -> HostileFile:
    return "point.stl", binary_stl([((1, 1, 1), (1, 1, 1), (1, 1, 1))] * 4)


def ply_of_billions_of_vertices() -> HostileFile:
    axes = [f"property float {axis}" for axis in "xyz"]
    return "billions.ply", ply_header("binary_little_endian", "element vertex 4000000000", *axes) + bytes(99)


def ply_of_billions_of_faces() -> HostileFile:
    whole = binary_ply(CUBE, SIDES)
    return "faces.ply", whole.replace(b"element face 6", b"element face 3999999999")


def ply_of_nothing_a_billion_times() -> HostileFile:
    """An element without properties takes no bytes at all."""
    whole = binary_ply(CUBE, SIDES)
    return "nothing.ply", whole.replace(b"element vertex 8", b"element air 4000000000\nelement vertex 8")


def ply_with_a_list_bomb() -> HostileFile:
    """One face that says it has four billion corners."""
    whole = binary_ply(CUBE, SIDES).replace(b"list uchar int", b"list uint int")
    body = struct.pack("<I", 4_000_000_000) + bytes(64)
    return "bomb.ply", whole[: whole.index(b"end_header") + 11 + 8 * 12] + body


def ply_with_a_face_of_thousands() -> HostileFile:
    around = list(range(8)) * 500
    whole = binary_ply(CUBE, SIDES).replace(b"element face 6", b"element face 1")
    whole = whole.replace(b"list uchar int", b"list uint int")
    return "round.ply", whole[: whole.index(b"end_header") + 11 + 8 * 12] + struct.pack(
        "<4001I", 4000, *around
    )


def ply_with_a_wild_index() -> HostileFile:
    return "wild.ply", binary_ply(CUBE, [(0, 1, 4_000_000)])


def ply_with_an_index_below_nought() -> HostileFile:
    return "below.ply", binary_ply(CUBE, [(0, 1, -2)])


def ply_that_is_not_a_number() -> HostileFile:
    return "nan.ply", ascii_ply([*CUBE[:7], (float("nan"), 0, 0)], SIDES)


def ply_of_points() -> HostileFile:
    return "points.ply", ascii_ply(CUBE, [])


def ply_without_an_end() -> HostileFile:
    return "endless.ply", b"ply\nformat ascii 1.0\n" + b"comment and so on\n" * 20_000


def ply_of_an_unknown_type() -> HostileFile:
    return "types.ply", binary_ply(CUBE, SIDES).replace(b"float x", b"quaternion x")


def ply_cut_short() -> HostileFile:
    whole = binary_ply(CUBE, [*SIDES[:3], (0, 1, 2), *SIDES[4:]])
    return "cut.ply", whole[:-10]


REJECTED: tuple[Callable[[], HostileFile], ...] = (
    stl_cut_short,
    stl_that_lies_about_its_count,
    ascii_stl_cut_short,
    stl_of_words,
    stl_that_is_not_finite,
    stl_of_one_point,
    ply_of_billions_of_vertices,
    ply_of_billions_of_faces,
    ply_of_nothing_a_billion_times,
    ply_with_a_list_bomb,
    ply_with_a_face_of_thousands,
    ply_with_a_wild_index,
    ply_with_an_index_below_nought,
    ply_that_is_not_a_number,
    ply_of_points,
    ply_without_an_end,
    ply_of_an_unknown_type,
    ply_cut_short,
)
