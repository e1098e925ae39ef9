"""FBX, and USDZ on every device, by a converter that is a process of its own and may be missing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.converters import TRIANGLE_FBX, a_converter, a_converter_to
from tests.gltf_builders import a_plain_ball, as_zip
from tests.hostile import glbs, strangers
from tests.pipeline.cooking import TOOLS, work_on
from tests.pipeline.usdz_builders import a_package
from vitrine.errors import ImportFailed, ModelRejected, UnsupportedFormat
from vitrine.pipeline import recipes
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.converter import blender
from vitrine.pipeline.converter.child import find_converter
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.recipe import Tools, cook
from vitrine.pipeline.steps.convert import Convert
from vitrine.pipeline.steps.gate import Gate
from vitrine.pipeline.steps.importing import Import
from vitrine.pipeline.work import Format, Kind, Work

FBX = strangers.fbx()[1]


def tools_with(converter: Path) -> Tools:
    return Tools(engine=Engine(), studio=None, converter=converter)


def a_usdz(folder: Path) -> Work:
    (folder / "job").mkdir()
    source = a_package(folder / "box.usdz", unit=0.5)
    return Work(source=source, source_format=Format.USDZ, folder=folder / "job")


def test_an_fbx_becomes_a_glb_that_goes_through_the_gate(tmp_path: Path) -> None:
    tools = tools_with(a_converter_to(a_plain_ball().bytes(), tmp_path))

    work = Convert()(Gate()(Import()(work_on(FBX, tmp_path, name="chair.fbx"), tools), tools), tools)

    assert work.facts is not None
    assert work.facts.triangles == 128
    assert (work.source.read_bytes(), work.source_format) == (FBX, Format.FBX)
    assert work.details["import"]["format"] == "fbx"


def test_a_zipped_fbx_is_given_the_files_beside_it(tmp_path: Path) -> None:
    tools = tools_with(a_converter_to(a_plain_ball().bytes(), tmp_path, missing=("cloth.png",)))
    data = as_zip({"a/chair.fbx": FBX, "a/wood.png": b"!", "leg.png": b"!"})

    work = Import()(work_on(data, tmp_path, name="chair.zip"), tools)

    assert work.details["import"]["given"] == ["../leg.png", "wood.png"]
    assert [notice.code for notice in work.notices] == ["pictures-missing"]
    assert "cloth.png" in work.notices[0].detail


def test_what_a_converter_made_is_not_trusted(tmp_path: Path) -> None:
    tools = tools_with(a_converter_to(glbs.only_points()[1], tmp_path))

    with pytest.raises(ModelRejected, match="draws 0 triangles"):
        Gate()(Import()(work_on(FBX, tmp_path, name="chair.fbx"), tools), tools)


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ('print(json.dumps({"detail": "It holds no mesh."}))\nsys.exit(2)', "It holds no mesh."),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "The converter of FBX was ended by SIGSEGV"),
        ("print(json.dumps({}))", "made nothing of this model"),
    ],
)
def test_a_model_that_a_converter_gives_up_on_is_refused(does: str, told: str, tmp_path: Path) -> None:
    tools = tools_with(a_converter(tmp_path, does))

    with pytest.raises(ModelRejected, match=told):
        Import()(work_on(FBX, tmp_path, name="chair.fbx"), tools)


def test_a_converter_that_fails_is_our_failure(tmp_path: Path) -> None:
    tools = tools_with(a_converter(tmp_path, "sys.exit('out of order')"))

    with pytest.raises(ImportFailed, match="ended with exit code 1: out of order"):
        Import()(work_on(FBX, tmp_path, name="chair.fbx"), tools)


def test_a_python_without_bpy_is_named_with_the_cure(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)

    with pytest.raises(ImportFailed, match=r"CONVERTER_PYTHON names .*pip install bpy"):
        Import()(work_on(FBX, tmp_path, name="chair.fbx"), tools_with(broken))


def test_without_a_converter_a_zipped_fbx_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="pip install bpy"):
        Import()(work_on(as_zip({"chair.fbx": FBX}), tmp_path, name="chair.zip"), TOOLS)


def test_without_a_converter_a_usdz_is_only_for_iphones_and_says_so(tmp_path: Path) -> None:
    work = cook(recipes.check(), a_usdz(tmp_path), TOOLS, on_progress=lambda _step, _part: None)

    assert (work.variants, work.plain) == ({}, None)
    assert "only-for-iphones" in {notice.code for notice in work.notices}


def test_with_a_converter_a_usdz_becomes_everything_and_stays_the_iphones_file(tmp_path: Path) -> None:
    tools = tools_with(a_converter_to(a_plain_ball().bytes(), tmp_path))
    sent = a_usdz(tmp_path)

    work = cook(recipes.standard(), sent, tools, on_progress=lambda _step, _part: None)

    assert set(work.variants) == {Kind.PREVIEW, Kind.MOBILE, Kind.WEB, Kind.ANDROID, Kind.IOS}
    assert work.variants[Kind.IOS].path.read_bytes() == sent.source.read_bytes()
    assert "only-for-iphones" not in {notice.code for notice in work.notices}


def test_a_usdz_is_checked_before_any_converter_sees_it(tmp_path: Path) -> None:
    tools = tools_with(a_converter(tmp_path, "raise SystemExit('it was asked')"))
    (tmp_path / "job").mkdir()
    source = tmp_path / "box.usdz"
    source.write_bytes(b"PK\x03\x04 nothing more")
    work = Work(source=source, source_format=Format.USDZ, folder=tmp_path / "job")

    with pytest.raises(ModelRejected, match="not a readable zip"):
        cook(recipes.standard(), work, tools, on_progress=lambda _step, _part: None)


def test_a_usdz_that_is_only_checked_is_not_converted(tmp_path: Path) -> None:
    tools = tools_with(a_converter(tmp_path, "raise SystemExit('it was asked')"))

    work = cook(recipes.check(), a_usdz(tmp_path), tools, on_progress=lambda _step, _part: None)

    assert (work.plain, work.notices) == (None, ())


def test_the_converters_version_is_part_of_the_fingerprint(tmp_path: Path) -> None:
    converter = a_converter_to(b"", tmp_path)

    assert recipes.versions(tools_with(converter))["bpy"] == "1.0 (a fake)"
    assert recipes.versions(TOOLS)["bpy"] == "none"


def test_a_converter_that_is_named_is_taken() -> None:
    named = Path("/opt/converter/bin/python")

    assert find_converter(named) == named
    assert Bench(converter=named).converts


@dataclass
class Image:
    """A picture as Blender's `bpy.data.images` holds one."""

    filepath: str
    source: str = "FILE"
    packed_file: object = None
    seen: str = ""

    def reload(self) -> None:
        self.seen = self.filepath

    def pack(self) -> None:
        self.packed_file = self.seen


