"""OBJ, STL and PLY become one GLB that goes through the gate like any other."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.gltf_builders import a_plain_ball, as_zip, unpack_glb
from tests.pipeline.cooking import TOOLS, converted, errors_in, imported, plain_json, work_on
from tests.polygon_builders import (
    CUBE,
    SIDES,
    a_picture,
    ascii_ply,
    ascii_stl,
    binary_ply,
    binary_stl,
    cube_triangles,
    obj_cube,
    obj_files,
    ply_header,
    tube_triangles,
)
from vitrine.errors import ModelRejected
from vitrine.pipeline.steps.importing import Import
from vitrine.pipeline.units import Units, UpAxis
from vitrine.pipeline.work import Format, Work

TENTH = [(x / 10, y / 10, z / 10) for x, y, z in CUBE]


def glb_of(work: Work) -> tuple[dict[str, Any], bytes]:
    assert work.parcel is not None
    return unpack_glb(work.parcel.model.read_bytes())


def values(work: Work, accessor: int) -> Any:
    """An accessor's numbers; 16 bits that mean 0 to 1 as such."""
    model, binary = glb_of(work)
    row = model["accessors"][accessor]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}[row["type"]]
    start = model["bufferViews"][row["bufferView"]]["byteOffset"]
    kind = {5126: "<f4", 5125: "<u4", 5123: "<u2"}[row["componentType"]]
    found = np.frombuffer(binary, kind, row["count"] * width, start).reshape(-1, width).astype(float)
    return found / 65535 if row.get("normalized") else found


def attribute(work: Work, name: str, *, primitive: int = 0) -> Any:
    return values(work, glb_of(work)[0]["meshes"][0]["primitives"][primitive]["attributes"][name])


def material(work: Work) -> dict[str, Any]:
    return dict(glb_of(work)[0]["materials"][0])


def zipped(mtl: str, folder: Path, **pictures: bytes) -> Work:
    return imported(as_zip(obj_files(mtl, **pictures)), folder, name="cube.zip")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (binary_stl(cube_triangles(scale=100)), "cube.stl"),
        (ascii_stl(cube_triangles(scale=100)), "cube.stl"),
        (obj_cube(scale=0.1), "cube.obj"),
        (ascii_ply(TENTH, SIDES), "cube.ply"),
        (binary_ply(TENTH, SIDES), "cube.ply"),
        (binary_ply(TENTH, SIDES, big_endian=True), "cube.ply"),
        (binary_ply(TENTH, [*SIDES[:5], (1, 5, 7), (1, 7, 3)]), "quads and triangles.ply"),
        (as_zip({"deep/cube.stl": ascii_stl(cube_triangles(scale=100))}), "stl.zip"),
        (as_zip({"cube.ply": binary_ply(TENTH, SIDES), "read.me": b"!"}), "ply.zip"),
    ],
)
def test_every_way_to_send_a_cube_gives_the_same_cube(data: bytes, name: str, tmp_path: Path) -> None:
    work = converted(data, tmp_path, name=name)

    assert work.facts is not None
    assert (work.facts.triangles, work.facts.vertices) == (12, 24)
    assert work.facts.dimensions_m == pytest.approx((0.1, 0.1, 0.1))
    assert [notice.code for notice in work.notices] == ["units-assumed"]
    assert work.parcel is not None
    assert errors_in(work.parcel.model, work.folder) == []


def test_the_original_stays_as_it_came(tmp_path: Path) -> None:
    data = obj_cube()

    work = imported(data, tmp_path, name="cube.obj")

    assert (work.source.read_bytes(), work.source_format) == (data, Format.OBJ)


def test_z_up_becomes_y_up_and_millimetres_metres(tmp_path: Path) -> None:
    work = converted(binary_stl(tube_triangles(sides=24, height=50.0)), tmp_path, name="tube.stl")

    assert work.facts is not None
    assert work.facts.dimensions_m == pytest.approx((0.002, 0.05, 0.002), rel=1e-3)
    assert work.facts.base_m == pytest.approx((0, 0, 0), abs=1e-9)


def test_what_was_asked_for_is_done_and_said(tmp_path: Path) -> None:
    work = work_on(binary_stl(tube_triangles(sides=24, height=50.0)), tmp_path, name="tube.stl")

    work = Import(units=Units.INCHES, up_axis=UpAxis.Y)(work, TOOLS)

    heights = attribute(work, "POSITION").max(axis=0) - attribute(work, "POSITION").min(axis=0)
    assert heights == pytest.approx((2 * 0.0254, 2 * 0.0254, 50 * 0.0254), rel=1e-3)
    assert [notice.code for notice in work.notices] == ["units-told"]


def test_a_glb_says_its_own_unit(tmp_path: Path) -> None:
    work = Import(units=Units.MILLIMETRES)(work_on(a_plain_ball().bytes(), tmp_path), TOOLS)

    assert [notice.code for notice in work.notices] == ["units-known"]
    assert work.parcel is not None
    assert work.parcel.model == work.source


