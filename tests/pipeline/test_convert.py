"""Whatever glTF comes, one plain core GLB goes on."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests import basis
from tests.fuzz.seeds import balls_in_a_row, compressed
from tests.gltf_builders import (
    GlbBuilder,
    a_ball,
    a_ball_in_two_colours,
    a_bending_ball,
    a_glass_ball,
    a_morphing_ball,
    a_plain_ball,
    a_turning_ball,
    as_gltf,
    as_loose_files,
    as_zip,
    picture,
    unpack_glb,
)
from tests.pipeline.cooking import TOOLS, converted, errors_in, keeps_to, optimized, plain_json
from vitrine.pipeline.steps.convert import Convert
from vitrine.pipeline.work import Format, Kind, Work


def first_picture(work: Work) -> Image.Image:
    """Of the plain GLB, decoded."""
    assert work.plain is not None
    model, binary = unpack_glb(work.plain.read_bytes())
    view = model["bufferViews"][model["images"][0]["bufferView"]]
    start = view.get("byteOffset", 0)
    return Image.open(io.BytesIO(binary[start : start + view["byteLength"]]))


def test_the_facts_of_a_glb(tmp_path: Path) -> None:
    work = converted(a_ball(side=192).bytes(), tmp_path)

    facts = work.facts
    assert facts is not None
    assert (facts.triangles, facts.meshes, facts.materials, facts.textures) == (1152, 1, 1, 3)
    assert (facts.texture_max_px, facts.generator) == (192, "tests")
    assert facts.dimensions_m == pytest.approx((0.2, 0.2, 0.2), abs=0.02)
    keeps_to("convert_report", work.details["convert"])


def test_what_comes_out_is_valid_core_gltf(tmp_path: Path) -> None:
    work = converted(a_ball().bytes(), tmp_path)

    model = plain_json(work)
    assert model["asset"]["generator"] == "Vitrine"
    assert "extensionsRequired" not in model
    assert work.plain is not None
    assert errors_in(work.plain, work.folder) == []


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("model.gltf", as_gltf),
        ("model.zip", lambda glb: as_zip(as_loose_files(glb))),
        ("deeper.zip", lambda glb: as_zip({f"a/b/{n}": data for n, data in as_loose_files(glb).items()})),
        ("glb.zip", lambda glb: as_zip({"model.glb": glb})),
    ],
)
def test_every_way_to_send_a_model_gives_the_same_facts(name: str, pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    glb = a_ball().bytes()
    (tmp_path / "one").mkdir()

    packed = converted(pack(glb), tmp_path, name=name)

    assert packed.facts == converted(glb, tmp_path / "one").facts


def test_png_and_jpeg_stay_byte_for_byte(tmp_path: Path) -> None:
    builder = a_ball(kind="JPEG")
    sent = picture(seed=1, kind="JPEG")

    work = converted(builder.bytes(), tmp_path)

    assert work.plain is not None
    assert sent in work.plain.read_bytes()


@pytest.mark.parametrize(("kind", "extension"), [("WEBP", "EXT_texture_webp"), ("AVIF", "EXT_texture_avif")])
def test_webp_and_avif_become_png(kind: str, extension: str, tmp_path: Path) -> None:
    builder = a_ball()
    builder.json["images"][0] = {
        "bufferView": builder.view(picture(kind=kind)),
        "mimeType": f"image/{kind.lower()}",
    }
    builder.json["textures"][0] = {"extensions": {extension: {"source": 0}}}
    builder.json["extensionsUsed"] = builder.json["extensionsRequired"] = [extension]

    model = plain_json(converted(builder.bytes(), tmp_path))

    assert {image["mimeType"] for image in model["images"]} == {"image/png"}
    assert extension not in model.get("extensionsUsed", [])


@pytest.mark.parametrize(
    ("how", "extension"),
    [
        ("draco", "KHR_draco_mesh_compression"),
        ("meshopt", "EXT_meshopt_compression"),
        ("khr", "KHR_meshopt_compression"),
        ("quantized", "KHR_mesh_quantization"),
    ],
)
def test_compressed_geometry_comes_in_whole(how: str, extension: str, tmp_path: Path) -> None:
    glb = a_turning_ball(rings=16).bytes()
    (tmp_path / "bare").mkdir()
    bare = converted(glb, tmp_path / "bare").facts

    work = converted(compressed(how, glb), tmp_path)

    facts, model = work.facts, plain_json(work)
    assert facts is not None
    assert bare is not None
    assert extension in facts.extensions
    assert facts.triangles == pytest.approx(bare.triangles, rel=0.05)  # those at the poles have no area
    assert facts.animations == 1
    assert facts.dimensions_m == pytest.approx(bare.dimensions_m, abs=0.001)
    assert model.get("extensionsUsed", []) == []
    attributes = model["meshes"][0]["primitives"][0]["attributes"]
    assert {model["accessors"][attributes[name]]["componentType"] for name in ("POSITION", "NORMAL")} == {
        5126
    }


def test_instances_are_all_there(tmp_path: Path) -> None:
    facts = converted(balls_in_a_row().bytes(), tmp_path).facts

    assert facts is not None
    assert facts.triangles == 3 * 18
    assert facts.dimensions_m == pytest.approx((0.732, 0.2, 0.147), abs=0.001)


@pytest.mark.parametrize("ktx2", [basis.UASTC, basis.ETC1S], ids=["UASTC", "ETC1S"])
def test_basis_ktx2_becomes_png_of_the_same_colours(ktx2: bytes, tmp_path: Path) -> None:
    builder = a_ball()
    builder.json["images"][0] = {"bufferView": builder.view(ktx2), "mimeType": "image/ktx2"}
    builder.json["textures"][0] = {"extensions": {"KHR_texture_basisu": {"source": 0}}}
    builder.json["extensionsUsed"] = builder.json["extensionsRequired"] = ["KHR_texture_basisu"]

    picture = first_picture(converted(builder.bytes(), tmp_path)).convert("RGB")

    assert picture.size == (16, 16)
    assert picture.getpixel((3, 8)) == pytest.approx((200, 30, 40), abs=12)
    assert picture.getpixel((12, 8)) == pytest.approx((30, 60, 200), abs=12)


def test_our_own_compressed_files_are_decoded(tmp_path: Path) -> None:
    web = optimized(a_ball(rings=40).bytes(), tmp_path).variants[Kind.WEB].path.read_bytes()
    (tmp_path / "again").mkdir()

    work = converted(web, tmp_path / "again")

    assert work.facts is not None
    assert {"EXT_meshopt_compression", "KHR_draco_mesh_compression"} & set(work.facts.extensions)
    model = plain_json(work)
    used = set(model.get("extensionsUsed", []))
    assert used <= {"KHR_texture_transform"}
    assert {row["componentType"] for row in model["accessors"]} <= {5123, 5125, 5126}


@pytest.mark.parametrize(
    ("build", "extension"),
    [(a_glass_ball, "KHR_materials_transmission"), (a_ball_in_two_colours, "KHR_materials_variants")],
)
def test_what_materials_can_do_is_kept(build: object, extension: str, tmp_path: Path) -> None:
    assert callable(build)
    builder: GlbBuilder = build()

    assert extension in plain_json(converted(builder.bytes(), tmp_path))["extensionsUsed"]


def test_skins_animations_and_morphs_are_kept(tmp_path: Path) -> None:
    (tmp_path / "morph").mkdir()

    bending = converted(a_bending_ball().bytes(), tmp_path).facts
    morphing = converted(a_morphing_ball().bytes(), tmp_path / "morph").facts

    assert bending is not None
    assert morphing is not None
    assert (bending.skins, bending.animations) == (1, 1)
    assert (morphing.morph_targets, morphing.animations) == (1, 1)


@pytest.mark.parametrize("extras", ["OCTAHEDRAL", 7, ["a"], None])
def test_extras_of_any_type_stand_beside_names_of_morph_targets(extras: Any, tmp_path: Path) -> None:
    ball = a_morphing_ball()
    ball.json["meshes"][0]["extras"] = extras

    facts = converted(ball.bytes(), tmp_path).facts

    assert facts is not None
    assert facts.morph_targets == 1


def test_a_skinned_model_is_as_large_as_its_joints_make_it(tmp_path: Path) -> None:
    builder = a_bending_ball()
    builder.json["nodes"][1] |= {"scale": [3, 3, 3], "translation": [0, 1, 0]}

    facts = converted(builder.bytes(), tmp_path).facts

    assert facts is not None
    assert facts.dimensions_m == pytest.approx((0.6, 0.6, 0.6), rel=0.05)
    assert facts.base_m == pytest.approx((0, 0.7, 0), abs=0.02)


def test_an_unknown_optional_extension_is_dropped_and_told(tmp_path: Path) -> None:
    builder = a_plain_ball()
    builder.json["extensionsUsed"] = ["ACME_sparkle"]
    builder.json["materials"][0]["extensions"] = {"ACME_sparkle": {}}

    work = converted(builder.bytes(), tmp_path)

    assert [notice.code for notice in work.notices] == ["extensions-dropped"]


def test_an_alpha_that_is_used_survives(tmp_path: Path) -> None:
    builder = a_ball()
    image = builder.view(picture("RGBA", kind="WEBP"))
    builder.json["images"][0] = {"bufferView": image, "mimeType": "image/webp"}
    builder.json["textures"][0] = {"extensions": {"EXT_texture_webp": {"source": 0}}}
    builder.json["extensionsUsed"] = builder.json["extensionsRequired"] = ["EXT_texture_webp"]
    builder.json["materials"][0]["alphaMode"] = "BLEND"

    work = converted(builder.bytes(), tmp_path)

    assert first_picture(work).mode == "RGBA"


def test_a_usdz_is_left_alone(tmp_path: Path) -> None:
    work = Work(source=tmp_path / "none.usdz", source_format=Format.USDZ, folder=tmp_path)

    assert Convert()(work, TOOLS) is work
