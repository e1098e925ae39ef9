"""`vitrine import`: everything is checked first, every row is told, and nothing is made twice."""

import csv
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.builders import PASSWORD, a_user
from tests.cli.conftest import GLB, Typist
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.cli import sheet
from vitrine.cli.desk import WrongUse
from vitrine.processing.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = """name,file,tags,alt,metadata.sku,metadata.dimensions_m
Chair,chair.glb,oak; lounge,A chair,00123,"[1, 2, 3]"
Table,table.glb,,,,
Lamp,none.glb,,,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    models = tmp_path / "models"
    models.mkdir()
    (models / "chair.glb").write_bytes(GLB + b"chair")
    (models / "table.glb").write_bytes(GLB + b"table")
    return models


@pytest.fixture
def products(tmp_path: Path) -> Path:
    path = tmp_path / "products.csv"
    path.write_text(SHEET)
    return path


def rows_of(report: Path) -> list[dict[str, str]]:
    with report.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_dry_run_tells_what_is_wrong_and_changes_nothing(
    at_home: Typist, products: Path, folder: Path, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    with products.open("a") as file:
        file.write(
            "Chair,chair.glb,,,,\nBig,big.glb,,,,\nOut,../products.csv,,,,\nText,read.me,,,,\n,table.glb,,,,\n"
        )
    (folder / "big.glb").write_bytes(bytes(1001))
    (folder / "read.me").write_text("hello")

    told = at_home("import", products, "--folder", folder, "--dry-run", "--json")

    assert told.exit_code == 1
    found = {one["row"]: one["detail"] for one in told.json()["rows"] if one["status"] == "faulty"}
    assert sorted(found) == [2, 4, 5, 6, 7, 8, 9]
    assert "stands here 2 times" in found[2]
    assert "names none.glb, which is not in" in found[4]
    assert found[6] == "names big.glb of 1.0 kB; the service takes 1.0 kB"
    assert "outside" in found[7]
    assert found[8].startswith("names read.me; the service takes .glb")
    assert found[9] == "has no name"
    assert (Product.objects.count(), Upload.objects.count()) == (0, 0)
    assert not products.with_name("products-report.csv").exists()


def test_every_row_becomes_a_product_or_a_reason_and_the_next_run_makes_the_rest(
    at_home: Typist, products: Path, folder: Path
) -> None:
    first = at_home("import", products, "--folder", folder, "--no-publish")
    made = {one.name: one for one in Product.objects.all()}
    reported = rows_of(products.with_name("products-report.csv"))
    (folder / "none.glb").write_bytes(GLB + b"lamp")
    second = at_home("import", products, "--folder", folder, "--no-publish", "--json")

    assert (first.exit_code, second.exit_code) == (1, 0), second.err
    assert sorted(made) == ["Chair", "Table"]
    chair = made["Chair"]
    assert (chair.tags, chair.alt, chair.publish_wished) == (["oak", "lounge"], "A chair", False)
    assert chair.metadata == {"sku": "00123", "dimensions_m": [1, 2, 3]}
    assert [(one["name"], one["status"]) for one in reported] == [
        ("Chair", "done"),
        ("Table", "done"),
        ("Lamp", "failed"),
    ]
    assert reported[0]["product_id"] == str(chair.pk)
    assert "row 4 (Lamp) names none.glb" in first.err
    assert sorted(Product.objects.values_list("name", flat=True)) == ["Chair", "Lamp", "Table"]
    assert {one["status"] for one in second.json()["rows"]} == {"done"}


def test_a_lost_report_makes_nothing_twice(at_home: Typist, products: Path, folder: Path) -> None:
    at_home("import", products, "--folder", folder)
    report = products.with_name("products-report.csv")
    made = {one["name"]: one["product_id"] for one in rows_of(report)}
    report.unlink()

    at_home("import", products, "--folder", folder)

    assert {one["name"]: one["product_id"] for one in rows_of(report)} == made
    assert Product.objects.count() == 2


def test_who_may_only_read_is_told_before_anything_is_done(
    typed: Typist, at_home: Typist, products: Path, folder: Path, live_server: object
) -> None:
    url = at_home("logout", "--json").json()["url"]
    a_user(Role.VIEWER, with_password=True, username="vic")
    typed("login", url, "--user", "vic", stdin=f"{PASSWORD}\n")

    told = typed("import", products, "--folder", folder, "--dry-run")

    assert (told.exit_code, "vic may read only" in told.err) == (1, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,file,colour\nA,a.glb,red\n", "unknown columns: colour"),
        ("name\nA\n", "no column: file"),
        ("name,file,file\nA,a.glb,b.glb\n", "columns twice: file"),
        ("", "no column: name, file"),
        ('name,file\n"A,a.glb\n', "cannot be read as CSV"),
    ],
)
def test_a_sheet_with_other_columns_is_wrong_use(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(text)

    with pytest.raises(WrongUse, match=said):
        sheet.read(tmp_path / "a.csv")


def test_sheets_come_as_spreadsheets_write_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\ufeffname;file;tags\r\nStühle;a.glb;oak, red\r\n;;\r\n".encode())

    (row,) = sheet.read(tmp_path / "a.csv")

    assert (row.number, row.fields) == (2, {"name": "Stühle", "tags": ["oak", "red"]})
