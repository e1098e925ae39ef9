"""From the desktop to the phone: the code is read back from the screen, and its address leads to AR in one tap."""

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.viewer.conftest import Open
from tests.viewer.phones import HAND, IPHONE, IPHONE_INSTAGRAM, NO_XR, PIXEL, REL_AR, STAY, WEBXR_PHONE
from tests.viewer.shop import Shop
from tests.viewer.sight import ELEMENT, told, until, wait_for

pytestmark = pytest.mark.browser


def a_desk(visit: Open, **options: Any) -> Page:
    """The dialog, open on a desktop."""
    page = visit(**options)
    page.get_by_role("button", name="View in your room").click()
    page.get_by_role("dialog", name="See it in your room").wait_for()
    return page


def codes_in(page: Page) -> list[str]:
    """What a phone's camera would read off the screen, as soon as there is something to read."""

    def read() -> list[str]:
        return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))]

    until(page, read)
    return read()


def called(page: Page, shop: Shop) -> Page:
    """The phone follows the code."""
    page.goto("about:blank")
    page.goto(f"{shop.address}/#vitrine-ar={shop.product['id']}")
    return page


def test_a_desktop_shows_a_code_that_a_camera_reads(shop: Shop, visit: Open) -> None:
    page = a_desk(visit)

    assert codes_in(page) == [f"{shop.address}/#vitrine-ar={shop.product['id']}"]
    assert page.locator(ELEMENT).get_attribute("ar-reason") == "desktop"
    assert told(page, "vitrine-ar") == []


def test_the_code_holds_the_canonical_address_in_the_dark_too(shop: Shop, visit: Open) -> None:
    shop.head = '<link rel="canonical" href="https://shop.example/chairs/7">'

    page = a_desk(visit, color_scheme="dark")

    assert codes_in(page) == [f"https://shop.example/chairs/7#vitrine-ar={shop.product['id']}"]
    assert page.get_by_text("this computer only").count() == 0


def test_an_address_that_no_phone_reaches_is_called_so(visit: Open) -> None:
    page = a_desk(visit)

    assert page.get_by_text("This address works on this computer only.").is_visible()


def test_the_dialog_keeps_the_focus_and_gives_it_back(visit: Open) -> None:
    page = a_desk(visit)
    focused = f"document.querySelector('{ELEMENT}').shadowRoot.activeElement?.textContent || 'cross'"
    seen = []
    for _ in range(4):
        seen.append(page.evaluate(focused))
        page.keyboard.press("Tab")

    page.keyboard.press("Escape")

    assert seen == ["See it in your room", "cross", "Copy the link", "cross"]
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert "View in your room" in page.evaluate(focused)


def test_a_click_beside_the_dialog_closes_it(visit: Open) -> None:
    page = a_desk(visit)

    page.mouse.click(5, 5)

    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_address_opens_scene_viewer_in_one_tap(shop: Shop, visit: Open) -> None:
    shop.files["/page.css"] += b"body{padding-top:3000px}"
    page = called(visit(user_agent=PIXEL, scripts=(STAY, NO_XR), **HAND), shop)
    dialog = page.get_by_role("dialog", name="Slab")
    dialog.wait_for()
    assert told(page, "vitrine-ar") == []

    dialog.get_by_role("link", name="View in your room").tap()

    assert [each["state"] for each in told(page, "vitrine-ar")] == ["launched"]
    expect(dialog).to_be_hidden()
    page.wait_for_function("location.hash === ''")
    assert page.evaluate("scrollY") > 2_000


def test_the_address_opens_quick_look_in_one_tap(shop: Shop, visit: Open) -> None:
    page = called(visit(user_agent=IPHONE, scripts=(REL_AR, STAY, NO_XR), **HAND), shop)
    link = page.get_by_role("dialog", name="Slab").get_by_role("link", name="View in your room")
    link.wait_for()

    assert link.get_attribute("rel") == "ar"
    assert link.evaluate("a => [...a.children].map(child => child.localName)") == ["img", "span"]
    link.tap()

    assert [each["kind"] for each in told(page, "vitrine-ar")] == ["quick-look"]


def test_the_address_opens_webxr_once_the_model_is_there(shop: Shop, visit: Open) -> None:
    preview = shop.hold("/files/preview.glb")
    page = called(visit(user_agent=PIXEL, scripts=WEBXR_PHONE, **HAND), shop)
    dialog = page.get_by_role("dialog", name="Slab")
    dialog.get_by_text("Loading the 3D model").wait_for()
    assert dialog.get_by_role("button", name="View in your room").count() == 0

    preview.set()
    dialog.get_by_role("button", name="View in your room").tap()

    page.wait_for_function("told.some(([, detail]) => detail.state === 'placed')")
    assert page.evaluate("room.asked") == [["immersive-ar", True]]
    expect(dialog).to_be_hidden()


def test_not_now_leaves_the_page_as_it_is(shop: Shop, visit: Open) -> None:
    page = called(visit(user_agent=PIXEL, scripts=(STAY, NO_XR), **HAND), shop)
    page.get_by_role("button", name="Not now").tap()

    expect(page.get_by_role("dialog")).to_be_hidden()
    wait_for(page, "full")
    page.wait_for_function("location.hash === ''")
    assert page.get_by_role("link", name="View in your room").is_visible()


def test_a_phone_that_cannot_is_told_why(shop: Shop, visit: Open) -> None:
    page = called(visit(user_agent=IPHONE_INSTAGRAM, scripts=(NO_XR,), **HAND), shop)

    dialog = page.get_by_role("dialog", name="It cannot be shown in your room here")
    dialog.get_by_text("Open the page in your phone's own browser.").wait_for()
    assert dialog.get_by_role("button", name="Copy the link").is_visible()


def test_another_products_address_and_a_desktop_are_left_alone(shop: Shop, visit: Open) -> None:
    phone = visit(user_agent=PIXEL, scripts=(STAY, NO_XR), **HAND)
    phone.goto(f"{shop.address}/#vitrine-ar=another")
    phone.reload()
    desk = called(visit(), shop)

    for page in (phone, desk):
        wait_for(page, "full")
        assert page.get_by_role("dialog").count() == 0


def test_it_speaks_the_pages_language(shop: Shop, visit: Open) -> None:
    shop.element = shop.element.replace("<vitrine-viewer", '<vitrine-viewer lang="de"')
    page = visit()
    wait_for(page, "full")

    page.locator(f"{ELEMENT} .ar").click()

    page.get_by_role("dialog", name="Sieh es in deinem Raum").wait_for()
    assert page.get_by_role("button", name="Link kopieren").is_visible()
