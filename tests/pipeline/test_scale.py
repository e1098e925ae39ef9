"""Whether a model is as large as its product."""

from pathlib import Path
from typing import Any

import pytest

from tests.gltf_builders import a_plain_ball
from tests.pipeline.cooking import TOOLS, converted
from tests.pipeline.usdz_builders import a_package
from vitrine.pipeline.scale import Match, Size, claim_fault, claim_of, compare, doubts
from vitrine.pipeline.steps.usdz import CheckUsdz
from vitrine.pipeline.work import Format, Work

CHAIR: Size = (0.42, 0.88, 0.51)


@pytest.mark.parametrize(
    ("measured", "match", "factor", "axes"),
    [
        (CHAIR, Match.MATCHES, 1, "xyz"),
        ((0.44, 0.84, 0.53), Match.MATCHES, 1, "xyz"),
        ((0.42, 0.51, 0.88), Match.SWAPPED, 1, "xzy"),
        ((42.0, 88.0, 51.0), Match.SCALED, 100, "xyz"),
        ((420.0, 880.0, 510.0), Match.SCALED, 1000, "xyz"),
        ((42.0, 51.0, 88.0), Match.SCALED, 100, "xzy"),
        ((0.0042, 0.0088, 0.0051), Match.SCALED, 0.01, "xyz"),
        ((0.42, 0.93, 0.51), Match.DIFFERS, None, None),
        ((0.84, 1.76, 1.02), Match.DIFFERS, None, None),
        ((0.0, 0.0, 0.0), Match.DIFFERS, None, None),
        (None, Match.UNKNOWN, None, None),
    ],
)
def test_a_size_is_compared_with_its_claim(
    measured: Size | None, match: Match, factor: float | None, axes: str | None
) -> None:
    scale = compare(measured, CHAIR)

    assert (scale.match, scale.factor, scale.axes) == (match, factor, axes)
    assert (scale.measured_m, scale.claimed_m) == (measured, CHAIR)


def test_a_thin_side_may_be_off_by_a_hundredth_of_the_longest() -> None:
    assert compare((0.5, 0.012, 0.3), (0.5, 0.008, 0.3)).match is Match.MATCHES
    assert compare((0.5, 0.014, 0.3), (0.5, 0.008, 0.3)).match is Match.DIFFERS


def test_a_mistaken_unit_is_said() -> None:
    assert compare((42.0, 51.0, 88.0), CHAIR).detail == (
        "The model measures 42 × 51 × 88 m, metadata.dimensions_m claims 0.42 × 0.88 × 0.51 m. "
        "It is 100 times too large: it took centimetres for metres. Export it in metres. "
        "The claimed x, y and z are the file's x, z, y: turn the model so that +Y is up and +Z its front, "
        "or correct the order of the claim."
    )


def test_without_a_claim_it_says_how_to_make_one() -> None:
    scale = compare(CHAIR, None)

    assert (scale.match, "Give metadata.dimensions_m" in scale.detail) == (Match.UNKNOWN, True)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([0.42, 0.88, 0.51], ""),
        ([1, 1000, 0.001], ""),
        ([0.42, 0.88], "a list of three numbers"),
        ({"x": 1, "y": 1, "z": 1}, "a list of three numbers"),
        ("0.4 x 0.8 x 0.5", "a list of three numbers"),
        ([0.42, "0.88", 0.51], "y is '0.88', not a number above 0 and up to 1000"),
        ([0.42, 0.88, 0], "z is 0, not a number above 0 and up to 1000"),
        ([True, 0.88, 0.51], "x is True, not a number"),
        ([1e300, 0.88, 0.51], "x is 1e+300, not a number"),
    ],
)
def test_a_claim_is_three_sides_in_metres(value: Any, fault: str) -> None:
    said = claim_fault(value)

    assert fault in said
    assert bool(fault) is bool(said)
    assert (claim_of({"dimensions_m": value}) is None) is bool(fault)


@pytest.mark.parametrize(
    ("measured", "codes"),
    [
        (None, []),
        (CHAIR, []),
        ((20.0, 3.0, 3.0), []),
        ((42.0, 88.0, 51.0), ["looks-like-centimetres"]),
        ((420.0, 880.0, 510.0), ["looks-like-millimetres"]),
        ((1.0, 50_000.0, 1.0), ["size-unlikely"]),
    ],
)
def test_a_size_that_no_product_has_is_doubted(measured: Size | None, codes: list[str]) -> None:
    assert [notice.code for notice in doubts(measured)] == codes


def test_a_ball_in_centimetres_is_told_with_what_it_would_measure(tmp_path: Path) -> None:
    builder = a_plain_ball()
    builder.json["nodes"][0]["scale"] = [150, 150, 150]

    notices = converted(builder.bytes(), tmp_path).notices

    assert [notice.code for notice in notices] == ["looks-like-centimetres"]
    assert "divided by 100 (centimetres) it would measure 0.3 × 0.3 × 0.3 m" in notices[0].detail
    assert "divided by 1000 (millimetres) 0.03 × 0.03 × 0.03 m" in notices[0].detail


def test_a_usdz_is_doubted_too(tmp_path: Path) -> None:
    source = a_package(tmp_path / "box.usdz", unit=100)
    (tmp_path / "job").mkdir()

    work = CheckUsdz()(Work(source=source, source_format=Format.USDZ, folder=tmp_path / "job"), TOOLS)

    assert [notice.code for notice in work.notices][-1:] == ["looks-like-centimetres"]
