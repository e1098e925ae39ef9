"""The look at uploaded USDZ files: what is refused, with which words, and what is found in sound ones."""

import zipfile
from pathlib import Path

import pytest

from tests.pipeline.usdz_builders import a_package, a_picture
from vitrine.pipeline.usdz.inspection import Bounds, Unfit, inspect

BOUNDS = Bounds(files=5, image_side_px=64, image_px=2048, triangles=10)


def test_a_sound_file_tells_its_facts_in_metres_with_y_up(tmp_path: Path) -> None:
    found = inspect(a_package(tmp_path / "box.usdz", unit=0.01, axis="Z"), BOUNDS)

    assert found["facts"]["triangles"] == 2
    assert found["facts"]["dimensions_m"] == pytest.approx([0.01, 0.03, 0.02])
    assert found["facts"]["textures"] == 0


def test_the_largest_picture_is_told(tmp_path: Path) -> None:
    files = {
        "textures/a.png": a_picture(size=(16, 8)),
        "textures/b.jpg": a_picture(size=(4, 32), kind="JPEG"),
    }

    facts = inspect(a_package(tmp_path / "box.usdz", files=files), BOUNDS)["facts"]

    assert (facts["textures"], facts["texture_max_px"]) == (2, 32)


def test_a_stray_file_is_a_notice(tmp_path: Path) -> None:
    found = inspect(a_package(tmp_path / "box.usdz", files={"notes.txt": b"hello"}), BOUNDS)

    assert found["notices"][0] == {
        "code": "usdz-stray-file",
        "detail": "'notes.txt' is of no kind that belongs in a .usdz.",
    }


@pytest.mark.parametrize("data", [b"", b"glTF", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "box.usdz"
    path.write_bytes(data)

    with pytest.raises(Unfit, match="not a readable zip"):
        inspect(path, BOUNDS)


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    path = a_package(tmp_path / "box.usdz")
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(Unfit, match="not a readable zip"):
        inspect(path, BOUNDS)


def test_compressed_files_are_refused_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "box.usdz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.usda", b"#usda 1.0")

    with pytest.raises(Unfit, match=r"'model.usda' is compressed; .* Pack it with usdzip"):
        inspect(path, BOUNDS)


def test_files_off_the_64_byte_grid_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "box.usdz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("model.usda", b"#usda 1.0")

    with pytest.raises(Unfit, match="begins at byte 40, no multiple of 64"):
        inspect(path, BOUNDS)


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "c:\\evil.png"])
def test_names_that_climb_out_are_refused(tmp_path: Path, name: str) -> None:
    path = a_package(tmp_path / "box.usdz", files={"x" * len(name): a_picture()})
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name.encode()))

    with pytest.raises(Unfit, match="leads outside"):
        inspect(path, BOUNDS)


def test_the_first_file_must_be_the_layer(tmp_path: Path) -> None:
    path = a_package(tmp_path / "box.usdz", files={"a.png": a_picture()})
    data = path.read_bytes().replace(b"model.usda", b"model.jpeg")
    path.write_bytes(data)

    with pytest.raises(Unfit, match=r"first file .* here it is 'model.jpeg'"):
        inspect(path, BOUNDS)


def test_too_many_files_are_refused_with_both_numbers(tmp_path: Path) -> None:
    files = {f"{number}.png": a_picture() for number in range(5)}

    with pytest.raises(Unfit, match="holds 6 files; at most 5"):
        inspect(a_package(tmp_path / "box.usdz", files=files), BOUNDS)


def test_a_picture_over_the_limit_is_refused_with_its_size(tmp_path: Path) -> None:
    files = {"big.png": a_picture(size=(65, 2))}

    with pytest.raises(Unfit, match=r"'big.png' is 65 × 2 pixels; at most 64 on a side"):
        inspect(a_package(tmp_path / "box.usdz", files=files), BOUNDS)


def test_a_picture_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match=r"'a.png' is neither a PNG nor a JPEG"):
        inspect(a_package(tmp_path / "box.usdz", files={"a.png": b"<svg/>"}), BOUNDS)


def test_too_many_triangles_are_refused_with_both_numbers(tmp_path: Path) -> None:
    bounds = Bounds(files=5, image_side_px=64, image_px=2048, triangles=1)

    with pytest.raises(Unfit, match="has 2 triangles; at most 1"):
        inspect(a_package(tmp_path / "box.usdz"), bounds)


@pytest.mark.parametrize(
    "reference", ["/etc/passwd.usda", "../other.usda", "https://example.com/a.usda", "file:///etc/a.usda"]
)
def test_references_to_the_outside_are_refused_before_they_are_followed(
    tmp_path: Path, reference: str
) -> None:
    path = a_package(tmp_path / "box.usdz", more=f'def "Other" (references = @{reference}@) {{}}')

    with pytest.raises(Unfit, match=r"refers to .*, outside of the .usdz"):
        inspect(path, BOUNDS)


def test_a_texture_that_is_not_packed_is_named(tmp_path: Path) -> None:
    path = a_package(tmp_path / "box.usdz", more="custom asset inputs:file = @textures/wood.png@")

    with pytest.raises(Unfit, match=r"refers to 'textures/wood.png', which is not in the .usdz"):
        inspect(path, BOUNDS)


def test_an_unreadable_layer_is_refused(tmp_path: Path) -> None:
    path = a_package(tmp_path / "box.usdz", more="this is not USD")

    with pytest.raises(Unfit, match=r"OpenUSD cannot open the file: the layer 'model.usda' cannot be read"):
        inspect(path, BOUNDS)


def test_a_scene_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    path = a_package(tmp_path / "box.usdz", kind="Scope")

    with pytest.raises(Unfit, match="nothing to see"):
        inspect(path, BOUNDS)
