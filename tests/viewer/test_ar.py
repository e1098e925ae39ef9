"""Each phone gets its own way into AR; where none works, no button."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.viewer.conftest import Open
from tests.viewer.shop import Shop
from tests.viewer.sight import ELEMENT, told, wait_for

pytestmark = pytest.mark.browser

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = (
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {APPLE} Version/18.0 Mobile/15E148 Safari/604.1"
)
INSTAGRAM = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {APPLE} Mobile/15E148 Instagram 300.0"
ANDROID = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
PIXEL = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {ANDROID}"

# What Safari says of its links; Chromium's do not know Quick Look.
REL_AR = """const known = DOMTokenList.prototype.supports;
DOMTokenList.prototype.supports = function (token) { return token === 'ar' || known.call(this, token); };"""

# No camera to be had in a test: a browser that can do AR, and a person who says no.
XR_DENIED = """window.sessions = [];
navigator.xr.isSessionSupported = async mode => mode === 'immersive-ar';
navigator.xr.requestSession = async mode => { sessions.push([mode, navigator.userActivation.isActive]);
  throw new DOMException('denied', 'NotAllowedError'); };"""

# Follows no link: an intent would only end in an error page here.
STAY = "addEventListener('click', event => event.preventDefault());"


def ar_status(page: Page) -> str | None:
    page.wait_for_selector(f"{ELEMENT}[ar-status]")
    return page.locator(ELEMENT).get_attribute("ar-status")


def test_an_iphone_gets_a_quick_look_link_to_the_usdz(shop: Shop, visit: Open) -> None:
    page = visit(user_agent=IPHONE, scripts=(REL_AR, STAY))

    assert ar_status(page) == "quick-look"
    link = page.locator(f"{ELEMENT} a[rel=ar]")
    address, wishes = str(link.get_attribute("href")).split("#")
    assert address == f"{shop.address}/files/ios.usdz"
    assert parse_qs(wishes) == {"allowsContentScaling": ["0"], "canonicalWebPageURL": [f"{shop.address}/"]}
    # Safari opens Quick Look only for a link that starts with an image and has at most two children.
    assert link.evaluate("a => [...a.children].map(child => child.localName)") == ["img", "span"]
    assert link.inner_text() == "In your room"

    link.click()

    assert told(page, "vitrine-ar") == [{"kind": "quick-look"}]


def test_an_android_phone_gets_a_scene_viewer_intent_with_the_android_file(shop: Shop, visit: Open) -> None:
    page = visit(user_agent=PIXEL, scripts=(STAY,))

    assert ar_status(page) == "scene-viewer"
    link = page.get_by_role("link", name="View in your room")
    intent = str(link.get_attribute("href"))
    query = parse_qs(urlsplit(intent).query)
    assert intent.startswith("intent://arvr.google.com/scene-viewer/1.2?")
    assert query["file"] == [f"{shop.address}/files/android.glb"]
    assert query["title"] == ["Slab"]
    assert query["link"] == [f"{shop.address}/"]
    assert query["resizable"] == ["false"]

    link.click()

    assert told(page, "vitrine-ar") == [{"kind": "scene-viewer"}]


def test_an_android_phone_without_scene_viewer_comes_back_with_a_word(visit: Open) -> None:
    page = visit(user_agent=PIXEL)
    assert ar_status(page) == "scene-viewer"

    page.evaluate("location.hash = '#vitrine-no-ar'")

    page.get_by_text("AR needs Google's app").wait_for()
    assert ar_status(page) == "unavailable"
    page.wait_for_function("location.hash === ''")


def test_a_denied_camera_leaves_the_other_way(visit: Open) -> None:
    page = visit(user_agent=PIXEL, scripts=(XR_DENIED,))
    assert ar_status(page) == "webxr"
    wait_for(page, "full")

    page.get_by_role("button", name="View in your room").click()

    page.get_by_role("link", name="View in your room").wait_for()
    assert page.evaluate("sessions") == [["immersive-ar", True]]
    assert ar_status(page) == "scene-viewer"
    assert page.get_by_text("AR could not start.").is_visible()
    assert [each["kind"] for each in told(page, "vitrine-error")] == ["ar"]


def test_inside_another_app_it_says_which_browser_to_open(visit: Open) -> None:
    page = visit(user_agent=INSTAGRAM, scripts=(REL_AR,))

    assert ar_status(page) == "unavailable"
    assert page.get_by_text("Open this page in Safari").is_visible()
    assert page.locator(f"{ELEMENT} .ar").count() == 0


def test_a_desktop_gets_no_button(visit: Open) -> None:
    page = visit()

    wait_for(page, "full")

    assert ar_status(page) == "unavailable"
    assert page.locator(f"{ELEMENT} .ar").count() == 0


def test_ar_switched_off_means_no_button_on_any_phone(shop: Shop, visit: Open) -> None:
    shop.product["ar_enabled"] = False

    for agent in (IPHONE, PIXEL, INSTAGRAM):
        page = visit(user_agent=agent, scripts=(REL_AR,))
        assert ar_status(page) == "unavailable"
        assert page.locator(f"{ELEMENT} :is(.ar, .hint)").count() == 0


def test_a_usdz_without_3d_still_opens_on_an_iphone(shop: Shop, visit: Open) -> None:
    shop.product |= {"format": "usdz", "model_3d_url": f"{shop.address}/files/ios.usdz"}
    shop.product["variants"] = {"ios": shop.product["variants"]["ios"]}

    page = visit(user_agent=IPHONE, scripts=(REL_AR,))

    assert ar_status(page) == "quick-look"
    assert page.get_by_text("No 3D view yet.").is_visible()
    assert not [path for path in shop.asked if "model-viewer" in path]
