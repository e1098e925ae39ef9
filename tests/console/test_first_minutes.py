"""The checklist ticks itself by what happened; the demo products go by one click."""

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browsing import Visiting
from tests.builders import a_product, a_user
from tests.insight.telling import ar, tell
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.config.demo import _exhibits
from vitrine.insight import rollup

pytestmark = pytest.mark.django_db(transaction=True)

DEMO = {"demo": "vitrine"}


def page_of(role: Role) -> str:
    client = Client()
    client.force_login(a_user(role))
    return client.get("/").content.decode()


def done() -> str:
    found = re.search(r"(\d) of 4 done", page_of(Role.EDITOR))
    return found[1] if found else "all"


def test_each_step_is_ticked_by_what_really_happened() -> None:
    a_product(metadata=DEMO)
    assert done() == "0"

    product = a_product(published=False)
    assert done() == "2"

    product.publish(product.shown_version)
    assert done() == "3"
    tell(ar(product.pk, "launched"))
    rollup.roll_up()
    assert done() == "all"


def test_viewers_are_not_told_what_they_may_not_do() -> None:
    a_product(metadata=DEMO)

    assert "first-title" not in page_of(Role.VIEWER)
    assert "data-demo" not in page_of(Role.VIEWER)


def test_the_demo_products_say_that_they_are() -> None:
    for exhibit in _exhibits():
        assert ("tags", "demo") in exhibit.fields
        assert '"demo": "vitrine"' in dict(exhibit.fields)["metadata"]


@pytest.mark.browser
def test_the_demo_goes_by_one_click_and_the_list_can_be_hidden(visiting: Visiting) -> None:
    mine = a_product(name="Mine")
    for _ in range(2):
        a_product(metadata=DEMO)
    page = visiting(Role.EDITOR, "/")
    page.get_by_role("button", name="Hide this").click()
    expect(page.get_by_role("heading", name="Your first minutes")).to_be_hidden()

    page.get_by_role("button", name="Remove the demo products").click()

    expect(page.get_by_role("region", name="Demo products")).to_have_count(0)
    assert list(Product.objects.filter(deleted_at=None)) == [mine]
    expect(page.get_by_role("heading", name="Your first minutes")).to_be_hidden()
