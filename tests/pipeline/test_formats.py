"""A file's content tells what it is; its name helps where the content has no mark of its own."""

import pytest

from tests.polygon_builders import ascii_ply, ascii_stl, binary_ply, binary_stl, cube_triangles, obj_cube
from vitrine.errors import UnsupportedFormat
from vitrine.pipeline.formats import HEAD_BYTES, sniff
from vitrine.pipeline.work import Format

FBX = b"Kaydara FBX Binary  \x00\x1a\x00" + bytes(64)
CORNERS = ((0, 0, 0), (1, 0, 0), (0, 1, 0))


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (binary_stl(cube_triangles()), "part.stl", Format.STL),
        (binary_stl(cube_triangles(), header=b"solid part of CAD"), "PART.STL", Format.STL),
        (ascii_stl(cube_triangles()), "part.txt", Format.STL),
        (ascii_ply(CORNERS, [(0, 1, 2)]), "scan", Format.PLY),
        (binary_ply(CORNERS, [(0, 1, 2)]), "scan.obj", Format.PLY),
        (obj_cube(), "cube", Format.OBJ),
        (b"# made by hand\nmtllib cube.mtl\n", "cube.txt", Format.OBJ),
        (b"\xef\xbb\xbf" + b"# nothing but a comment so far\n" * 200, "cube.obj", Format.OBJ),
        (b"o " + b"x" * 10_000 + b"\nv 0 0 0\n", "cube.obj", Format.OBJ),
        (FBX, "chair", Format.FBX),
        (b"; FBX 7.3.0 project file\n", "chair.fbx", Format.FBX),
    ],
)
def test_content_tells_the_format(data: bytes, name: str, expected: Format) -> None:
    assert sniff(data[:HEAD_BYTES], name, converts=True) is expected


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Dear reader, this is no model.\n", "letter.obj"),
        (b"Dear reader, this is no model.\n" * 9, "letter.stl"),
        (b"very solid, this argument\n", "essay.txt"),
        (b"o my\ng whiz\n", "poem.txt"),
        (b"plywood\nformat\n", "wood.ply"),
        (b"", "empty.obj"),
        (b"v 0 0 0\n" + bytes(20), "zeros.obj"),
    ],
)
def test_a_name_alone_makes_no_model(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormat, match="is not a model that we take"):
        sniff(data, name, converts=True)


def test_an_fbx_is_refused_with_the_cure_where_no_converter_is() -> None:
    with pytest.raises(UnsupportedFormat, match=r"pip install bpy.*CONVERTER_PYTHON.*to accept FBX"):
        sniff(FBX, "chair.fbx", converts=False)
