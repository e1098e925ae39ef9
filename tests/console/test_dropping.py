"""Folders dropped on the console: what becomes of what lies in them; in a real browser, with real folders."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browsing import Visiting
from tests.console.test_uploading import a_glb, row
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.storage.blobs import Key

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLOTH = b"\x89PNG, of cloth"


def lay(folder: Path, contents: dict[str, bytes]) -> Path:
    """A folder with files by their paths in it."""
    for name, content in contents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def a_gltf(*images: str, buffer: str = "chair.bin") -> bytes:
    shape = {"asset": {"version": "2.0"}, "buffers": [{"uri": buffer, "byteLength": 4}]}
    return json.dumps({**shape, "images": [{"uri": uri} for uri in images]}).encode()


def drop(page: Page, *paths: Path) -> Locator:
    """As a hand does it, from outside of the browser. Gives the sheet that asks about what was dropped."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})
        if kind == "dragOver":
            expect(page.locator("#drop")).to_be_visible()
    expect(page.locator("#drop")).to_be_hidden()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    return sheet


def names(sheet: Locator) -> list[str]:
    return sorted(field.input_value() for field in sheet.get_by_label("Name", exact=True).all())


def sent(product: Product) -> zipfile.ZipFile:
    content = b"".join(files.store().open(Key(product.shown_version.key)))
    return zipfile.ZipFile(io.BytesIO(content))


def test_a_folder_that_is_one_gltf_with_its_textures_is_one_product(
    visiting: Visiting, tmp_path: Path
) -> None:
    folder = lay(
        tmp_path / "Lounge-Chair",
        {
            "scene.gltf": a_gltf("textures/soft%20cloth.png", "../Shared/oak.png"),
            "chair.bin": b"\0\0\0\0",
            "textures/soft cloth.png": CLOTH,
            "notes.txt": b"mine",
        },
    )
    page = visiting(Role.EDITOR, "/")

    sheet = drop(page, folder)
    assert names(sheet) == ["Lounge Chair"]
    expect(sheet).to_contain_text("Lounge-Chair / scene.gltf with 2 files of its own")
    expect(sheet).to_contain_text("1 files stay out")
    sheet.get_by_role("button", name="Upload", exact=True).click()

    expect(row(page, "Lounge Chair")).to_contain_text("Waiting for its turn")
    product = Product.objects.get()
    assert product.name == "Lounge Chair"
    with sent(product) as parcel:
        assert parcel.testzip() is None
        assert sorted(parcel.namelist()) == [
            "Lounge-Chair/chair.bin",
            "Lounge-Chair/scene.gltf",
            "Lounge-Chair/textures/soft cloth.png",
        ]
        assert parcel.read("Lounge-Chair/textures/soft cloth.png") == CLOTH


def test_a_folder_of_many_models_nested_and_with_files_beside_it_is_as_many_products(
    visiting: Visiting, tmp_path: Path
) -> None:
    folder = lay(
        tmp_path / "Autumn",
        {
            "sofa.glb": a_glb(),
            "seats/stool.glb": a_glb(8),
            "seats/oak/bench.gltf": a_gltf(buffer="bench.bin"),
            "seats/oak/bench.bin": b"\0\0\0\0",
            "seats/oak/readme.md": b"# Oak",
            ".hidden/trash.glb": a_glb(16),
        },
    )
    lamp = lay(tmp_path, {"lamp.glb": a_glb(12)}) / "lamp.glb"
    page = visiting(Role.EDITOR, "/")

    sheet = drop(page, folder, lamp)
    assert names(sheet) == ["Bench", "Lamp", "Sofa", "Stool"]
    sheet.get_by_role("button", name="Upload", exact=True).click()

    for name in ("Bench", "Lamp", "Sofa", "Stool"):
        expect(row(page, name)).to_contain_text("Waiting for its turn")
    tags = {product.name: product.tags for product in Product.objects.all()}
    assert tags == {
        "Bench": ["autumn", "seats", "oak"],
        "Lamp": [],
        "Sofa": ["autumn"],
        "Stool": ["autumn", "seats"],
    }
    with sent(Product.objects.get(name="Bench")) as parcel:
        assert sorted(parcel.namelist()) == ["Autumn/seats/oak/bench.bin", "Autumn/seats/oak/bench.gltf"]


def test_an_obj_goes_with_its_materials_and_pictures_and_is_asked_for_its_units(
    visiting: Visiting, tmp_path: Path
) -> None:
    folder = lay(
        tmp_path / "stool",
        {
            "model.obj": b"mtllib stool.mtl\nv 0 0 0\n",
            "stool.mtl": b"newmtl oak\nmap_Kd C:\\work\\oak.jpg\n",
            "maps/oak.jpg": b"oak",
        },
    )
    page = visiting(Role.EDITOR, "/")

    sheet = drop(page, folder)
    expect(sheet).to_contain_text("stool / model.obj with 2 files of its own")
    sheet.get_by_label("One unit is").select_option("cm")
    sheet.get_by_role("button", name="Upload", exact=True).click()

    expect(row(page, "Stool")).to_contain_text("Waiting for its turn")
    with sent(Product.objects.get()) as parcel:
        assert sorted(parcel.namelist()) == ["stool/maps/oak.jpg", "stool/model.obj", "stool/stool.mtl"]


def test_the_same_folder_is_recognised_when_it_is_dropped_again(visiting: Visiting, tmp_path: Path) -> None:
    folder = lay(tmp_path / "vase", {"vase.gltf": a_gltf(buffer="vase.bin"), "vase.bin": b"\0\0\0\0"})
    page = visiting(Role.EDITOR, "/")
    drop(page, folder).get_by_role("button", name="Upload", exact=True).click()
    expect(row(page, "Vase")).to_contain_text("Waiting for its turn")

    drop(page, folder).get_by_role("button", name="Upload", exact=True).click()

    expect(page.get_by_role("region", name="Uploads")).to_contain_text("You have this already: Vase")
    assert Product.objects.count() == 1


def test_an_empty_folder_asks_nothing(visiting: Visiting, tmp_path: Path) -> None:
    empty, full = tmp_path / "empty", lay(tmp_path / "full", {"sofa.glb": a_glb()})
    (empty / "deeper").mkdir(parents=True)
    page = visiting(Role.EDITOR, "/")

    assert names(drop(page, empty, full)) == ["Sofa"]