class Images(list[Image]):
    """The list of them."""


def test_only_pictures_that_came_with_the_model_are_read() -> None:
    own, inside = Image("C:\\Users\\me\\Wood.PNG"), Image("", packed_file="bytes")
    images = Images([own, inside, Image("//../../../../etc/shadow.png"), Image("/srv/other/secret.jpg")])

    missing = blender.keep_own_pictures(images, {"textures/wood.png": "/job/3"})

    assert missing == ["shadow.png", "secret.jpg"]
    assert images == [own, inside]
    assert (own.filepath, own.packed_file) == ("/job/3", "/job/3")


def needs_blender() -> Tools:
    """The real one; skips where there is none."""
    converter = find_converter(settings.PIPELINE.converter)
    if converter is None:
        pytest.skip("there is no converter here: CONVERTER_PYTHON names no Python with bpy")
    return tools_with(converter)


@pytest.mark.parametrize("zipped", [False, True])
def test_blender_reads_an_fbx_in_its_own_unit(zipped: bool, tmp_path: Path) -> None:
    tools = needs_blender()
    data, name = (as_zip({"a.fbx": TRIANGLE_FBX}), "a.zip") if zipped else (TRIANGLE_FBX, "a.fbx")

    work = Convert()(Gate()(Import()(work_on(data, tmp_path, name=name), tools), tools), tools)

    assert work.facts is not None
    assert work.facts.triangles == 1
    assert work.facts.dimensions_m == pytest.approx((0.5, 0.2, 0), abs=1e-6)


def test_blender_reads_our_own_usdz(tmp_path: Path) -> None:
    tools = needs_blender()
    (tmp_path / "glb").mkdir()
    made: Any = cook(
        recipes.only(recipes.standard(), {Kind.IOS}),
        work_on(a_plain_ball(rings=16).bytes(), tmp_path / "glb"),
        TOOLS,
        on_progress=lambda _step, _part: None,
    )
    (tmp_path / "job").mkdir()
    work = Work(source=made.variants[Kind.IOS].path, source_format=Format.USDZ, folder=tmp_path / "job")

    work = Convert()(Gate()(Import()(work, tools), tools), tools)

    assert work.facts is not None
    assert work.facts.dimensions_m == pytest.approx(made.facts.dimensions_m, rel=0.02)


def test_blender_refuses_what_is_no_fbx(tmp_path: Path) -> None:
    tools = needs_blender()

    with pytest.raises(ModelRejected, match="The converter cannot read it"):
        Import()(work_on(FBX[:23] + b"\xe8\x1c\x00\x00" + b"\xff" * 64, tmp_path, name="a.fbx"), tools)
