"""The studio's browser: what it shows, what it refuses, and that nothing of it stays behind."""

import os
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from tests.gltf_builders import a_ball, a_ball_in_two_colours, a_glass_ball, a_plain_ball, a_turning_ball
from tests.pipeline.studios import a_file, a_studio
from vitrine.pipeline.studio import ModelUnreadable, Session, ViewSpec
from vitrine.pipeline.studio.browser import _group
from vitrine.pipeline.studio.reference import framed_views

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with a_studio().session() as opened:
        yield opened


def test_a_model_stands_in_the_middle_of_a_transparent_picture(session: Session, tmp_path: Path) -> None:
    session.open(a_file(tmp_path, a_plain_ball().bytes()))

    picture = session.shoot(ViewSpec(name="front")).rgba()

    assert picture.shape == (128, 128, 4)
    assert picture[0, 0, 3] == picture[-1, -1, 3] == 0
    red, green, blue, alpha = picture[64, 64]
    assert alpha == 255
    assert red > green > blue


def test_the_same_model_gives_the_same_picture_again(session: Session, tmp_path: Path) -> None:
    path = a_file(tmp_path, a_ball(side=64).bytes())
    first = session.open(path)
    before = session.shoot(ViewSpec(name="front", camera=first.first))
    session.open(a_file(tmp_path, a_plain_ball().bytes(), "other.glb"))

    again = session.open(path)
    after = session.shoot(ViewSpec(name="front", camera=again.first))

    assert again == first
    assert np.array_equal(before.rgba(), after.rgba())


def test_the_first_frame_is_the_scenes_own(session: Session, tmp_path: Path) -> None:
    found = session.open(a_file(tmp_path, a_plain_ball().bytes()))

    assert found.first.theta == pytest.approx(25)
    assert found.first.phi == pytest.approx(75)
    assert found.nearest_radius < found.first.radius
    assert found.nearest_fov == pytest.approx(12)
    assert found.animations == 0


def test_a_camera_stays_where_it_is_for_a_smaller_model(session: Session, tmp_path: Path) -> None:
    half = a_plain_ball()
    half.json["nodes"][0]["scale"] = [0.5, 0.5, 0.5]
    whole = session.open(a_file(tmp_path, a_plain_ball().bytes()))
    view = ViewSpec(name="front", camera=whole.first)
    large = (session.shoot(view).rgba()[..., 3] > 0).sum()

    session.open(a_file(tmp_path, half.bytes(), "half.glb"))
    small = (session.shoot(view).rgba()[..., 3] > 0).sum()

    assert small / large == pytest.approx(0.25, abs=0.04)


def test_a_clip_is_shot_at_its_moment(session: Session, tmp_path: Path) -> None:
    moving = a_turning_ball()
    moving.json["nodes"][0]["scale"] = [1, 1, 0.2]
    found = session.open(a_file(tmp_path, moving.bytes()))
    still = ViewSpec(name="front", camera=found.first)

    start = session.shoot(still)
    middle = session.shoot(replace(still, moment=0.25))
    back = session.shoot(still)

    assert found.animations == 1
    assert np.array_equal(start.rgba(), back.rgba())
    assert not np.array_equal(start.rgba(), middle.rgba())


def test_a_colourway_is_shot_and_taken_off_again(session: Session, tmp_path: Path) -> None:
    found = session.open(a_file(tmp_path, a_ball_in_two_colours().bytes()))
    view = ViewSpec(name="front", camera=found.first)

    own = session.shoot(view).rgba()[64, 64]
    green = session.shoot(replace(view, colourway="green")).rgba()[64, 64]
    again = session.shoot(view).rgba()[64, 64]

    assert found.colourways == ("green",)
    assert own[0] > own[1]
    assert green[1] > green[0]
    assert np.array_equal(again, own)


def test_a_part_that_a_colourway_does_not_name_wears_its_own(session: Session, tmp_path: Path) -> None:
    ball = a_ball_in_two_colours()
    ball.json["extensions"]["KHR_materials_variants"]["variants"].append({"name": "only elsewhere"})
    session.open(a_file(tmp_path, ball.bytes()))
    view = ViewSpec(name="front")
    own = session.shoot(view).rgba()[64, 64]

    session.shoot(replace(view, colourway="green"))
    elsewhere = session.shoot(replace(view, colourway="only elsewhere")).rgba()[64, 64]

    assert np.array_equal(elsewhere, own)


