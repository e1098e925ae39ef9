"""What each place that takes 3D models says of one."""

import dataclasses
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.gltf_builders import a_ball, a_plain_ball, a_turning_ball, as_loose_files, as_zip, picture
from tests.pipeline.cooking import ROOT, TOOLS, optimized, work_on
from tests.pipeline.usdz_builders import a_package
from vitrine.pipeline.channels import CHANNELS, TERMS, Channel, Compare, Level, Rule
from vitrine.pipeline.judging import judge, with_true_scale
from vitrine.pipeline.measure import Measured, measure_made, measure_original
from vitrine.pipeline.scale import compare
from vitrine.pipeline.steps.channels import Channels
from vitrine.pipeline.steps.usdz import CheckUsdz, Usdz
from vitrine.pipeline.work import Format, Kind, Work

RULES = [(channel, rule) for channel in CHANNELS for rule in channel.rules]
FINE = Measured(
    format="glb",
    bytes=400_000,
    triangles=5_000,
    vertices=3_000,
    draw_calls=1,
    materials=1,
    textures=3,
    texture_max_px=512,
    texture_min_px=512,
    textures_not_power_of_two=0,
    undecodable=0,
    draco=0,
    longest_side_m=0.5,
    off_origin=0.0,
)
USDZ = replace(FINE, format="usdz", misplaced=0)


def verdicts(original: Measured, **ours: Measured) -> dict[str, tuple[str, str | None]]:
    """Channel -> verdict and the file to hand over; ours are fine unless told."""
    made = {Kind(name): found for name, found in ours.items()}
    defaults = {kind: USDZ if kind is Kind.IOS else FINE for kind in (channel.kind for channel in CHANNELS)}
    return {one["channel"]: (one["verdict"], one["file"]) for one in judge(original, defaults | made)}


def found_by(channels: list[dict[str, Any]], channel: str, name: str, level: str = "limit") -> dict[str, Any]:
    rules = next(one["rules"] for one in channels if one["channel"] == channel)
    return next(rule for rule in rules if (rule["name"], rule["level"]) == (name, level))


def cooked(data: bytes, folder: Path, *, name: str = "model.glb") -> Work:
    return Channels()(Usdz()(optimized(data, folder, name=name), TOOLS), TOOLS)


@pytest.mark.parametrize(("channel", "rule"), RULES)
def test_a_rule_says_where_it_comes_from_and_what_to_do(channel: Channel, rule: Rule) -> None:
    assert rule.name in {field.name for field in dataclasses.fields(Measured)}
    assert TERMS[rule.name].advice.endswith(".")
    assert rule.source.url.startswith("https://")
    assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", rule.source.date)


def test_each_channel_has_a_name_of_its_own() -> None:
    assert len({channel.key for channel in CHANNELS}) == len(CHANNELS) == 11


def test_a_small_glb_passes_everywhere_but_apple_needs_a_usdz() -> None:
    assert verdicts(FINE) == {
        "khronos-mobile-ar": ("pass", "mobile"),
        "khronos-web": ("pass", "web"),
        "khronos-desktop": ("pass", "web"),
        "khronos-planner": ("pass", "mobile"),
        "khronos-banner": ("pass", "preview"),
        "shopify": ("pass", "android"),
        "google-merchant": ("pass", "android"),
        "amazon": ("pass", "android"),
        "quick-look": ("fixed", "ios"),
        "scene-viewer": ("pass", "android"),
        "asset-auditor": ("pass", "web"),
    }


@pytest.mark.parametrize(("channel", "rule"), [one for one in RULES if one[1].level is Level.LIMIT])
def test_a_limit_decides_between_pass_fixed_and_fail(channel: Channel, rule: Rule) -> None:
    fine = USDZ if channel.kind is Kind.IOS else FINE
    broken = replace(fine, **{rule.name: beyond(rule)})

    assert verdicts(fine)[channel.key] == ("pass", str(channel.kind))
    assert verdicts(broken, **{channel.kind: fine})[channel.key] == ("fixed", str(channel.kind))
    assert verdicts(broken, **{channel.kind: broken})[channel.key] == ("fail", None)
    assert verdicts(fine, **{channel.kind: broken})[channel.key] == ("pass", "original")


def beyond(rule: Rule) -> Any:
    if isinstance(rule.limit, tuple):
        return "zip"
    return (
        rule.limit
        if rule.compare is Compare.BELOW
        else rule.limit + (-1 if rule.compare is Compare.AT_LEAST else 1)
    )


@pytest.mark.parametrize(("channel", "rule"), [one for one in RULES if one[1].level is Level.ADVICE])
def test_advice_is_told_but_fails_nothing(channel: Channel, rule: Rule) -> None:
    ours = {kind: USDZ if kind is Kind.IOS else FINE for kind in Kind}
    original = replace(USDZ if channel.kind is Kind.IOS else FINE, **{rule.name: beyond(rule)})

    judged = judge(original, ours)

    told = found_by(judged, channel.key, rule.name, "advice")
    assert told["original"] == {"found": beyond(rule), "ok": False}
    others = [one for one in channel.rules if one.name == rule.name and one.level is Level.LIMIT]
    if all(one.holds(beyond(rule)) for one in others):
        assert next(one["verdict"] for one in judged if one["channel"] == channel.key) == "pass"


def test_without_files_of_ours_the_upload_itself_is_judged() -> None:
    judged = {one["channel"]: one for one in judge(FINE, {})}

    assert (judged["shopify"]["verdict"], judged["shopify"]["file"]) == ("pass", "original")
    assert (judged["quick-look"]["verdict"], judged["quick-look"]["file"]) == ("fail", None)
    assert {rule["ours"] for rule in judged["quick-look"]["rules"]} == {None}


