"""The snippets in the console: a dialog with tabs and copy buttons, for hands and for keys."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import Visiting
from tests.builders import a_product
from vitrine.access.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def opened(visiting: Visiting, who: Role = Role.VIEWER, **options: object) -> Page:
    page = visiting(who, "/", **options)
    page.get_by_label("More for Chair").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


def test_a_snippet_is_found_and_copied_by_keys_alone(visiting: Visiting) -> None:
    product = a_product(name="Chair")
    page = opened(visiting, permissions=["clipboard-read", "clipboard-write"])
    expect(page.get_by_role("tab", name="HTML")).to_be_focused()

    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="React")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert str(product.pk) in copied
    assert copied == page.locator("#panel-react code").text_content()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)


def test_arrows_go_round_and_escape_gives_the_focus_back(visiting: Visiting) -> None:
    a_product(name="Chair")
    page = opened(visiting)

    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="WooCommerce")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="HTML")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("More for Chair")).to_be_focused()


def test_without_a_clipboard_the_code_is_marked_to_be_copied_by_hand(visiting: Visiting) -> None:
    a_product(name="Chair")
    page = opened(visiting)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")

    page.get_by_role("button", name="Copy").first.click()

    expect(page.get_by_role("button", name="Marked")).to_be_visible()
    assert page.evaluate("getSelection().toString()").strip().startswith('<script type="module"')


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_of_snippets_works_with_scripts_and_without(visiting: Visiting, scripts: bool) -> None:
    product = a_product(name="Chair")
    page = visiting(Role.VIEWER, f"/p/{product.pk}/snippets", java_script_enabled=scripts)

    page.get_by_role("tab", name="Shopify Liquid").click()

    expect(page.get_by_role("tabpanel")).to_contain_text("product.metafields.custom.vitrine")
    expect(page.get_by_role("tabpanel")).to_have_count(1)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_width_needs_sideways_scrolling(visiting: Visiting, width: int) -> None:
    a_product(name="Chair")
    page = opened(visiting, viewport={"width": width, "height": 800})

    dialog = page.get_by_role("dialog")

    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
