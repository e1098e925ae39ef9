"""The library's page and its parts, as the server writes them."""

import csv
import io
import json
import zipfile
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.builders import a_product, a_user
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.catalog import saved
from vitrine.catalog.models import AssetVersion, Product, Status
from vitrine.console import library, paging
from vitrine.pipeline.work import Kind
from vitrine.processing.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return a_user(Role.EDITOR)


@pytest.fixture
def editor(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def names(client: Client, **asked: Any) -> list[str]:
    """Those on the list, in its order."""
    text = client.get("/products/list", asked).text
    return [part.partition('"')[0] for part in text.split('data-name="')[1:]]


def cursors(text: str) -> tuple[str, str]:
    previous, following = (
        text.partition(f'data-{one}="')[2].partition('"')[0] for one in ("previous", "next")
    )
    return previous, following


def test_filters_of_the_api_s_list_are_those_of_the_page(editor: Client) -> None:
    a_product(name="Oak", tags=["oak", "new"])
    a_product(name="Hidden", published=False)
    failed = a_product(name="Failed", published=False, status=Status.FAILED)
    AssetVersion.objects.filter(product=failed).update(size=5_000_000)
    failed.save()  # so that the database looks at its size again

    assert names(editor, tags="oak") == ["Oak"]
    assert names(editor, tags=["oak", "new"]) == ["Oak"]
    assert names(editor, tags=["oak", "old"]) == []
    assert names(editor, published="false") == ["Failed", "Hidden"]
    assert names(editor, status="failed") == ["Failed"]
    assert names(editor, size_min="4000000") == ["Failed"]
    assert names(editor, created_after="2100-01-01") == []
    assert names(editor, ordering="name") == ["Failed", "Hidden", "Oak"]
    assert names(editor, q="hid", published="true") == []


@pytest.mark.parametrize(
    "asked",
    [
        {"format": "doc"},
        {"published": "perhaps"},
        {"size_min": "-1"},
        {"size_max": "9" * 40},
        {"created_after": "2026-13-01"},
        {"created_before": "soon"},
        {"ordering": "luck"},
        {"colour": "red"},
    ],
)
def test_what_no_list_knows_is_left_out_and_said(editor: Client, asked: dict[str, str]) -> None:
    a_product(name="Chair")

    text = editor.get("/", asked).text

    assert 'data-name="Chair"' in text
    assert f"so it was left out: {next(iter(asked))}." in text


@pytest.mark.parametrize("cursor", ["x", "WyJuYW1lIiwwLCJhIiwieCJd", "\x00", "é"])
def test_a_cursor_that_is_none_of_ours_begins_at_the_first(editor: Client, cursor: str) -> None:
    a_product(name="Chair")

    assert 'data-name="Chair"' in editor.get("/", {"cursor": cursor}).text


def test_pages_lead_on_and_back_in_every_order(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    monkeypatch.setattr(paging, "FIRST_SIZE", 2)
    for name in ("C", "A", "B"):
        a_product(name=name)
    first = editor.get("/products/list", {"ordering": "name"}).text
    assert cursors(first)[0] == ""

    second = editor.get("/products/page", {"ordering": "name", "cursor": cursors(first)[1]}).text
    assert ['data-name="C"' in second, 'data-name="A"' in second] == [True, False]
    back = editor.get("/products/page", {"ordering": "name", "cursor": cursors(second)[0]}).text

    assert (cursors(second)[1], cursors(back)[0]) == ("", "")
    assert ['data-name="A"' in back, 'data-name="B"' in back] == [True, True]


def test_filters_that_hold_can_be_taken_away_one_by_one(editor: Client) -> None:
    text = editor.get("/", {"q": "a", "tags": ["oak", "new & old"], "published": "true"}).text

    chips = [part.partition('"')[0] for part in text.split('class="chip" href="/?')[1:]]

    asked = [parse_qs(chip.replace("&amp;", "&")) for chip in chips]
    assert asked == [
        {"q": ["a"], "tags": ["new & old"], "published": ["true"]},
        {"q": ["a"], "tags": ["oak"], "published": ["true"]},
        {"q": ["a"], "tags": ["oak", "new & old"]},
    ]


def test_the_layout_is_the_address_s_else_the_one_chosen_last(editor: Client) -> None:
    a_product()
    editor.cookies["layout"] = "list"

    assert '<ol class="rows"' in editor.get("/").text
    assert '<ol class="grid"' in editor.get("/?layout=grid").text
    editor.cookies["layout"] = '"><script>'
    assert '<ol class="grid"' in editor.get("/").text


def test_the_page_takes_as_many_queries_for_many_as_for_one(editor: Client, person: User) -> None:
    def queries_for_the_page() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get("/").status_code == 200
        return len(captured)

    a_product(variants=(Kind.THUMBNAIL, Kind.WEB), tags=["oak"])
    saved.save(by=person, name="Oak", query="tags=oak", shared=True)
    for_one = queries_for_the_page()
    for number in range(7):
        product = a_product(variants=(Kind.THUMBNAIL, Kind.WEB), published=number % 2 == 0, tags=["oak"])
        Job.objects.create(version=product.shown_version, recipe="standard", options_key="k" * 64)
        saved.save(by=person, name=f"View {number}", query="", shared=False)

    expected = (11, 12)  # three are of the first minutes, and one is for what is not published
    assert (for_one, queries_for_the_page()) == expected


def test_counting_ends_somewhere(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_COUNTED", 2)
    a_product()
    assert "1 product" in editor.get("/").text
    for _ in range(2):
        a_product()

    assert "More than 2 products" in editor.get("/").text


def test_all_that_match_can_be_selected(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    oak = [str(a_product(tags=["oak"]).pk) for _ in range(3)]
    a_product()

    every = editor.get("/products/matching", {"tags": "oak"}).json()
    monkeypatch.setattr(library, "MOST_MATCHING", 2)
    first = editor.get("/products/matching", {"tags": "oak"}).json()

    assert (sorted(every["ids"]), every["more"]) == (sorted(oak), False)
    assert (len(first["ids"]), first["more"]) == (2, True)


def test_tags_in_use_are_told_the_most_usual_first(editor: Client) -> None:
    a_product(tags=["oak"])
    a_product(tags=["new", "oak"])
    a_product(tags=["gone"]).remove()

    assert editor.get("/products/tags").json() == {"tags": ["oak", "new"]}


def test_cards_of_some_products_are_there_together(editor: Client) -> None:
    one, two, other = a_product(name="One"), a_product(name="Two"), a_product(name="Other")
    two.remove()

    text = editor.get("/products/cards", {"ids": f"{one.pk},{two.pk},nonsense"}).text

    assert [f'data-product="{each.pk}"' in text for each in (one, two, other)] == [True, False, False]


def test_views_of_the_team_and_one_s_own_are_on_the_page(editor: Client, person: User) -> None:
    a_product()
    saved.save(by=person, name="<b>Mine</b>", query="q=a&ordering=name", shared=False)
    saved.save(by=a_user(), name="Theirs", query="", shared=False)
    saved.save(by=a_user(), name="Ours", query="tags=oak", shared=True)

    text = editor.get("/?tags=oak").text

    assert "&lt;b&gt;Mine&lt;/b&gt;" in text
    assert 'href="/?q=a&amp;ordering=name" data-show>' in text
    assert 'href="/?tags=oak" data-show aria-current="page"' in text
    assert "Theirs" not in text


def test_a_card_leads_to_the_product_and_carries_its_tags_as_text(editor: Client) -> None:
    product = a_product(name="Chair", tags=['"><img src=x onerror=alert(1)>', "b", "c", "d"])

    text = editor.get("/").text

    assert text.count(f'href="/products/{product.pk}"') == 2
    assert "<img src=x" not in text
    assert "<li>+1</li>" in text


def taken_home(client: Client, what: str, *products: Product) -> Any:
    ids = " ".join(str(product.pk) for product in products)
    return client.post("/products/download", {"what": what, "ids": ids})


def test_originals_come_in_one_archive_under_their_products_names(editor: Client) -> None:
    chair, again, lamp = a_product(name="Chair"), a_product(name="chair"), a_product(name="../La\x7fmp: 1/2")
    lost = a_product(name="Lost")
    AssetVersion.objects.filter(product=lost).update(key="models/nowhere.glb")

    response = taken_home(editor, "originals", chair, again, lamp, lost)

    assert response.headers["Content-Disposition"] == 'attachment; filename="originals.zip"'
    archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == ["-La-mp- 1-2.glb", "Chair.glb", "chair 2.glb", "missing.txt"]
    assert archive.read("Chair.glb") == f"model of {chair.pk}".encode()
    assert archive.read("missing.txt") == b"Lost.glb\n"


def test_a_list_is_for_spreadsheets_and_no_name_in_it_is_a_formula(editor: Client) -> None:
    product = a_product(name="=HYPERLINK(1)", tags=["oak", "new"])

    sheet = taken_home(editor, "list", product).getvalue().decode("utf-8-sig")

    (row,) = csv.DictReader(io.StringIO(sheet))
    assert (row["name"], row["id"], row["tags"]) == ("'=HYPERLINK(1)", str(product.pk), "oak, new")
    assert row["page"] == f"http://testserver/p/{product.pk}"


@pytest.mark.parametrize(("what", "count"), [("originals", 101), ("originals", 0), ("list", 0)])
def test_more_than_can_be_taken_home_at_once_is_refused(editor: Client, what: str, count: int) -> None:
    ids = " ".join([str(a_product().pk)] * count)

    response = editor.post("/products/download", {"what": what, "ids": ids})

    assert response.status_code == 400
    assert f"{count} products are selected" in response.text


def test_the_script_s_texts_are_data(editor: Client) -> None:
    text = editor.get("/").text

    texts = json.loads(
        text.partition('<script id="texts" type="application/json">')[2].partition("</script>")[0]
    )

    assert texts["found"] == {"one": "{count} product", "other": "{count} products"}
