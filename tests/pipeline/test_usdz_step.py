"""The USDZ steps: a child of its own does the work; its failures arrive as errors with a name."""

import os
from pathlib import Path

import pytest

from tests.pipeline.usdz_builders import Model, a_package, a_square
from vitrine.errors import ModelRejected, UsdzFailed
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.limits import GIGABYTE, MEGABYTE, Caps
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.steps.usdz import CheckUsdz, Usdz
from vitrine.pipeline.usdz import child
from vitrine.pipeline.work import Format, Kind, Made, Work

TOOLS = Tools(engine=Engine(), studio=None)


def a_work(folder: Path, source: Path, source_format: Format = Format.GLB) -> Work:
    folder.mkdir()
    plain = source if source_format is Format.GLB else None
    return Work(source=source, source_format=source_format, folder=folder, plain=plain)


def test_it_makes_the_ios_variant_of_the_plain_glb(tmp_path: Path) -> None:
    work = a_work(tmp_path / "job", a_square(tmp_path / "board.glb", doubleSided=True))

    done = Usdz()(work, TOOLS)

    made = done.variants[Kind.IOS]
    assert (made.format, made.triangles, made.textures) == (Format.USDZ, 2, 0)
    assert made.path.read_bytes()[:2] == b"PK"
    assert done.details["usdz"]["dropped"] == []
    assert [path.name for path in work.folder.iterdir()] == ["ios.usdz"]


def test_it_takes_the_android_file_where_there_is_one(tmp_path: Path) -> None:
    work = a_work(tmp_path / "job", a_square(tmp_path / "board.glb"))
    model = Model()
    mesh = model.square()
    model.node(mesh=mesh)
    model.node(mesh=mesh, translation=[5, 0, 0])
    android = Made(kind=Kind.ANDROID, path=model.save(tmp_path / "android.glb"), format=Format.GLB)

    done = Usdz()(work.with_variants(android), TOOLS)

    assert done.variants[Kind.IOS].triangles == 4


def test_progress_is_told_and_rises(tmp_path: Path) -> None:
    heard: list[float] = []
    work = a_work(tmp_path / "job", a_square(tmp_path / "board.glb"))

    Usdz()(work, Tools(engine=Engine(), studio=None, note=heard.append))

    assert heard == sorted(heard)
    assert heard[-1] >= 0.6


def test_a_usdz_is_left_as_it_came(tmp_path: Path) -> None:
    work = a_work(tmp_path / "job", a_package(tmp_path / "box.usdz"), Format.USDZ)

    assert Usdz()(work, TOOLS) is work


def test_a_model_without_triangles_is_refused(tmp_path: Path) -> None:
    model = Model()
    model.node(name="Nothing")
    work = a_work(tmp_path / "job", model.save(tmp_path / "empty.glb"))

    with pytest.raises(ModelRejected, match="no triangles that a USDZ could show"):
        Usdz()(work, TOOLS)

    assert list(work.folder.iterdir()) == []


def test_a_glb_that_is_none_is_our_failure(tmp_path: Path) -> None:
    source = tmp_path / "board.glb"
    source.write_bytes(b"not a model")
    work = a_work(tmp_path / "job", source)

    with pytest.raises(UsdzFailed, match="this is not a GLB"):
        Usdz()(work, TOOLS)


def test_a_child_over_its_time_is_ended(tmp_path: Path) -> None:
    caps = Caps(wall_s=0.05, cpu_s=10, memory_bytes=GIGABYTE, file_bytes=MEGABYTE)
    source = a_square(tmp_path / "board.glb")
    (tmp_path / "job").mkdir()
    order = {"command": "inspect", "source": str(source)}

    with pytest.raises(child.ChildDied, match="time limit"):
        child.run(order, folder=tmp_path / "job", caps=caps)


def test_checking_finds_the_facts_of_a_usdz(tmp_path: Path) -> None:
    work = a_work(tmp_path / "job", a_package(tmp_path / "box.usdz", unit=0.5), Format.USDZ)

    done = CheckUsdz()(work, TOOLS)

    assert done.facts is not None
    assert (done.facts.triangles, done.facts.dimensions_m) == (2, (0.5, 1.0, 1.5))


def test_checking_refuses_with_the_reason(tmp_path: Path) -> None:
    source = tmp_path / "box.usdz"
    source.write_bytes(os.urandom(500))
    work = a_work(tmp_path / "job", source, Format.USDZ)

    with pytest.raises(ModelRejected, match="not a readable zip"):
        CheckUsdz()(work, TOOLS)


def test_checking_leaves_other_formats_alone(tmp_path: Path) -> None:
    work = a_work(tmp_path / "job", a_square(tmp_path / "board.glb"))

    assert CheckUsdz()(work, TOOLS) is work


def test_files_in_the_jobs_folder_are_no_code(tmp_path: Path) -> None:
    work = a_work(tmp_path / "job", a_square(tmp_path / "board.glb"))
    (work.folder / "json.py").write_text("raise SystemExit(9)")

    done = Usdz()(work, TOOLS)

    assert Kind.IOS in done.variants
