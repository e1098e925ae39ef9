"""The variants: small, valid, still doing what the model did, and never larger than what came."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.gltf_builders import (
    a_ball,
    a_ball_in_two_clothes,
    a_ball_in_two_colours,
    a_ball_with_alpha,
    a_bending_ball,
    a_glass_ball,
    a_morphing_ball,
    a_plain_ball,
    a_turning_ball,
)
from tests.pipeline.cooking import (
    TOOLS,
    converted,
    errors_in,
    keeps_to,
    optimized,
    variant_json,
)
from vitrine.pipeline.looks import LAST_EFFORT, Bound, allowed
from vitrine.pipeline.steps.optimize import Limits, Optimize
from vitrine.pipeline.work import Kind, Proof, View, Wish, Work

KINDS = (Kind.PREVIEW, Kind.MOBILE, Kind.WEB, Kind.ANDROID)
CORE = {"KHR_materials_transmission", "KHR_materials_volume", "KHR_materials_variants"}


@pytest.fixture(scope="module")
def ball(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """A textured ball of 12,800 triangles, optimized once for all who only look."""
    return optimized(a_ball(side=256, rings=80).bytes(), tmp_path_factory.mktemp("ball"))


def report(work: Work, kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = work.details["optimize"]["variants"][kind]
    return found


def test_all_four_variants_are_made(ball: Work) -> None:
    assert set(ball.variants) == set(KINDS)
    keeps_to("optimize_report", ball.details["optimize"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_variant_is_valid(ball: Work, kind: Kind) -> None:
    assert errors_in(ball.variants[kind].path, ball.folder) == []


@pytest.mark.parametrize("kind", [Kind.PREVIEW, Kind.MOBILE, Kind.WEB])
def test_no_displayed_variant_is_larger_than_the_original(ball: Work, kind: Kind) -> None:
    assert ball.variants[kind].path.stat().st_size < ball.source.stat().st_size


def test_the_preview_keeps_its_budget(ball: Work) -> None:
    assert report(ball, Kind.PREVIEW)["brotli_bytes"] <= 100_000
    assert 1_500 <= report(ball, Kind.PREVIEW)["triangles"] <= 6_000


def test_the_android_file_is_core_gltf(ball: Work) -> None:
    model = variant_json(ball, Kind.ANDROID)

    assert "extensionsRequired" not in model
    assert set(model.get("extensionsUsed", [])) <= CORE
    assert {image["mimeType"] for image in model["images"]} <= {"image/png", "image/jpeg"}


def test_the_made_tell_what_the_report_tells(ball: Work) -> None:
    made = ball.variants[Kind.WEB]

    found = report(ball, Kind.WEB)
    assert (made.triangles, made.textures, made.texture_max_px) == (
        found["triangles"],
        found["textures"],
        found["texture_max_px"],
    )
    assert made.path.stat().st_size == found["bytes"]


def test_the_same_model_twice_gives_the_same_bytes(ball: Work, tmp_path: Path) -> None:
    again = optimized(ball.source.read_bytes(), tmp_path)

    for kind in KINDS:
        assert again.variants[kind].path.read_bytes() == ball.variants[kind].path.read_bytes()


def test_a_small_model_is_not_made_larger(tmp_path: Path) -> None:
    data = a_plain_ball(rings=3).bytes()

    work = optimized(data, tmp_path)

    for kind in (Kind.PREVIEW, Kind.MOBILE, Kind.WEB):
        assert work.variants[kind].path.stat().st_size <= len(data)


def test_what_was_optimized_before_does_not_grow(ball: Work, tmp_path: Path) -> None:
    web = ball.variants[Kind.WEB].path.read_bytes()

    work = optimized(web, tmp_path)

    assert work.variants[Kind.WEB].path.stat().st_size <= len(web)


def test_a_used_alpha_is_never_made_a_jpeg(tmp_path: Path) -> None:
    work = optimized(a_ball_with_alpha().bytes(), tmp_path)

    colour = next(one for one in work.details["optimize"]["textures"] if one["alpha"])
    assert not colour["web"][0].startswith("jpeg")
    assert colour["android"][0] in ("png", "kept")


@pytest.mark.parametrize("kind", [Kind.WEB, Kind.MOBILE, Kind.ANDROID])
def test_animations_and_skins_live_on(kind: Kind, tmp_path: Path) -> None:
    model = variant_json(optimized(a_bending_ball().bytes(), tmp_path), kind)

    assert len(model["skins"]) == 1
    assert len(model["skins"][0]["joints"]) == 2
    assert [animation["name"] for animation in model["animations"]] == ["turn"]


@pytest.mark.parametrize("kind", [Kind.WEB, Kind.ANDROID])
def test_a_turning_model_still_turns(kind: Kind, tmp_path: Path) -> None:
    model = variant_json(optimized(a_turning_ball().bytes(), tmp_path), kind)

    assert model["animations"][0]["channels"][0]["target"]["path"] == "rotation"


@pytest.mark.parametrize("kind", [Kind.WEB, Kind.ANDROID])
def test_morph_targets_live_on(kind: Kind, tmp_path: Path) -> None:
    model = variant_json(optimized(a_morphing_ball().bytes(), tmp_path), kind)

    assert len(model["meshes"][0]["primitives"][0]["targets"]) == 1
    assert model["animations"][0]["channels"][0]["target"]["path"] == "weights"


@pytest.mark.parametrize("kind", KINDS)
def test_glass_still_lets_light_through(kind: Kind, tmp_path: Path) -> None:
    model = variant_json(optimized(a_glass_ball().bytes(), tmp_path), kind)

    extension = model["materials"][0]["extensions"]["KHR_materials_transmission"]
    assert extension["transmissionFactor"] == pytest.approx(0.9)


@pytest.mark.parametrize("kind", KINDS)
def test_material_variants_can_still_be_chosen(kind: Kind, tmp_path: Path) -> None:
    model = variant_json(optimized(a_ball_in_two_colours().bytes(), tmp_path), kind)

    names = [variant["name"] for variant in model["extensions"]["KHR_materials_variants"]["variants"]]
    assert names == ["red", "green"]
    mappings = model["meshes"][0]["primitives"][0]["extensions"]["KHR_materials_variants"]["mappings"]
    assert len(mappings) == 2


@pytest.fixture(scope="module")
def clothed(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """In two cloths, of which the renderer saw the first; its sheen's map was found to matter little."""
    work = converted(a_ball_in_two_clothes(side=256).bytes(), tmp_path_factory.mktemp("clothed"))
    softness = {
        "views": ["front", "close-1"],
        "shares": [5 / 7, 2 / 7],
        "scales": dict.fromkeys("0123", 0.25),
        "losses": {"0": [0.4, 0.6], "1": [0.0, 0.0], "2": [0.0, 0.0], "3": [0.0, 0.0]},
    }
    return Optimize()(work.with_detail("softness", softness), TOOLS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_cloth_keeps_its_pictures_and_its_sheen(kind: Kind, clothed: Work) -> None:
    model = variant_json(clothed, kind)

    (primitive,) = model["meshes"][0]["primitives"]
    worn = [one["material"] for one in primitive["extensions"]["KHR_materials_variants"]["mappings"]]
    cloths = [model["materials"][material] for material in worn]
    assert primitive["material"] == worn[0]
    assert len({one["pbrMetallicRoughness"]["baseColorTexture"]["index"] for one in cloths}) == 2
    assert len({one["normalTexture"]["index"] for one in cloths}) == 1
    for cloth in cloths:
        sheen = cloth["extensions"]["KHR_materials_sheen"]
        assert sheen["sheenColorFactor"] == pytest.approx([0.9, 0.4, 0.4], abs=1e-3)
        assert "sheenColorTexture" in sheen


@pytest.mark.parametrize("kind", [Kind.WEB, Kind.MOBILE, Kind.ANDROID])
def test_a_cloth_that_was_not_rendered_is_as_sharp_as_the_one_that_was(kind: Kind, clothed: Work) -> None:
    first, _, _, sheen, other = clothed.details["optimize"]["textures"]

    assert other["weights"] == [0, 0, *first["weights"][:2]]
    assert other[kind][1:3] == first[kind][1:3] > sheen[kind][1:3]
    assert other[kind][3] > first[kind][3] / 2


def proven(work: Work, **ssim: float) -> Work:
    """The work with a proof for each kind named, as if it had been rendered; no bytes tempt to another try."""
    made = {}
    for kind, value in ssim.items():
        view = View(name="front", ssim=value)
        bound = allowed(Kind(kind), Bound.of(0.98))
        assert bound is not None
        proof = Proof(
            ssim=value,
            worst_ssim=value,
            flip=0.0,
            bound=1 - bound.mean,
            worst_bound=1 - bound.worst,
            views=(view,),
        )
        made[Kind(kind)] = replace(work.variants[Kind(kind)], proof=proof, tempting_bytes=0)
    return work.with_variants(*made.values()).with_tries(*made.values())


def test_a_second_pass_redoes_only_what_fell_short(ball: Work) -> None:
    before = proven(ball, web=0.9, mobile=0.973, android=0.982)

    after = Optimize(effort=1)(before, TOOLS)

    assert after.variants[Kind.WEB].proof is None
    assert after.variants[Kind.WEB].path != before.variants[Kind.WEB].path
    assert after.variants[Kind.MOBILE] == before.variants[Kind.MOBILE]
    assert after.variants[Kind.ANDROID] == before.variants[Kind.ANDROID]
    assert list(after.details["optimize-1"]["variants"]) == ["web"]


def test_what_has_no_room_to_spare_stays_as_it_is(ball: Work) -> None:
    before = proven(ball, web=0.982, mobile=0.973, android=0.982)

    assert Optimize(effort=1)(before, TOOLS) is before


def test_what_has_room_to_spare_is_tried_smaller_and_kept_until_that_is_proven(ball: Work) -> None:
    before = proven(ball, android=0.998)

    after = Optimize(effort=1)(before, TOOLS)

    assert after.spare == {Kind.ANDROID: before.variants[Kind.ANDROID]}
    tried = after.variants[Kind.ANDROID]
    assert tried.path.stat().st_size < before.variants[Kind.ANDROID].path.stat().st_size


def test_each_effort_is_closer_to_the_original(ball: Work) -> None:
    work = proven(ball, web=0.9)
    sizes = [work.variants[Kind.WEB].path.stat().st_size]

    for effort in range(1, LAST_EFFORT + 1):
        work = proven(Optimize(effort=effort)(work, TOOLS), web=0.9)
        sizes.append(work.variants[Kind.WEB].path.stat().st_size)

    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 2
    assert work.variants[Kind.WEB].wish == Wish(budget=0.05, tolerance=0.0)


def test_a_higher_quality_takes_more_bytes(ball: Work) -> None:
    strict = Optimize(bound=Bound.of(0.995))(ball, TOOLS)

    assert strict.variants[Kind.WEB].path.stat().st_size > 1.2 * ball.variants[Kind.WEB].path.stat().st_size


@pytest.mark.parametrize("kind", [Kind.WEB, Kind.MOBILE, Kind.ANDROID])
def test_a_variant_fits_what_was_asked_for(ball: Work, kind: Kind) -> None:
    limits = Limits(max_bytes=60_000, max_triangles=1_000, max_px=128)

    made = Optimize(limits=limits)(ball, TOOLS).variants[kind]

    assert made.path.stat().st_size <= 60_000
    assert (made.triangles or 0) <= 1_000
    assert (made.texture_max_px or 0) <= 128


def test_a_phone_never_gets_more_triangles_than_it_takes(tmp_path: Path) -> None:
    made = optimized(a_ball(rings=240).bytes(), tmp_path)

    last = Optimize(effort=LAST_EFFORT)(proven(made, android=0.9), TOOLS)

    assert report(made, Kind.ANDROID)["triangles"] <= 100_000
    again = last.details[f"optimize-{LAST_EFFORT}"]["variants"]["android"]["triangles"]
    assert 90_000 < again <= 100_000
    assert not last.notices


def test_progress_is_told_while_it_works(tmp_path: Path) -> None:
    work = converted(a_ball().bytes(), tmp_path)
    told: list[float] = []

    Optimize()(work, replace(TOOLS, note=partial(told.append)))

    assert told == sorted(told)
    assert told[-1] > 0.5


def test_the_preview_stands_still_in_the_pose_that_the_animation_begins_with(tmp_path: Path) -> None:
    builder = a_bending_ball(rings=80)
    bent = [0.0, 0.6, 0.0, 0.8]
    builder.json["animations"][0]["samplers"][0]["output"] = builder.accessor([bent] * 9)

    model = variant_json(optimized(builder.bytes(), tmp_path), Kind.PREVIEW)

    assert "animations" not in model
    assert pytest.approx(bent, abs=0.001) in [node.get("rotation") for node in model["nodes"]]
