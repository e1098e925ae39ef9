"""The first frame that a person chose, out of anybody's JSON."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.gltf_builders import a_ball
from tests.pipeline.test_prove import a_work, tools
from vitrine.pipeline.first import First
from vitrine.pipeline.steps.render import Render
from vitrine.pipeline.work import Kind


def test_it_is_read_in_the_viewer_s_own_words() -> None:
    view = {"orbit": "40deg 60.5deg 80%", "target": "0m 0.4m -1cm", "fov": "25deg", "exposure": 1}

    first = First.of(view)

    assert first is not None
    assert first.options() == {**view, "exposure": 1.0}
    assert first.scene() == {
        "cameraOrbit": "40deg 60.5deg 80%",
        "cameraTarget": "0m 0.4m -1cm",
        "fieldOfView": "25deg",
        "exposure": 1.0,
    }


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "x",
        [],
        {"orbit": "calc(1deg) 1deg 1m"},
        {"orbit": "1deg 1deg 1m\n"},
        {"orbit": "١deg 1deg 1m"},
        {"target": "0 0 0", "fov": "25"},
        {"exposure": float("nan"), "room": "https://elsewhere.example/sky.hdr"},
        {"exposure": 9},
        {"exposure": True},
    ],
)
def test_what_is_not_right_is_left_out(bad: Any) -> None:
    assert First.of(bad) is None


@pytest.mark.browser
def test_the_poster_is_the_frame_that_was_chosen_and_the_proof_s_views_are_not(tmp_path: Path) -> None:
    plain, chosen = tmp_path / "plain", tmp_path / "chosen"
    for folder in (plain, chosen):
        folder.mkdir()
    ball = a_ball(side=64).bytes()
    near = First(orbit="200deg 75deg 105%", fov="12deg", exposure=0.3, room="neutral")

    as_ever = Render()(a_work(plain, source=ball), tools(size_px=128))
    own = Render(view=near)(a_work(chosen, source=ball), tools(size_px=128))

    small, large = (Image.open(work.variants[Kind.POSTER].path).convert("RGBA") for work in (as_ever, own))
    assert _covered(large) > 1.3 * _covered(small)
    assert _light(large) < 0.7 * _light(small)
    views = [sorted(path.read_bytes() for path in folder.rglob("*.png")) for folder in (plain, chosen)]
    assert views[0] == views[1]


def _covered(image: Image.Image) -> int:
    return sum(count for alpha, count in enumerate(image.getchannel("A").histogram()) if alpha > 200)


def _light(image: Image.Image) -> float:
    side = image.width // 2
    pixel = image.getpixel((side, side))
    assert isinstance(pixel, tuple)
    return sum(pixel[:3]) / 3