def test_glass_lets_light_through(session: Session, tmp_path: Path) -> None:
    clear, solid = a_glass_ball(), a_glass_ball()
    for ball in (clear, solid):
        ball.json["materials"][0]["pbrMetallicRoughness"]["metallicFactor"] = 0
    del solid.json["materials"][0]["extensions"]
    session.open(a_file(tmp_path, solid.bytes()))
    dull = session.shoot(ViewSpec(name="front")).rgba()[64, 64, :3].astype(int)

    session.open(a_file(tmp_path, clear.bytes()))
    glassy = session.shoot(ViewSpec(name="front")).rgba()[64, 64, :3].astype(int)

    assert np.abs(glassy - dull).max() > 20


def test_the_shadow_falls_only_where_it_is_asked_for(session: Session, tmp_path: Path) -> None:
    session.open(a_file(tmp_path, a_plain_ball().bytes()))

    bare = (session.shoot(ViewSpec(name="bare")).rgba()[..., 3] > 0).sum()
    shaded = (session.shoot(ViewSpec(name="shaded", shadow=True)).rgba()[..., 3] > 0).sum()

    assert shaded > bare * 1.05


def test_a_point_on_the_surface_is_found_under_a_pixel(session: Session, tmp_path: Path) -> None:
    found = session.open(a_file(tmp_path, a_plain_ball().bytes()))
    session.shoot(ViewSpec(name="front", camera=found.first))

    middle, corner = session.touch([(64, 64), (0, 0)])

    assert corner is None
    assert middle is not None
    assert np.linalg.norm(middle) == pytest.approx(0.1, abs=0.01)


def test_a_file_that_is_no_model_is_told_from_a_lost_browser(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable, match=r"cannot show broken\.glb"):
        session.open(a_file(tmp_path, b"glTF, or so it says", "broken.glb"))

    assert session.open(a_file(tmp_path, a_plain_ball().bytes())).animations == 0


def test_the_page_reaches_no_network(session: Session) -> None:
    asked: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    server = HTTPServer(("127.0.0.1", 0), Ear)
    Thread(target=server.serve_forever, daemon=True).start()
    answers = session._page.evaluate(
        "urls => Promise.all(urls.map((url) => fetch(url).then((it) => it.status, (error) => error.name)))",
        [
            f"http://127.0.0.1:{server.server_port}/",
            "http://studio.invalid/../launch.sh",
            "file:///etc/passwd",
        ],
    )
    server.shutdown()
    server.server_close()

    assert answers == ["TypeError", "TypeError", "TypeError"]
    assert asked == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_as_root_the_browser_runs_as_nobody(session: Session) -> None:
    status = Path(f"/proc/{_group(session._home)}/status").read_text()

    assert "Uid:\t65534\t65534\t65534\t65534" in status


def test_the_browser_gets_none_of_our_environment(session: Session) -> None:
    names = {
        one.split("=")[0]
        for one in Path(f"/proc/{_group(session._home)}/environ").read_text().split("\0")
        if one
    }

    assert not {
        name for name in names if name.startswith(("AWS_", "DATABASE", "REDIS", "SECRET", "DATA_DIR"))
    }


def test_it_says_what_the_browser_has_used(session: Session) -> None:
    used = session.used()

    assert used["browser_cpu_s"] > 0.1
    assert 50_000_000 < used["browser_peak_bytes"] < 10_000_000_000


def test_no_view_lies_on_an_axis(session: Session, tmp_path: Path) -> None:
    first = session.open(a_file(tmp_path, a_plain_ball().bytes())).first

    straight = framed_views(replace(first, theta=0.0))
    turned = framed_views(replace(first, theta=25.0))

    assert [view.camera.theta for view in straight if view.camera] == [1, 91, 181, 271, 1]
    assert [view.camera.theta for view in turned if view.camera] == [25, 115, 205, 295, 25]
