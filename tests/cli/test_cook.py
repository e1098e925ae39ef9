"""`vitrine cook`: a model's files from the command line, without a service."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.converters import a_converter_to
from tests.gltf_builders import a_ball, a_plain_ball
from tests.hostile import glbs, strangers
from tests.polygon_builders import binary_stl, cube_triangles
from vitrine.config.environment import ROOT, for_child

NO_BROWSER = ("--chromium", "/nowhere/chromium")


def vitrine(*arguments: object) -> subprocess.CompletedProcess[str]:
    """What somebody gets who types it, without a converter. No browser is used unless one is named."""
    argv = [sys.executable, "-m", "vitrine.cli", *map(str, arguments)]
    env = for_child(CONVERTER_PYTHON="")
    return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def ball(tmp_path: Path) -> Path:
    path = tmp_path / "ball.glb"
    path.write_bytes(a_ball(rings=8).bytes())
    return path


@pytest.mark.browser
def test_it_writes_every_variant_proven_with_a_report_and_a_manifest(ball: Path, tmp_path: Path) -> None:
    told = vitrine("cook", ball, "--out", tmp_path / "made")

    assert told.returncode == 0, told.stderr
    pictures = "poster.webp thumbnail.webp turntable.webp"
    names = f"android.glb ios.usdz manifest.json mobile.glb preview.glb report.json web.glb {pictures}"
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == sorted(names.split())
    report = json.loads((tmp_path / "made" / "report.json").read_text())
    assert report["variants"]["web"]["proof"]["ssim"] >= 0.98
    assert f"{report['variants']['web']['proof']['ssim']:.4f}" in told.stdout
    *lines, where = told.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("  8 files in ")
    assert where == f"  {tmp_path / 'made'}"


def test_only_the_kinds_that_were_asked_for_are_written(ball: Path, tmp_path: Path) -> None:
    told = vitrine("cook", ball, "--out", tmp_path / "made", "--only", "ios", "web", *NO_BROWSER)

    assert told.returncode == 0, told.stderr
    made = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert made == ["ios.usdz", "manifest.json", "report.json", "web.glb"]
    assert set(json.loads((tmp_path / "made" / "manifest.json").read_text())["outputs"]) == {"ios", "web"}
    assert "not measured" in told.stdout


def test_it_keeps_within_the_budgets_that_are_given(ball: Path, tmp_path: Path) -> None:
    order = ("cook", ball, "--out", tmp_path / "made", "--only", "web", "--max-triangles", "60", "--json")

    told = vitrine(*order, *NO_BROWSER)
    refused = vitrine("cook", ball, "--out", tmp_path / "other", "--max-bytes", "0", *NO_BROWSER)

    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["report"]["variants"]["web"]["triangles"] <= 60
    assert refused.returncode == 64
    assert "0 is not at least 1" in refused.stderr


def test_scripts_get_json_on_stdout_and_nothing_else(ball: Path, tmp_path: Path) -> None:
    told = vitrine("cook", ball, "--out", tmp_path / "made", "--only", "web", "--json", *NO_BROWSER)

    answer = json.loads(told.stdout)
    assert answer["folder"] == str(tmp_path / "made")
    assert answer["report"]["manifest"] == json.loads((tmp_path / "made" / "manifest.json").read_text())
    assert "Making it small: " in told.stderr


def test_a_model_at_fault_is_exit_code_2_naming_limit_and_value(tmp_path: Path) -> None:
    (tmp_path / "deep.glb").write_bytes(glbs.huge_accessor()[1])

    told = vitrine("cook", tmp_path / "deep.glb", "--out", tmp_path / "made", *NO_BROWSER)

    assert told.returncode == 2
    assert "4000000000 elements; the limit is 50000000" in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["deep.glb"]


def test_a_usdz_is_turned_away_saying_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "chair.usdz").write_bytes(b"PK\x03\x04" + bytes(22) + b"\x0a\x00\x00\x00chair.usda")

    told = vitrine("cook", tmp_path / "chair.usdz", "--out", tmp_path / "made", *NO_BROWSER)

    assert told.returncode == 2
    assert "Cook the model it was made of" in told.stderr


def test_an_fbx_is_turned_away_saying_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "chair.fbx").write_bytes(strangers.fbx()[1])

    told = vitrine("cook", tmp_path / "chair.fbx", "--out", tmp_path / "made", *NO_BROWSER)

    assert told.returncode == 2
    assert "`pip install bpy`" in told.stderr


def test_an_fbx_is_cooked_with_a_converter(tmp_path: Path) -> None:
    (tmp_path / "chair.fbx").write_bytes(strangers.fbx()[1])
    converter = a_converter_to(a_plain_ball().bytes(), tmp_path)
    order = ("cook", tmp_path / "chair.fbx", "--out", tmp_path / "made", "--only", "web")

    told = vitrine(*order, "--converter", converter, *NO_BROWSER)

    assert told.returncode == 0, told.stderr
    assert (tmp_path / "made" / "web.glb").read_bytes().startswith(b"glTF")


def test_an_stl_is_taken_in_the_unit_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "cube.stl").write_bytes(binary_stl(cube_triangles()))
    order = ("cook", tmp_path / "cube.stl", "--out", tmp_path / "made", "--only", "web", "--json")

    told = vitrine(*order, "--units", "in", "--up-axis", "y", *NO_BROWSER)

    report = json.loads(told.stdout)["report"]
    assert report["source"]["dimensions_m"] == pytest.approx([0.0254] * 3)
    assert {"step": "import", "options": {"units": "in", "up_axis": "y"}} in [
        {"step": one["step"], "options": {name: one["options"].get(name) for name in ("units", "up_axis")}}
        for one in report["manifest"]["options"]
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "made", "--quality", "3"), "3 is not above 0 and at most 1"),
        (("--out", "made", "--only", "hologram"), "hologram"),
        (("--out", "made", "--units", "yard"), "yard"),
        ((), "--out"),
    ],
)
def test_a_wrong_order_is_exit_code_64(arguments: tuple[str, ...], said: str, ball: Path) -> None:
    told = vitrine("cook", ball, *arguments)

    assert told.returncode == 64
    assert said in told.stderr


def test_a_fault_of_ours_is_exit_code_1(ball: Path, tmp_path: Path) -> None:
    told = vitrine("cook", ball, "--out", tmp_path / "made", "--node", "/bin/false", *NO_BROWSER)

    assert told.returncode == 1
    assert not (tmp_path / "made").exists()


def test_errors_are_json_too_when_json_was_asked_for(tmp_path: Path) -> None:
    told = vitrine("cook", tmp_path / "none.glb", "--out", tmp_path / "made", "--json")

    assert told.returncode == 64
    assert json.loads(told.stdout)["error"]["code"] == "order"


def test_a_folder_that_is_not_empty_is_left_as_it_is(ball: Path, tmp_path: Path) -> None:
    told = vitrine("cook", ball, "--out", tmp_path, *NO_BROWSER)

    assert told.returncode == 64
    assert "is not empty" in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["ball.glb"]


def test_force_replaces_our_files_and_leaves_all_others(ball: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    for name in ("web.glb", "poster.webp", "notes.txt"):
        (made / name).write_text("old")

    told = vitrine("cook", ball, "--out", made, "--force", "--only", "web", *NO_BROWSER)

    assert told.returncode == 0, told.stderr
    assert sorted(path.name for path in made.iterdir()) == [
        "manifest.json",
        "notes.txt",
        "report.json",
        "web.glb",
    ]
    assert (made / "web.glb").read_bytes().startswith(b"glTF")
    assert (made / "notes.txt").read_text() == "old"


def test_a_models_own_words_cannot_move_the_cursor(tmp_path: Path) -> None:
    builder = a_plain_ball()
    builder.json["extensionsUsed"] = ["ACME_\x1b[2J\u202e"]
    (tmp_path / "rude.glb").write_bytes(builder.bytes())

    told = vitrine("cook", tmp_path / "rude.glb", "--out", tmp_path / "made", "--only", "web", *NO_BROWSER)

    assert "ACME_\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}" in told.stdout + told.stderr
    assert "\x1b" not in told.stdout + told.stderr


def test_it_loads_neither_django_nor_settings_and_starts_no_servers() -> None:
    code = (
        "import sys, vitrine.cli.__main__; "
        "print([name for name in sys.modules if name.startswith(('django', 'celery', 'psycopg', 'redis'))"
        " or name.startswith('vitrine.config')])"
    )

    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"
