"""Lists: what they are narrowed by, how they are put in order, and what they cost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.builders import a_product
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.catalog import pages
from vitrine.catalog.finding import ORDERS, Wanted
from vitrine.catalog.models import AssetVersion, Product, Status, Variant
from vitrine.config.seeding import seed
from vitrine.pipeline.work import Kind

ADDRESS = "/api/assets/3d/"


@pytest.fixture
def client(calling: Caller) -> APIClient:
    return calling(Role.VIEWER)


def named(client: APIClient, **asked: Any) -> list[str]:
    """The names that a list holds."""
    response = client.get(ADDRESS, asked)
    assert response.status_code == 200, response.json()
    return [one["name"] for one in response.json()["results"]]


def page_of(client: APIClient, **asked: Any) -> dict[str, Any]:
    page: dict[str, Any] = client.get(ADDRESS, asked).json()
    return page


def a_product_of(size: int, **fields: Any) -> Product:
    """Its file is said to have so many bytes."""
    product = a_product(**fields)
    AssetVersion.objects.filter(product=product).update(size=size)
    product.save()
    return product


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("arm", ["Armchair"]),
        ("OAK arm", ["Armchair"]),
        ("hair", []),
        ("oak", ["Table", "Armchair"]),
        ("old-english", ["Table"]),
        ("a-1 (2", ["Table"]),
        ("stuhl größe", ["Armchair"]),
        ("' & !:* |", []),
        ("  ", ["Table", "Armchair"]),
    ],
)
def test_a_search_is_for_beginnings_of_words_in_name_tags_and_alt(
    client: APIClient, words: str, found: list[str]
) -> None:
    a_product(name="Armchair", tags=["oak"], alt="Ein Stuhl, Größe L")
    a_product(name="Table", tags=["Old English", "A-1/2"], alt="Oak.")

    assert named(client, q=words) == found


def test_a_search_sees_a_change_at_once(client: APIClient) -> None:
    product = a_product(name="Chair")

    Product.objects.filter(pk=product.pk).update(name="Sofa")

    assert (named(client, q="chair"), named(client, q="sofa")) == ([], ["Sofa"])


def test_text_without_a_gap_can_be_stored_and_found(client: APIClient) -> None:
    a_product(name="長椅", alt="長" * 1000)

    assert named(client, q="長長長") == ["長椅"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"tags": "new"}, ["B", "A"]),
        ({"tags": ["new", "oak"]}, ["B"]),
        ({"status": "failed"}, ["C"]),
        ({"format": "glb"}, ["C", "B", "A"]),
        ({"format": "usdz"}, []),
        ({"published": "true"}, ["B", "A"]),
        ({"published": "false"}, ["C"]),
        ({"size_min": "200"}, ["C", "B"]),
        ({"size_max": "200"}, ["B", "A"]),
        ({"size_min": "200", "size_max": "299", "tags": "new"}, ["B"]),
        ({"created_after": "2025-02-01"}, ["C", "B"]),
        ({"created_before": "2025-02-01T00:00:00Z"}, ["A"]),
        ({"updated_after": "2025-02-01"}, ["C", "B", "A"]),
        ({"updated_before": "2025-02-01"}, []),
        ({"metadata.sku": "S-2"}, ["B"]),
        ({"metadata.price": "9.5"}, ["B"]),
        ({"metadata.sold": "true"}, ["C"]),
        ({"metadata.code": "12"}, ["B", "A"]),
        ({"metadata.size.width": "3", "q": "a"}, ["A"]),
        ({"metadata.size": '{"width": 3}'}, []),
        ({"metadata.size": "[" * 2_000}, []),
        ({"metadata.size": "1e999"}, []),
        ({"metadata.size": "9" * 1_000}, []),
    ],
)
def test_a_filter_leaves_those_that_fit(client: APIClient, asked: dict[str, Any], found: list[str]) -> None:
    a = a_product_of(100, name="A", tags=["new"], metadata={"code": "12", "size": {"width": 3}})
    b = a_product_of(200, name="B", tags=["new", "oak"], metadata={"sku": "S-2", "price": 9.5, "code": 12})
    c = a_product_of(300, name="C", published=False, status=Status.FAILED, metadata={"sold": True})
    for month, product in enumerate((a, b, c), start=1):
        Product.objects.filter(pk=product.pk).update(created_at=datetime(2025, month, 1, tzinfo=UTC))

    assert named(client, **asked) == found


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"status": "broken"}, "/status"),
        ({"format": "exe"}, "/format"),
        ({"published": "maybe"}, "/published"),
        ({"size_min": "-1"}, "/size_min"),
        ({"size_max": "big"}, "/size_max"),
        ({"created_after": "yesterday"}, "/created_after"),
        ({"updated_before": "0001-01-01T00:00:00+14:00"}, "/updated_before"),
        ({"ordering": "colour"}, "/ordering"),
        ({"limit": "101"}, "/limit"),
        ({"tags": "x" * 61}, "/tags/0"),
        ({"metadata.": "x"}, "/metadata."),
        ({"metadata.a/b": "\x00"}, "/metadata.a~1b"),
        ({f"metadata.k{number}": "x" for number in range(11)}, "/metadata"),
    ],
)
def test_a_bad_filter_is_named(client: APIClient, asked: dict[str, str], pointer: str) -> None:
    response = client.get(ADDRESS, asked)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("created_at", "aBcDe"),
        ("-created_at", "eDcBa"),
        ("name", "aBcDe"),
        ("-name", "eDcBa"),
        ("size", "eDacB"),
        ("-size", "Bca" + "De"),
        ("updated_at", "acDeB"),
        ("-updated_at", "BeDca"),
    ],
)
def test_a_list_goes_forth_and_back_in_each_order(client: APIClient, ordering: str, found: str) -> None:
    for name, size in zip("aBcDe", (30, 50, 40, 20, 10), strict=True):
        a_product_of(size, name=name)
    Product.objects.get(name="B").save()

    pages = [page_of(client, ordering=ordering, limit=2)]
    while pages[-1]["next"]:
        pages.append(client.get(pages[-1]["next"]).json())
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(client.get(back[-1]["previous"]).json())

    forth = [[one["name"] for one in page["results"]] for page in pages]
    assert "".join(map("".join, forth)) == found
    assert [[one["name"] for one in page["results"]] for page in back] == forth[::-1]


@pytest.mark.parametrize("ordering", ["created_at", "-created_at", "name", "-size"])
def test_a_search_finds_the_same_along_the_order_and_by_its_index(
    client: APIClient, ordering: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        a_product_of(number % 4 + 1, name=f"Lamp {number * 7 % 9}" if number % 3 else "Chair", tags=["new"])

    found = []
    for nearest in (20_000, 2):
        monkeypatch.setattr(pages, "_NEAREST", dict.fromkeys(ORDERS, nearest))
        asked = {"q": "la", "tags": "new", "ordering": ordering, "limit": 4}
        first = page_of(client, **asked)
        second = client.get(first["next"]).json()
        back = client.get(second["previous"]).json()
        found.append([[one["id"] for one in page["results"]] for page in (first, second, back)])

    assert found[0] == found[1]
    assert [len(page) for page in found[0]] == [4, 2, 4]
    assert found[0][0] == found[0][2]


def test_equal_keys_are_told_apart_by_their_id(client: APIClient) -> None:
    made = {str(a_product(name="Same").pk) for _ in range(5)}

    first = page_of(client, ordering="name", limit=3)
    second = client.get(first["next"]).json()

    seen = [one["id"] for one in first["results"] + second["results"]]
    assert (len(seen), set(seen)) == (5, made)


def test_pages_stay_the_same_while_products_arrive(client: APIClient) -> None:
    for name in "abcd":
        a_product(name=name)
    first = page_of(client, limit=2)

    a_product(name="e")

    second = client.get(first["next"]).json()
    assert [one["name"] for one in second["results"]] == ["b", "a"]


def test_a_cursor_of_another_order_is_refused(client: APIClient) -> None:
    for _ in range(2):
        a_product()
    cursor = page_of(client, limit=1)["next"].partition("cursor=")[2]

    response = client.get(f"{ADDRESS}?ordering=name&cursor={cursor}")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/cursor")


def test_links_keep_what_was_asked_for(client: APIClient) -> None:
    for _ in range(2):
        a_product(tags=["a&b"])

    link = page_of(client, limit=1, tags="a&b")["next"]

    assert link.startswith("http://testserver/api/assets/3d/?limit=1&tags=a%26b&cursor=")


def test_a_list_of_many_asks_no_more_than_a_list_of_few(
    client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        a_product(variants=(Kind.WEB, Kind.POSTER), published=number % 2 == 0)

    with django_assert_num_queries(5):  # twice for the ids, once for the products, twice for their variants
        assert len(named(client, q="chair", ordering="size")) == 6


def test_each_filter_and_each_order_has_its_index(db: None) -> None:
    seed(2_000, lambda _: None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # 2,000 are read in no time without any index
    here = Product.objects.filter(deleted_at=None)
    soon = datetime.now(UTC)
    filters = {
        "product_words": Wanted(q="arm 1777"),
        "product_metadata": Wanted(metadata=((("sku",), "S-7"),)),
        "product_tags": Wanted(tags=("new", "kids", "office")),
        "product_status": Wanted(status="failed"),
        "product_format": Wanted(format="usdz"),
        "product_unpublished": Wanted(published=False),
        "product_by_size": Wanted(size_min=10, size_max=20),
        "product_changed": Wanted(updated_after=soon),
        "product_newest": Wanted(created_after=soon),
    }
    orders = {
        "product_newest": "created_at",
        "product_changed": "updated_at",
        "product_by_name": "name",
        "product_by_size": "size",
    }

    searched = {index: wanted.of(here).explain() for index, wanted in filters.items()}
    forth = {
        index: here.annotate(key=ORDERS[name]).order_by("key", "id")[:25].explain()
        for index, name in orders.items()
    }
    back = {
        index: here.annotate(key=ORDERS[name]).order_by("-key", "-id")[:25].explain()
        for index, name in orders.items()
    }

    for plans in (searched, forth, back):
        assert [index for index, plan in plans.items() if index not in plan] == []
    assert not any("Sort" in plan for plans in (forth, back) for plan in plans.values())


def test_what_was_seeded_is_found_read_and_removed_again(client: APIClient) -> None:
    kept = a_product(name="Chair")
    for _ in range(2):
        call_command("seed", products=1_200)

    page = page_of(client, **{"limit": 100, "metadata.sku": "S-1200"})
    call_command("seed", remove=True)

    assert [one["metadata"]["number"] for one in page["results"]] == [1200]
    assert set(page["results"][0]["variants"]) == {"web", "poster"}
    assert list(Product.objects.all()) == [kept]
    assert (AssetVersion.objects.count(), Variant.objects.count()) == (1, 0)
