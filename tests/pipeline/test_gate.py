"""The gate lets a model through or refuses it with a reason; nothing hostile gets further."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests import hostile
from tests.gltf_builders import a_ball, a_plain_ball, as_gltf, as_loose_files, as_zip, unpack_glb
from tests.hostile import archives, glbs, meshes, objs
from tests.hostile.strangers import HostileFile
from tests.pipeline.cooking import converted, gated, imported, keeps_to, work_on
from vitrine.errors import ModelRejected, UnsupportedFormat
from vitrine.pipeline.formats import sniff
from vitrine.pipeline.limits import MODEL, ArchiveLimits, ModelLimits
from vitrine.pipeline.steps.gate import Gate
from vitrine.pipeline.steps.importing import Import
from vitrine.pipeline.work import Format, Work

from .cooking import TOOLS


def test_a_glb_passes(tmp_path: Path) -> None:
    work = gated(a_ball().bytes(), tmp_path)

    assert work.notices == ()
    keeps_to("inspect_report", work.details["gate"])


def test_a_gltf_with_its_data_inside_passes(tmp_path: Path) -> None:
    work = gated(as_gltf(a_plain_ball().bytes()), tmp_path, name="model.gltf")

    assert work.source_format is Format.GLTF


def test_a_zip_with_loose_files_passes(tmp_path: Path) -> None:
    files = as_loose_files(a_ball().bytes())
    data = as_zip({f"ball/{name}": content for name, content in files.items()})

    assert gated(data, tmp_path, name="ball.zip").source_format is Format.ZIP


def test_a_usdz_goes_by_untouched(tmp_path: Path) -> None:
    work = Work(source=tmp_path / "none.usdz", source_format=Format.USDZ, folder=tmp_path)

    assert Gate()(work, TOOLS) is work


@pytest.mark.parametrize("build", hostile.UNSUPPORTED, ids=lambda build: build.__name__)
def test_what_is_no_model_is_turned_away_naming_what_is_taken(build: Callable[[], HostileFile]) -> None:
    name, data = build()

    with pytest.raises(UnsupportedFormat, match=r"We take glb, gltf .*, stl, ply, and fbx"):
        sniff(data[:4096], name, converts=False)


@pytest.mark.parametrize("build", hostile.REJECTED, ids=lambda build: build.__name__)
def test_a_hostile_file_is_refused_with_a_reason_and_left_untouched(
    build: Callable[[], HostileFile], tmp_path: Path
) -> None:
    name, data = build()

    with pytest.raises(ModelRejected) as refused:
        converted(data, tmp_path, name=name)

    assert len(refused.value.detail) > 20
    assert _digest((tmp_path / f"source-{name}").read_bytes()) == _digest(data)
    assert not (Path("/tmp") / "vitrine-was-here").exists()  # noqa: S108


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (glbs.huge_accessor, "4000000000 elements; the limit is 50000000"),
        (glbs.deep_chain, "more than 256 levels"),
        (glbs.many_nodes, "200000 nodes; the limit is 20000"),
        (glbs.png_bomb, "30000 × 30000 pixels; the limit of a side is 16384"),
        (archives.zip_of_many_files, "10000 files; the limit is 1000"),
        (glbs.drawing_bomb, "466944000 vertices; the limit is 100000000"),
        (glbs.lying_chunk_length, "says it has 4294967280 bytes"),
        (glbs.ktx2_that_is_not_basis, "KTX2 that is not Basis Universal"),
        (glbs.svg_in_a_png_slot, "is an SVG"),
        (
            meshes.stl_that_lies_about_its_count,
            "4000000000 triangles, which take 200000000084 bytes; .* has 684",
        ),
        (
            meshes.ply_of_billions_of_vertices,
            "says it has 4000000000 of 'vertex'; the limit is 15000000",
        ),
        (meshes.ply_of_billions_of_faces, "says it has 3999999999 of 'face'; the limit is 15000000"),
        (meshes.ply_with_a_list_bomb, "face 0 of the PLY has a list of 4000000000 entries; only 64 bytes"),
        (meshes.ply_with_a_face_of_thousands, "4000 corners in one face; the limit is 1000"),
        (meshes.ply_with_a_wild_index, "Face 0 names vertex 4000000, but there are only 8"),
        (objs.obj_with_a_wild_index, "line 25 of the OBJ names vertex 4000000, but there are 8"),
        (objs.obj_with_a_face_of_thousands, "line 25 has 5000 corners; the limit is 1000"),
        (objs.obj_whose_materials_have_an_endless_name, "10004 characters; the limit is 512"),
        (objs.obj_whose_materials_climb_out, "a place outside the upload: .*etc/passwd"),
        (objs.obj_of_many_materials, "1025 materials; the limit is 1024"),
        (objs.texture_from_the_web, "a place outside the upload: .http://127.0.0.1:1/secret.png"),
        (objs.texture_that_is_a_bomb, "30000 × 30000 pixels; the limit of a side is 16384"),
        (objs.texture_that_is_another_bomb, "60000 × 60000 pixels; the limit is 16384 a side"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_refusal_names_the_limit_and_the_value(
    build: Callable[[], HostileFile], told: str, tmp_path: Path
) -> None:
    name, data = build()

    with pytest.raises(ModelRejected, match=told):
        gated(data, tmp_path, name=name)


def test_every_missing_file_is_named(tmp_path: Path) -> None:
    name, data = glbs.gltf_with_files_missing()

    with pytest.raises(ModelRejected) as refused:
        gated(data, tmp_path, name=name)

    assert "4 file(s)" in refused.value.detail
    assert (
        "model.bin, textures/map%200.png, textures/map%201.png, textures/map%202.png" in refused.value.detail
    )


def test_a_zip_is_counted_while_it_is_unpacked(tmp_path: Path) -> None:
    work = work_on(as_zip({"a.glb": a_plain_ball().bytes(), "b": bytes(3000)}), tmp_path, name="a.zip")

    with pytest.raises(ModelRejected, match="unpacks to more than 4000 bytes"):
        Import(archive=ArchiveLimits(total_bytes=4000))(work, TOOLS)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    data = a_plain_ball().bytes()

    with pytest.raises(ModelRejected, match=f"has {len(data)} bytes; the limit is 1000"):
        Gate(model=ModelLimits(file_bytes=1000))(imported(data, tmp_path), TOOLS)


def test_an_image_under_another_name_is_taken_and_told(tmp_path: Path) -> None:
    builder = a_ball(kind="JPEG")
    builder.json["images"][0]["mimeType"] = "image/png"

    work = gated(builder.bytes(), tmp_path)

    assert "image-type-corrected" in {notice.code for notice in work.notices}


def test_normals_that_are_too_long_are_repaired_and_told(tmp_path: Path) -> None:
    builder = a_plain_ball()
    long = np.tile([0.0, 3.0, 0.0], (81, 1))
    builder.json["meshes"][0]["primitives"][0]["attributes"]["NORMAL"] = builder.accessor(long)

    work = converted(builder.bytes(), tmp_path)

    assert [notice.code for notice in work.notices] == ["repaired-accessor-vector3-non-unit"]
    assert "81 times" in work.notices[0].detail


def test_a_factor_out_of_its_range_is_repaired_and_told(tmp_path: Path) -> None:
    builder = a_plain_ball()
    builder.json["materials"][0]["pbrMetallicRoughness"]["metallicFactor"] = 1.2

    work = converted(builder.bytes(), tmp_path)

    assert work.plain is not None
    assert [notice.code for notice in work.notices] == ["repaired-value-not-in-range"]
    material = unpack_glb(work.plain.read_bytes())[0]["materials"][0]
    assert material["pbrMetallicRoughness"].get("metallicFactor", 1) == 1


def test_a_range_error_elsewhere_refuses(tmp_path: Path) -> None:
    builder = a_plain_ball()
    builder.json["cameras"] = [{"type": "perspective", "perspective": {"yfov": -1, "znear": 0.1}}]

    with pytest.raises(ModelRejected, match="VALUE_NOT_IN_RANGE at /cameras/0"):
        gated(builder.bytes(), tmp_path)


def test_limits_are_those_that_the_guides_name() -> None:
    assert (MODEL.file_bytes, MODEL.nodes, MODEL.node_depth) == (500_000_000, 20_000, 256)
