"""Posters, in a real browser and without one."""

from pathlib import Path
from statistics import fmean

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.gltf_builders import a_ball, a_ball_in_two_colours, a_plain_ball
from tests.pipeline.test_prove import a_work, blind, tools
from vitrine.pipeline.first import First
from vitrine.pipeline.steps.prove import Prove
from vitrine.pipeline.steps.render import Render
from vitrine.pipeline.work import PICTURES, Format, Kind, Made, Work


@pytest.mark.browser
def test_poster_and_thumbnail_show_the_model_on_nothing(tmp_path: Path) -> None:
    work = Render(thumbnail_px=96)(a_work(tmp_path, source=a_plain_ball().bytes()), tools(size_px=256))

    for kind, side in ((Kind.POSTER, 256), (Kind.THUMBNAIL, 96)):
        made = work.variants[kind]
        assert (made.format, made.width_px, made.height_px) == (Format.WEBP, side, side)
        image = Image.open(made.path)
        assert (image.format, image.mode, image.size) == ("WEBP", "RGBA", (side, side))
        alpha = image.getchannel("A")
        assert alpha.getpixel((0, 0)) == 0
        assert alpha.getpixel((side // 2, side // 2)) == 255


@pytest.mark.browser
@pytest.mark.parametrize("view", [None, First(orbit="90deg 60deg 150%", exposure=1.4)])
def test_the_turntable_goes_once_around_from_the_thumbnail(tmp_path: Path, view: First | None) -> None:
    step = Render(thumbnail_px=128, turntable_px=128, view=view)

    work = step(a_work(tmp_path, source=a_ball_in_two_colours().bytes()), tools(size_px=256))

    made = work.variants[Kind.TURNTABLE]
    strip = Image.open(made.path)
    assert (made.width_px, made.height_px) == strip.size == (16 * 128, 128)
    assert (strip.format, strip.mode) == ("WEBP", "RGBA")
    assert made.path.stat().st_size <= step.turntable_bytes
    frames = [strip.crop((128 * number, 0, 128 * (number + 1), 128)) for number in range(16)]
    thumbnail = Image.open(work.variants[Kind.THUMBNAIL].path)
    assert unlike(frames[0], thumbnail) < 4
    assert all(frame.getchannel("A").getpixel((64, 64)) == 255 for frame in frames)
    assert min(unlike(frames[0], frames[number]) for number in (4, 8, 12)) > 2 * unlike(frames[0], thumbnail)


@pytest.mark.browser
def test_a_turntable_that_is_too_heavy_is_kept_in_a_lower_quality(tmp_path: Path) -> None:
    work = a_work(tmp_path, source=a_ball(side=64).bytes())
    free = Render(turntable_px=128)(work, tools(size_px=128)).variants[Kind.TURNTABLE].path.stat().st_size

    tight = Render(turntable_px=128, turntable_bytes=free - 1)(work, tools(size_px=128))

    assert tight.variants[Kind.TURNTABLE].path.stat().st_size < free


def unlike(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures on white, 0 to 255."""
    white = Image.new("RGBA", one.size, "white")
    shown = (Image.alpha_composite(white, each.convert("RGBA")).convert("RGB") for each in (one, other))
    return fmean(ImageStat.Stat(ImageChops.difference(*shown)).mean)


@pytest.mark.browser
def test_what_the_poster_saw_serves_the_proof(tmp_path: Path) -> None:
    work = Render()(a_work(tmp_path, source=a_ball(side=64).bytes()), tools())
    taken = {path: path.stat().st_mtime_ns for path in (tmp_path / "reference").rglob("*.png")}

    work = Prove()(work.with_variants(Made(kind=Kind.WEB, path=work.source, format=Format.GLB)), tools())

    assert len(taken) == 7
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "reference").rglob("*.png")} == taken
    assert work.variants[Kind.WEB].proof is not None


@pytest.mark.browser
def test_a_plain_copy_stands_in_for_what_browsers_do_not_read(tmp_path: Path) -> None:
    work = a_work(tmp_path, source=b"PK, a zip")
    (tmp_path / "plain.glb").write_bytes(a_plain_ball().bytes())
    zipped = Work(source=work.source, source_format=Format.ZIP, folder=tmp_path, plain=tmp_path / "plain.glb")

    assert set(Render()(zipped, tools(size_px=128)).variants) == set(PICTURES)


def test_without_a_browser_there_is_no_poster_and_the_report_says_so(tmp_path: Path) -> None:
    work = Render()(a_work(tmp_path, source=a_plain_ball().bytes()), blind())

    assert work.variants == {}
    assert [notice.code for notice in work.notices] == ["no-poster"]


def test_a_usdz_has_no_poster(tmp_path: Path) -> None:
    work = Work(source=tmp_path / "model.usdz", source_format=Format.USDZ, folder=tmp_path)

    assert Render()(work, blind()) == work
