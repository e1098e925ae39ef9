"""Animation in a USDZ: skins as UsdSkel, nodes as time samples; it must move as the GLB does."""

from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdSkel

from tests.pipeline.usdz_builders import Model, an_arm
from vitrine.pipeline.usdz import gltf, readback, validation
from vitrine.pipeline.usdz.clip import Channel, clips, telling
from vitrine.pipeline.usdz.geometry import influences
from vitrine.pipeline.usdz.making import Wish, make
from vitrine.pipeline.usdz.pose import Pose, composed, decomposed
from vitrine.pipeline.usdz.tree import FRAMES_PER_S

WISH = Wish(max_texture_px=2048, max_triangles=100_000)


def made(source: Path) -> Path:
    target = source.with_suffix(".usdz")
    make(source, target, WISH, lambda _: None)
    return target


def test_joints_stand_in_the_middle_where_the_glb_has_them(tmp_path: Path) -> None:
    source = an_arm(tmp_path / "arm.glb")
    glb = gltf.read(source)

    stage = validation.opened(made(source))

    pose = Pose(glb, clips(glb)[0])
    skeleton = UsdSkel.Skeleton(stage.GetPrimAtPath("/Root/Skinned/Skeleton"))
    query = UsdSkel.Cache().GetSkelQuery(skeleton)
    root = np.array(skeleton.ComputeLocalToWorldTransform(Usd.TimeCode.Default()))
    start, middle = (
        [
            np.array(one) @ root
            for one in query.ComputeJointSkelTransforms(Usd.TimeCode(time_s * FRAMES_PER_S))
        ]
        for time_s in (0.0, 1.0)
    )
    assert list(query.GetJointOrder()) == ["Shoulder", "Shoulder/Elbow"]
    assert middle[1] == pytest.approx(pose.world(0, 1.0), abs=1e-5)
    assert middle[0] == pytest.approx(pose.world(1, 1.0), abs=1e-5)
    assert np.abs(middle[1] - start[1]).max() > 0.1


def test_skinned_points_follow_their_joints(tmp_path: Path) -> None:
    stage = validation.opened(made(an_arm(tmp_path / "arm.glb")))

    start, end = (next(readback.drawn(stage, time_s)).points for time_s in (0.0, 2.0))

    # Half the size, a quarter of a metre up; the upper edge turns by 90° about the elbow at y = 0.75.
    assert start == pytest.approx(
        np.array([[-0.5, 0.25, 0], [0.5, 0.25, 0], [0.5, 1.25, 0], [-0.5, 1.25, 0]])
    )
    assert end == pytest.approx(
        np.array([[-0.5, 0.25, 0], [0.5, 0.25, 0], [-0.5, 1.25, 0], [-0.5, 0.25, 0]]), abs=1e-5
    )


def test_a_skin_that_nothing_moves_becomes_a_plain_mesh(tmp_path: Path) -> None:
    source = an_arm(tmp_path / "arm.glb")
    glb = gltf.read(source)
    model = Model({**glb.document, "animations": []}, bytearray(glb.binary))

    stage = validation.opened(made(model.save(source)))

    points = next(readback.drawn(stage, 0.0)).points
    assert (points.min(axis=0).tolist(), points.max(axis=0).tolist()) == ([-0.5, 0.25, 0], [0.5, 1.25, 0])
    assert not [prim for prim in stage.Traverse() if prim.IsA(UsdSkel.Root)]


def test_skins_that_agree_share_one_skeleton(tmp_path: Path) -> None:
    source = an_arm(tmp_path / "arm.glb")
    glb = gltf.read(source)
    model = Model(glb.document, bytearray(glb.binary))
    second = model.add("skins", dict(model.document["skins"][0]))
    model.node(name="Sleeve", mesh=0, skin=second)

    stage = validation.opened(made(model.save(source)))

    assert len([prim for prim in stage.Traverse() if prim.IsA(UsdSkel.Skeleton)]) == 1
    assert len(list(readback.drawn(stage, 1.0))) == 2


def test_a_moving_node_has_time_samples(tmp_path: Path) -> None:
    model = Model()
    door = model.node(mesh=model.square(), name="Door")
    half = np.sqrt(0.5)
    model.animation(
        [0.0, 1.0],
        {
            (door, "translation"): [(0, 0, 0), (4, 0, 0)],
            (door, "rotation"): [(0, 0, 0, 1), (0, half, 0, half)],
        },
    )

    stage = validation.opened(made(model.save(tmp_path / "door.glb")))

    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0.0, FRAMES_PER_S)
    middle = next(readback.drawn(stage, 0.5)).points
    assert middle[0] == pytest.approx([2 - half, 0, half], abs=1e-4)


