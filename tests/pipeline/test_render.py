"""Posters, in a real browser and without one."""

from pathlib import Path

import pytest
from PIL import Image

from tests.gltf_builders import a_ball, a_plain_ball
from tests.pipeline.test_prove import a_work, blind, tools
from vitrine.pipeline.steps.prove import Prove
from vitrine.pipeline.steps.render import Render
from vitrine.pipeline.work import Format, Kind, Made, Work


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

    assert set(Render()(zipped, tools(size_px=64)).variants) == {Kind.POSTER, Kind.THUMBNAIL}


def test_without_a_browser_there_is_no_poster_and_the_report_says_so(tmp_path: Path) -> None:
    work = Render()(a_work(tmp_path, source=a_plain_ball().bytes()), blind())

    assert work.variants == {}
    assert [notice.code for notice in work.notices] == ["no-poster"]


def test_a_usdz_has_no_poster(tmp_path: Path) -> None:
    work = Work(source=tmp_path / "model.usdz", source_format=Format.USDZ, folder=tmp_path)

    assert Render()(work, blind()) == work
