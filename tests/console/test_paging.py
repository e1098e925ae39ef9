"""Pages by cursor."""

from datetime import UTC, datetime

import pytest

from tests.builders import a_product
from vitrine.catalog.finding import Wanted
from vitrine.catalog.models import Product
from vitrine.catalog.pages import NEWEST
from vitrine.console import paging
from vitrine.console.paging import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    monkeypatch.setattr(paging, "FIRST_SIZE", 2)


def page(cursor: str = "") -> Page:
    return Page.of(Wanted(), NEWEST, cursor)


def names(page: Page) -> list[str]:
    return [product.name for product in page.products]


def test_the_newest_come_first_and_each_once() -> None:
    for name in ("one", "two", "three"):
        a_product(name=name)

    first = page()
    second = page(first.next_cursor)

    assert (names(first), names(second)) == (["three", "two"], ["one"])
    assert second.next_cursor == ""


def test_a_product_that_arrives_meanwhile_moves_nothing() -> None:
    for name in ("one", "two", "three"):
        a_product(name=name)
    first = page()

    a_product(name="four")

    assert names(page(first.next_cursor)) == ["one"]


def test_products_of_one_moment_are_cut_by_their_id() -> None:
    for _ in range(3):
        a_product()
    Product.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))

    first = page()
    second = page(first.next_cursor)

    assert {*names(first), *names(second)} == set(Product.objects.values_list("name", flat=True))


def test_the_last_page_that_is_just_full_leads_nowhere() -> None:
    a_product()
    a_product()

    assert page().next_cursor == ""


@pytest.mark.parametrize("cursor", ["x", "1.2", "W10=", "é"])
def test_a_cursor_that_is_none_of_ours_gives_the_first_page(cursor: str) -> None:
    a_product(name="one")

    assert names(page(cursor)) == ["one"]


def test_a_page_knows_the_one_before_it() -> None:
    for name in ("one", "two", "three"):
        a_product(name=name)
    first = page()
    second = page(first.next_cursor)

    assert first.previous_cursor == ""
    assert names(page(second.previous_cursor)) == names(first)