def test_a_cubes_edges_stay_sharp(tmp_path: Path) -> None:
    work = imported(binary_stl(cube_triangles()), tmp_path, name="cube.stl")

    normals = attribute(work, "NORMAL")
    assert len(normals) == 24
    assert np.abs(normals).max(axis=1) == pytest.approx(np.ones(24))


def test_a_tubes_mantle_becomes_round(tmp_path: Path) -> None:
    work = imported(binary_stl(tube_triangles(sides=24, height=2.0)), tmp_path, name="tube.stl")

    positions, normals = attribute(work, "POSITION"), attribute(work, "NORMAL")
    assert len(positions) == 48
    outwards = positions * [1, 0, 1] / np.linalg.norm(positions * [1, 0, 1], axis=1, keepdims=True)
    assert (normals * outwards).sum(axis=1) == pytest.approx(np.ones(48), abs=1e-3)


def test_given_normals_are_kept(tmp_path: Path) -> None:
    obj = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvn 0 0.6 0.8\nf 1//1 2//1 3//1\n"

    work = imported(obj, tmp_path, name="leaf.obj")

    assert attribute(work, "NORMAL") == pytest.approx(np.tile([0, 0.6, 0.8], (3, 1)))


def test_indices_from_the_back_count_from_where_they_stand(tmp_path: Path) -> None:
    near = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 -1\n"
    far = b"v 5 0 0\nv 6 0 0\nv 5 1 0\nf -3 -2 -1\n"

    work = imported(near + far, tmp_path, name="two.obj")

    assert sorted(set(attribute(work, "POSITION")[:, 0])) == [0, 1, 5, 6]


def test_faces_with_and_without_texture_coordinates_live_together(tmp_path: Path) -> None:
    obj = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nvt 0.25 0.5\nf 1/1 2/1 3/1\nf 2 4 3\n"

    work = imported(obj, tmp_path, name="mixed.obj")

    assert {tuple(row) for row in attribute(work, "TEXCOORD_0").round(3)} == {(0.25, 0.5), (0.0, 1.0)}


def test_a_hollow_polygon_is_not_filled_across(tmp_path: Path) -> None:
    arrow = b"v 0 0 0\nv 2 -1 0\nv 1 0 0\nv 2 1 0\nf 1 2 3 4\n"

    work = imported(arrow, tmp_path, name="arrow.obj")

    model = glb_of(work)[0]
    corners = attribute(work, "POSITION")[
        values(work, model["meshes"][0]["primitives"][0]["indices"]).astype(int).reshape(-1, 3)
    ]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    assert areas == pytest.approx([0.5, 0.5])


def test_vertex_colours_are_kept_in_linear_light(tmp_path: Path) -> None:
    corners = [(0, 0, 0, 255, 0, 0), (1, 0, 0, 0, 188, 0), (0, 1, 0, 0, 0, 0)]

    work = converted(
        ascii_ply(corners, [(0, 1, 2)], "uchar red", "uchar green", "uchar blue"), tmp_path, name="a.ply"
    )

    assert attribute(work, "COLOR_0")[:, :3] == pytest.approx(
        np.array([[1, 0, 0], [0, 0.503, 0], [0, 0, 0]]), abs=0.001
    )
    assert material(work)["pbrMetallicRoughness"]["baseColorFactor"] == [1, 1, 1, 1]


def test_colours_of_faces_are_kept(tmp_path: Path) -> None:
    header = ply_header(
        "ascii",
        "element vertex 4",
        *(f"property float {axis}" for axis in "xyz"),
        "element face 2",
        "property list uchar int vertex_indices",
        *(f"property uchar {colour}" for colour in ("red", "green", "blue")),
    )
    body = b"0 0 0\n1 0 0\n0 1 0\n1 1 0\n3 0 1 2 255 0 0\n3 1 3 2 0 0 255\n"

    colours = attribute(imported(header + body, tmp_path, name="a.ply"), "COLOR_0")

    assert {tuple(row) for row in colours} == {(1, 0, 0, 1), (0, 0, 1, 1)}


def test_triangle_strips_are_read(tmp_path: Path) -> None:
    header = ply_header(
        "binary_little_endian",
        "element vertex 4",
        *(f"property float {axis}" for axis in "xyz"),
        "element tristrips 1",
        "property list int int vertex_indices",
    )
    body = struct.pack("<12f", 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0)
    body += struct.pack("<i8i", 8, 0, 1, 2, 3, -1, 0, 1, 2)

    work = imported(header + body, tmp_path, name="strip.ply")

    model = glb_of(work)[0]
    rows = values(work, model["meshes"][0]["primitives"][0]["indices"]).astype(int).reshape(-1, 3)
    corners = attribute(work, "POSITION")[rows]
    turns = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert turns.tolist() == [[0, 0, 1], [0, 0, 1], [0, 0, 1]]


def test_a_surface_that_says_nothing_of_itself_is_a_neutral_grey(tmp_path: Path) -> None:
    base = material(imported(binary_stl(cube_triangles()), tmp_path, name="a.stl"))["pbrMetallicRoughness"]

    red, green, blue, alpha = base["baseColorFactor"]
    assert red == green == blue
    assert (0.2 < red < 0.4, alpha, base["metallicFactor"]) == (True, 1, 0)


