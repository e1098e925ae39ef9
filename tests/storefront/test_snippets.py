"""/p/{id}/snippets: what a shop pastes, whole and ready."""

import html
import re
import uuid

import pytest
from django.test import Client

from tests.builders import a_product, a_user
from vitrine.access.roles import Role
from vitrine.storefront.snippets import Shelf

pytestmark = pytest.mark.django_db

BASE = "https://assets.example"
NASTY = '"><script>alert(1)</script>{{ 7 }}'


def test_each_kind_of_shop_has_its_own_with_id_and_absolute_address() -> None:
    product = a_product()

    tabs = Shelf.of(product, BASE, "").tabs

    assert [tab.name for tab in tabs] == ["HTML", "React", "Shopify Liquid", "WooCommerce"]
    for tab in tabs:
        code = "\n".join(snippet.code for snippet in tab.snippets)
        assert str(product.pk) in code
        assert f"{BASE}/viewer/vitrine-viewer.js" in code
        assert all(address.startswith(BASE) for address in re.findall(r"https?://[^\s'\"]+", code))
        assert all(str(product.pk) in snippet.code for snippet in tab.snippets)


def test_a_frame_allows_ar_and_full_screen() -> None:
    product = a_product(name="Chair")

    frame = Shelf.of(product, BASE, "").tabs[0].snippets[1].code

    assert frame.startswith(f'<iframe src="{BASE}/embed/{product.pk}" title="Chair"')
    assert 'allow="xr-spatial-tracking; fullscreen; web-share; clipboard-write"' in frame


def test_no_name_becomes_code_in_any_snippet() -> None:
    tabs = Shelf.of(a_product(name=NASTY), BASE, "").tabs

    codes = [snippet.code for tab in tabs for snippet in tab.snippets]

    assert not [code for code in codes if "<script>alert" in code]
    assert not [code for code in codes[2:] if "7" in re.sub(r"[0-9a-f-]{36}|6\.5", "", code)]


def test_staff_find_them_with_the_asked_for_tab_open(client: Client) -> None:
    client.force_login(a_user(Role.VIEWER))
    product = a_product(name=NASTY)

    text = client.get(f"/p/{product.pk}/snippets?tab=shopify").text

    assert re.findall(r'id="panel-(\w+)"[^>]*(?<!hidden)>', text) == ["shopify"]
    assert text.count('aria-selected="true"') == 1
    assert "<script>alert" not in text
    assert "http://testserver/viewer/vitrine-viewer.js" in html.unescape(text)


def test_an_unknown_tab_is_the_first(client: Client) -> None:
    client.force_login(a_user(Role.VIEWER))

    text = client.get(f"/p/{a_product().pk}/snippets?tab=%22x").text

    assert re.findall(r'id="panel-(\w+)"[^>]*(?<!hidden)>', text) == ["html"]


def test_unpublished_products_say_that_nobody_sees_them_yet(client: Client) -> None:
    client.force_login(a_user(Role.VIEWER))

    text = client.get(f"/p/{a_product(published=False).pk}/snippets").text

    assert "Shoppers see nothing until you publish it." in text


def test_strangers_are_asked_to_log_in(client: Client) -> None:
    response = client.get(f"/p/{a_product().pk}/snippets")

    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/login")


def test_a_product_that_is_not_there_is_404(client: Client) -> None:
    client.force_login(a_user(Role.VIEWER))

    assert client.get(f"/p/{uuid.uuid4()}/snippets").status_code == 404