def test_only_the_first_animation_is_kept_and_the_others_are_named(tmp_path: Path) -> None:
    model = Model()
    door = model.node(mesh=model.square())
    for name in ("Open", "Close", "Slam"):
        clip = model.animation([0.0, 1.0], {(door, "translation"): [(0, 0, 0), (1, 0, 0)]})
        model.document["animations"][clip]["name"] = name
    source = model.save(tmp_path / "door.glb")

    report = make(source, tmp_path / "door.usdz", WISH, lambda _: None)

    assert report["fidelity"]["kept"] == [{"material": None, "feature": "animation 'Open'"}]
    assert report["fidelity"]["dropped"] == [
        {"material": None, "feature": "every animation but the first ('Close', 'Slam')"}
    ]


def test_steps_are_sampled_densely(tmp_path: Path) -> None:
    model = Model()
    hand = model.node(mesh=model.square())
    model.animation(
        [0.0, 1.0, 2.0], {(hand, "translation"): [(0, 0, 0), (1, 0, 0), (2, 0, 0)]}, interpolation="STEP"
    )

    stage = validation.opened(made(model.save(tmp_path / "clock.glb")))

    lefts = [float(next(readback.drawn(stage, time_s)).points[0][0]) for time_s in (0.9, 1.0, 1.9, 2.0)]
    assert lefts == [-1.0, 0.0, 0.0, 1.0]


def test_a_cubic_spline_passes_its_keys_and_leaves_them_by_its_tangents() -> None:
    rows = np.array([[0.0], [0.0], [3.0], [3.0], [1.0], [0.0]])  # in, value, out for each of two keys
    channel = Channel(np.array([0.0, 1.0]), rows, "CUBICSPLINE")

    values = channel.at(np.array([0.0, 0.5, 1.0]), rotation=False)

    # p(½) = ½·0 + ⅛·3 + ½·1 − ⅛·3
    assert values[:, 0].tolist() == [0.0, 0.5, 1.0]


def test_a_matrix_is_taken_apart_and_put_together_again() -> None:
    turn = np.array([0.1, -0.7, 0.3, 0.64])
    whole = composed(np.array([1.0, 2, 3]), turn / np.linalg.norm(turn), np.array([-2.0, 0.5, 3]))

    parts = decomposed(whole)

    again = composed(*(np.array(parts[name]) for name in ("translation", "rotation", "scale")))
    assert again == pytest.approx(whole)


def test_of_many_joints_the_four_strongest_hold_a_vertex(tmp_path: Path) -> None:
    model = Model()
    attributes = {
        "JOINTS_0": model.numbers([(0, 1, 2, 3)], "u1"),
        "WEIGHTS_0": model.numbers([(0.4, 0.02, 0.1, 0.08)]),
        "JOINTS_1": model.numbers([(4, 5, 6, 7)], "u1"),
        "WEIGHTS_1": model.numbers([(0.2, 0.1, 0.06, 0.04)]),
    }
    glb = gltf.read(model.save(tmp_path / "vertex.glb"))

    joints, weights = influences(glb, attributes)

    assert joints is not None
    assert weights is not None
    assert joints.tolist() == [[0, 4, 2, 5]]
    assert weights[0] == pytest.approx([0.5, 0.25, 0.125, 0.125])


def test_samples_on_a_straight_line_are_left_out() -> None:
    times = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
    rows = np.array([[0.0], [0.5], [1.0], [1.2], [1.0], [0.0]])

    kept = telling(times, rows, tolerance=0.01)

    assert kept.tolist() == [0, 2, 3, 4, 5]
    assert telling(times, rows, tolerance=0.5).tolist() == [0, 4, 5]


def test_an_even_turn_needs_few_samples(tmp_path: Path) -> None:
    stage = validation.opened(made(an_arm(tmp_path / "arm.glb")))

    animation = UsdSkel.Animation(stage.GetPrimAtPath("/Root/Skinned/Animation"))

    assert 2 < animation.GetRotationsAttr().GetNumTimeSamples() < 20  # of the 61 that were baked
