"""`vitrine ls`, `show`, `pull`, `optimize`, `publish`, `unpublish`, `rm`, `export`."""

import json
from pathlib import Path

import pytest

from tests.builders import a_product
from tests.cli.conftest import Typist
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.cli import sheet
from vitrine.pipeline.work import Kind
from vitrine.processing.models import Job
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db(transaction=True)


def original(product: Product) -> bytes:
    return b"".join(files.store().open(Key(product.shown_version.key)))


def test_products_are_listed_as_a_table_and_as_json(at_home: Typist) -> None:
    chair, table = a_product(name="Chair", tags=["oak"]), a_product(name="Table\x1b[2J", published=False)

    lines, found = at_home("ls").out.splitlines(), at_home("ls", "--q", "oak", "--json").json()

    assert [line.split()[0] for line in lines[1:]] == [str(one.pk)[:8] for one in (table, chair)]
    assert "\x1b" not in "".join(lines)
    assert max(map(len, lines)) <= 80
    assert [one["id"] for one in found["products"]] == [str(chair.pk)]


def test_more_than_a_page_is_listed_when_all_are_asked_for(at_home: Typist) -> None:
    for _ in range(5):
        a_product()

    assert len(at_home("ls", "--limit", "3", "--json").json()["products"]) == 3
    assert len(at_home("ls", "--limit", "0", "--json").json()["products"]) == 5


def test_a_product_is_meant_by_its_id_its_beginning_or_its_page(at_home: Typist) -> None:
    product = a_product(variants=(Kind.WEB,))
    ways = [str(product.pk), str(product.pk)[:6], f"https://shop.example/p/{product.pk}?from=mail"]

    told = [at_home("show", way, "--json").json() for way in ways]

    assert {one["product"]["id"] for one in told} == {str(product.pk)}
    assert [version["version"] for version in told[0]["versions"]] == [1]
    assert "web" in at_home("show", ways[0]).out


@pytest.mark.parametrize(
    ("said", "why"), [("abc", "4 or more of its first digits"), ("0123456", "No product's id begins with")]
)
def test_what_means_no_product_is_wrong_use(at_home: Typist, said: str, why: str) -> None:
    told = at_home("show", said)

    assert (told.exit_code, why in told.err) == (2, True)


def test_the_beginning_of_two_ids_names_both(at_home: Typist) -> None:
    first = a_product(id="abcd0000-0000-4000-8000-000000000001")
    second = a_product(id="abcd0000-0000-4000-8000-000000000002")

    told = at_home("rm", "abcd")

    assert told.exit_code == 2
    assert all(str(one.pk) in told.err for one in (first, second))
    assert Product.objects.filter(deleted_at=None).count() == 2


def test_files_are_pulled_whole_and_never_over_others(at_home: Typist, tmp_path: Path) -> None:
    product = a_product(name="Lounge chair / oak", variants=(Kind.WEB,))
    out = f"{tmp_path / 'models'}/"

    pulled = [at_home("pull", product.pk, "--variant", kind, "--out", out) for kind in ("original", "web")]
    again = at_home("pull", product.pk, "--out", out)
    absent = at_home("pull", product.pk, "--variant", "ios", "--out", out)

    assert [(one.exit_code, one.err) for one in pulled] == [(0, ""), (0, "")]
    assert (tmp_path / "models" / "Lounge-chair-oak.glb").read_bytes() == original(product)
    assert sorted(one.name for one in (tmp_path / "models").iterdir()) == [
        "Lounge-chair-oak-web.glb",
        "Lounge-chair-oak.glb",
    ]
    assert (again.exit_code, "is there already" in again.err) == (2, True)
    assert (absent.exit_code, "it has original and: web." in absent.err) == (2, True)


def test_a_product_is_hidden_and_shown(at_home: Typist) -> None:
    product = a_product()

    hidden = at_home("unpublish", product.pk)
    seen = [Product.objects.get().published]
    shown = at_home("publish", product.pk, "--version", "1", "--json")
    seen.append(Product.objects.get().published)

    assert (hidden.exit_code, shown.exit_code, seen) == (0, 0, [False, True])
    assert shown.json()["product"]["published"]


def test_what_the_service_refuses_is_exit_code_1_with_its_reason(at_home: Typist) -> None:
    product = a_product()

    told = at_home("publish", product.pk, "--version", "7", "--json")

    assert (told.exit_code, told.json()["error"]["code"]) == (1, "not-found")
    assert "Nothing here: There is nothing at this address that you may read." in told.err


def test_a_product_is_optimized_with_other_options(at_home: Typist) -> None:
    product = a_product()

    told = at_home(
        "optimize", product.pk, "--quality", "0.95", "--max-bytes", "30000", "--no-publish", "--json"
    )

    job = Job.objects.get()
    assert (told.exit_code, told.json()["task"]["task_id"]) == (0, str(job.pk))
    assert (job.options, job.publish) == ({"quality": 0.95, "max_bytes": 30000}, False)


def test_products_are_deleted_all_or_none(at_home: Typist) -> None:
    first, second = a_product(), a_product()
    unknown = "00000000-0000-4000-8000-000000000000"

    none = at_home("rm", first.pk, unknown)
    left = Product.objects.filter(deleted_at=None).count()
    both = at_home("rm", first.pk, second.pk, "--json")

    assert (none.exit_code, left) == (1, 2)
    assert both.json() == {"deleted": [str(first.pk), str(second.pk)]}
    assert not Product.objects.filter(deleted_at=None).exists()


def test_an_export_holds_everything_once_and_can_be_imported(at_home: Typist, tmp_path: Path) -> None:
    metadata = {"sku": "00123", "dimensions_m": [1, 2, 3], "note": "[sic]"}
    chair = a_product(name="Chair, oak", tags=["oak", "a,b"], alt='A "chair"', metadata=metadata)
    table = a_product(name="Table", published=False)
    out = tmp_path / "all"

    first, second = at_home("export", "--out", out, "--json"), at_home("export", "--out", out, "--json")

    assert (first.json()["fetched"], second.json()["fetched"]) == (2, 0)
    (row,) = [one for one in sheet.read(out / "products.csv") if one.name == "Chair, oak"]
    assert row.fields == {
        "name": "Chair, oak",
        "tags": ["oak", "a,b"],
        "alt": 'A "chair"',
        "metadata": metadata,
    }
    assert (out / row.file).read_bytes() == original(chair)
    told = json.loads((out / "products.json").read_text())
    assert [one["id"] for one in told] == [str(table.pk), str(chair.pk)]
    assert told[1]["metadata"] == metadata
