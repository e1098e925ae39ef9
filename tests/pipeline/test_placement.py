"""A model that was exported wrongly is turned, scaled and stood up; nothing of the source is touched."""

from pathlib import Path

import pytest

from tests.gltf_builders import a_bending_ball, a_plain_ball, pack_glb, unpack_glb
from tests.pipeline.cooking import TOOLS, errors_in, gated
from vitrine.pipeline.placement import Placement
from vitrine.pipeline.recipes import standard
from vitrine.pipeline.steps.convert import Convert
from vitrine.pipeline.steps.optimize import Optimize
from vitrine.pipeline.studio.reference import original_of
from vitrine.pipeline.work import Work


def placed(data: bytes, folder: Path, placement: Placement | None) -> Work:
    own = folder / ("placed" if placement else "as-sent")
    own.mkdir()
    return Convert(placement=placement)(gated(data, own), TOOLS)


def a_plank() -> bytes:
    """Lying: 0.2 wide, 0.2 high, 1 deep (its up axis is z), with its middle at the origin."""
    model, binary = unpack_glb(a_plain_ball().bytes())
    model["nodes"][0]["scale"] = [1, 1, 5]
    return pack_glb(model, binary)


def test_a_model_that_lies_is_stood_up_on_the_ground_in_metres(tmp_path: Path) -> None:
    lying = placed(a_plank(), tmp_path, None).facts
    assert lying is not None
    assert lying.dimensions_m == pytest.approx((0.2, 0.2, 1.0), rel=0.05)

    work = placed(a_plank(), tmp_path, Placement(turn_x=-90, scale=2, ground=True))

    facts = work.facts
    assert facts is not None
    assert facts.dimensions_m == pytest.approx((0.4, 2.0, 0.4), rel=0.05)
    assert facts.base_m == pytest.approx((0, 0, 0), abs=1e-5)
    assert work.plain is not None
    assert errors_in(work.plain, work.folder) == []


def test_turns_go_about_z_then_x_then_y(tmp_path: Path) -> None:
    facts = placed(a_plank(), tmp_path, Placement(turn_x=90, turn_y=90)).facts

    assert facts is not None
    assert facts.dimensions_m == pytest.approx(
        (0.2, 1.0, 0.2), rel=0.05
    )  # up by x, and about its own axis by y


def test_what_is_bound_to_a_skeleton_goes_along(tmp_path: Path) -> None:
    before = placed(a_bending_ball().bytes(), tmp_path, None).facts
    after = placed(a_bending_ball().bytes(), tmp_path, Placement(scale=3, ground=True)).facts

    assert before is not None
    assert after is not None
    assert before.dimensions_m is not None
    assert after.dimensions_m == pytest.approx([3 * side for side in before.dimensions_m], rel=1e-3)
    assert after.base_m == pytest.approx((0, 0, 0), abs=1e-5)


def test_the_upload_is_no_longer_what_is_shown_nor_proven_against(tmp_path: Path) -> None:
    as_sent = placed(a_plank(), tmp_path, None)
    work = placed(a_plank(), tmp_path, Placement(turn_x=-90))

    assert (original_of(as_sent), original_of(work)) == (as_sent.source, work.plain)
    made = Optimize()(work, TOOLS)
    assert work.source.read_bytes() not in {one.path.read_bytes() for one in made.variants.values()}


@pytest.mark.parametrize("given", [None, {}, {"scale": 1.0}, {"turn_x": 0, "ground": False}])
def test_a_placement_that_changes_nothing_is_none(given: dict[str, float] | None) -> None:
    assert Placement.of(given) is None
    assert standard(placement=given) == standard()