def test_what_is_not_there_breaks_no_rule() -> None:
    bare = Measured(format="glb", bytes=1000, triangles=10)

    assert verdicts(bare)["asset-auditor"] == ("pass", "web")


def test_amazon_asks_for_the_true_size() -> None:
    judged = judge(FINE, {Kind.ANDROID: FINE})

    said = {
        claimed: with_true_scale(judged, compare((0.5, 0.5, 0.5), claimed))
        for claimed in (None, (0.5, 0.5, 0.5), (0.5, 0.5, 0.7))
    }

    told = {claimed: found_by(channels, "amazon", "true_size") for claimed, channels in said.items()}
    verdict = {claimed: [one["verdict"] for one in channels] for claimed, channels in said.items()}
    assert [one["original"]["ok"] for one in told.values()] == [None, True, False]
    assert told[0.5, 0.5, 0.7]["advice"].endswith("z is off by -29%. Scale the model, or correct the claim.")
    assert verdict[None] == verdict[0.5, 0.5, 0.5] == [one["verdict"] for one in judged]
    amazon = [one["channel"] for one in judged].index("amazon")
    assert (verdict[None][amazon], verdict[0.5, 0.5, 0.7][amazon]) == ("pass", "fail")


def test_a_compressed_upload_is_fixed_for_scene_viewer(tmp_path: Path) -> None:
    builder = a_ball()
    builder.json["images"][0] = {"bufferView": builder.view(picture(kind="WEBP")), "mimeType": "image/webp"}
    builder.json["textures"][0] = {"extensions": {"EXT_texture_webp": {"source": 0}}}
    builder.json["extensionsUsed"] = builder.json["extensionsRequired"] = ["EXT_texture_webp"]

    work = cooked(builder.bytes(), tmp_path)

    judged = work.details["channels"]
    rule = found_by(judged, "scene-viewer", "undecodable")
    assert (rule["original"], rule["ours"]) == ({"found": 1, "ok": False}, {"found": 0, "ok": True})
    assert [one["verdict"] for one in judged if one["channel"] == "scene-viewer"] == ["fixed"]
    size = found_by(judged, "quick-look", "misplaced")
    assert (size["original"]["found"], size["ours"]["found"]) == (None, 0)


def test_a_zip_is_nothing_for_google_but_our_file_is(tmp_path: Path) -> None:
    work = cooked(as_zip(as_loose_files(a_plain_ball().bytes())), tmp_path, name="model.zip")

    rule = found_by(work.details["channels"], "google-merchant", "format")
    assert (rule["original"], rule["ours"]) == ({"found": "zip", "ok": False}, {"found": "glb", "ok": True})


def test_a_usdz_upload_is_for_apple(tmp_path: Path) -> None:
    source = a_package(tmp_path / "box.usdz")
    (tmp_path / "job").mkdir()
    work = Work(source=source, source_format=Format.USDZ, folder=tmp_path / "job")

    judged = Channels()(CheckUsdz()(work, TOOLS), TOOLS).details["channels"]

    passed = {one["channel"] for one in judged if one["verdict"] == "pass"}
    assert passed == {"quick-look", "shopify"}


def test_the_original_is_measured_where_it_stands_and_as_long_as_it_moves(tmp_path: Path) -> None:
    builder = a_turning_ball()
    builder.json["nodes"][0]["translation"] = [0, 1, 0]
    data = builder.bytes()

    found = measure_original(optimized(data, tmp_path))

    assert (found.bytes, found.format, found.animation_s) == (len(data), "glb", 2.0)
    assert found.draw_calls == found.materials == 1
    assert found.longest_side_m == pytest.approx(0.2, abs=0.01)
    assert found.off_origin == pytest.approx(450, abs=15)


def test_the_files_are_measured_as_the_engine_counted_them(tmp_path: Path) -> None:
    work = optimized(a_ball(side=96).bytes(), tmp_path)
    assert work.facts is not None

    for kind, said in work.details["optimize"]["variants"].items():
        found = measure_made(work.variants[Kind(kind)], work.facts)
        for name in (
            "bytes",
            "triangles",
            "vertices",
            "draw_calls",
            "materials",
            "textures",
            "texture_max_px",
        ):
            assert (kind, name, getattr(found, name)) == (kind, name, said[name])
        assert found.textures_not_power_of_two == (0 if found.texture_max_px == 64 else 3)


def test_a_work_without_facts_goes_by(tmp_path: Path) -> None:
    work = work_on(b"glTF", tmp_path)

    assert Channels()(work, TOOLS) is work


def test_the_guide_lists_every_rule() -> None:
    guide = (ROOT / "docs" / "channels.md").read_text()

    assert guide.partition("<!-- rules -->\n")[2].partition("<!-- end -->")[0] == the_tables()


def the_tables() -> str:
    return "\n".join(a_table(channel) for channel in CHANNELS)


def a_table(channel: Channel) -> str:
    head = f"### {channel.title}\n\n`{channel.key}`, judged on `{channel.kind}`. {channel.why}\n\n"
    rows = [
        f"| {TERMS[rule.name].words} | {in_words(rule)} | {rule.level} | "
        f"[{rule.source.title}]({rule.source.url}), {rule.source.date} |\n"
        for rule in channel.rules
    ]
    return head + "| rule | | level | source |\n|---|---|---|---|\n" + "".join(rows)


def in_words(rule: Rule) -> str:
    if isinstance(rule.limit, tuple):
        return " or ".join(rule.limit)
    comparison = {Compare.AT_MOST: "at most", Compare.BELOW: "below", Compare.AT_LEAST: "at least"}[
        rule.compare
    ]
    return f"{comparison} {rule.limit:,} {TERMS[rule.name].unit}"