def test_an_mtls_phong_becomes_metallic_roughness(tmp_path: Path) -> None:
    row = material(zipped("Kd 1 0 0\nNs 250\nd 0.5\nKe 0 1 0\nPm 0.25", tmp_path))

    base = row["pbrMetallicRoughness"]
    assert base == {
        "baseColorFactor": [1, 0, 0, 0.5],
        "roughnessFactor": 0.5,
        "metallicFactor": 0.25,
    }
    assert (row["alphaMode"], row["emissiveFactor"], row["name"]) == ("BLEND", [0, 1, 0], "wood")


def test_pictures_go_in_byte_for_byte(tmp_path: Path) -> None:
    png, jpeg = a_picture(), a_picture("JPEG")

    work = zipped(
        "map_Kd my wood.png\nmap_Ke -s 1 1 1 glow.jpg", tmp_path, **{"my wood.png": png, "glow__jpg": jpeg}
    )

    model, binary = glb_of(work)
    assert png in binary
    assert jpeg in binary
    assert [image["mimeType"] for image in model["images"]] == ["image/png", "image/jpeg"]
    assert model["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"] == [1, 1, 1, 1]


def test_other_pictures_become_png(tmp_path: Path) -> None:
    work = zipped("map_Kd wood.tga", tmp_path, wood__tga=a_picture("TGA"))

    assert (
        plain_json(converted(work.source.read_bytes(), _fresh(tmp_path), name="a.zip"))["images"][0][
            "mimeType"
        ]
        == "image/png"
    )


def _fresh(folder: Path) -> Path:
    (folder / "again").mkdir()
    return folder / "again"


def test_a_picture_of_alpha_joins_that_of_colour(tmp_path: Path) -> None:
    work = zipped(
        "map_Kd wood.png\nmap_d holes.png",
        tmp_path,
        wood__png=a_picture(),
        holes__png=a_picture(colour=(9, 9, 9)),
    )

    assert material(work)["alphaMode"] == "BLEND"
    assert len(glb_of(work)[0]["images"]) == 1


def test_a_bump_map_that_is_a_normal_map_is_taken_as_one(tmp_path: Path) -> None:
    work = zipped("map_Bump -bm 0.3 n.png", tmp_path, n__png=a_picture(colour=(128, 128, 255)))

    assert material(work)["normalTexture"] == {"index": 0}


def test_heights_are_left_out_and_told(tmp_path: Path) -> None:
    work = zipped("bump h.png", tmp_path, h__png=a_picture(colour=(128, 128, 128)))

    assert "normalTexture" not in material(work)
    assert [notice.code for notice in work.notices] == ["units-assumed", "bump-dropped"]


def test_a_path_of_another_machine_means_the_file_of_that_name(tmp_path: Path) -> None:
    work = zipped("map_Kd C:\\Users\\me\\Textures\\Wood.PNG", tmp_path, wood__png=a_picture())

    assert "baseColorTexture" in material(work)["pbrMetallicRoughness"]


def test_every_file_that_did_not_come_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelRejected, match=r"names 2 file\(s\) that did not come with it: a.png, b.png"):
        zipped("map_Kd a.png\nmap_Ke b.png", tmp_path)


def test_a_lone_obj_is_grey_and_says_what_it_lacks(tmp_path: Path) -> None:
    work = imported(obj_cube(head="mtllib cube.mtl\nusemtl wood"), tmp_path, name="cube.obj")

    assert [notice.code for notice in work.notices] == ["units-assumed", "materials-missing"]
    assert "Zip the OBJ with cube.mtl and its pictures" in work.notices[1].detail


def test_each_material_is_drawn_once(tmp_path: Path) -> None:
    obj = b"mtllib m.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nv 2 0 0\n"
    obj += b"usemtl a\nf 1 2 3\nusemtl b\nf 2 4 3\nusemtl a\nf 2 5 4\n"

    work = imported(as_zip({"m.obj": obj, "m.mtl": b"newmtl a\nnewmtl b\n"}), tmp_path, name="m.zip")

    primitives = glb_of(work)[0]["meshes"][0]["primitives"]
    assert [glb_of(work)[0]["accessors"][one["indices"]]["count"] for one in primitives] == [6, 3]


def test_a_gltf_goes_before_an_obj_beside_it(tmp_path: Path) -> None:
    data = as_zip({"a.glb": a_plain_ball().bytes(), "a.obj": obj_cube()})

    work = imported(data, tmp_path, name="both.zip")

    assert work.parcel is not None
    assert (work.parcel.format, "import" in work.details) == (Format.GLB, False)


def test_what_the_import_tells_can_be_kept(tmp_path: Path) -> None:
    detail = imported(obj_cube(), tmp_path, name="cube.obj").details["import"]

    assert json.loads(json.dumps(detail))["units"] == "m"
    assert detail["child"]["cpu_s"] >= 0
