"""Each phone gets its own way into AR; where none works, the reason."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.viewer import phones
from tests.viewer.conftest import Open
from tests.viewer.phones import IPHONE, IPHONE_INSTAGRAM, PIXEL, REL_AR, STAY
from tests.viewer.shop import STRICT_CSP, Shop
from tests.viewer.sight import ELEMENT, told, wait_for

pytestmark = pytest.mark.browser


def ar_status(page: Page) -> str | None:
    page.wait_for_selector(f"{ELEMENT}[ar-status]")
    return page.locator(ELEMENT).get_attribute("ar-status")


def ar_reason(page: Page) -> str | None:
    page.wait_for_selector(f"{ELEMENT}[ar-status]")
    return page.locator(ELEMENT).get_attribute("ar-reason")


def leave_and_return(page: Page) -> None:
    """What the page notices when another app comes before it for a moment."""
    for state, pause_ms in (("hidden", 300), ("visible", 0)):
        page.evaluate(
            "state => { Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }",
            state,
        )
        page.wait_for_timeout(pause_ms)


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

    assert told(page, "vitrine-ar") == [{"kind": "quick-look", "state": "launched", "ms": None}]


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

    assert told(page, "vitrine-ar") == [{"kind": "scene-viewer", "state": "launched", "ms": None}]


@pytest.mark.parametrize(
    ("agent", "status", "reason"),
    [
        ("SAMSUNG", "scene-viewer", None),
        ("IPAD", "quick-look", None),
        ("IPHONE_CHROME", "quick-look", None),
        ("ANDROID_FIREFOX", "unavailable", "unsupported"),
        ("QUEST", "unavailable", "unsupported"),
        ("IPHONE_GOOGLE_APP", "unavailable", "in-app-browser"),
        ("ANDROID_FACEBOOK", "unavailable", "in-app-browser"),
        ("ANDROID_TIKTOK", "unavailable", "in-app-browser"),
        ("ANDROID_WECHAT", "unavailable", "in-app-browser"),
        ("ANDROID_LINE", "unavailable", "in-app-browser"),
    ],
)
def test_each_browser_gets_what_it_can_do(visit: Open, agent: str, status: str, reason: str | None) -> None:
    rel_ar = () if "ANDROID" in agent or agent in {"IPHONE_CHROME", "QUEST"} else (REL_AR,)
    touch = "Object.defineProperty(navigator, 'maxTouchPoints', { value: 5 });"

    page = visit(user_agent=getattr(phones, agent), scripts=(*rel_ar, touch, phones.NO_XR))

    assert (ar_status(page), ar_reason(page)) == (status, reason)


def test_an_android_phone_without_scene_viewer_comes_back_with_a_word(visit: Open) -> None:
    page = visit(user_agent=PIXEL, scripts=(STAY,))
    assert ar_status(page) == "scene-viewer"
    page.get_by_role("link", name="View in your room").click()

    page.evaluate("location.hash = '#vitrine-no-ar'")

    page.get_by_text("AR needs Google's app").wait_for()
    assert (ar_status(page), ar_reason(page)) == ("unavailable", "unsupported")
    assert [each["state"] for each in told(page, "vitrine-ar")] == ["launched", "failed"]
    page.wait_for_function("location.hash === ''")


def test_time_away_is_told_when_the_shopper_returns(visit: Open) -> None:
    page = visit(user_agent=PIXEL, scripts=(STAY,))
    page.get_by_role("link", name="View in your room").click()

    leave_and_return(page)
    leave_and_return(page)

    launched, returned = told(page, "vitrine-ar")
    assert launched["state"] == "launched"
    assert (returned["kind"], returned["state"]) == ("scene-viewer", "returned")
    assert 250 < returned["ms"] < 5_000


def test_the_banner_says_what_the_product_asks_for_and_its_tap_is_told(shop: Shop, visit: Open) -> None:
    shop.product["metadata"] = {
        "brand": "Oak & Co",
        "price": 249,
        "currency": "EUR",
        "ar": {"callToAction": "Add to cart"},
    }
    tapped = (
        "window.taps = []; addEventListener('vitrine-ar-action', ({ detail }) => taps.push(detail.product));"
    )
    page = visit(user_agent=IPHONE, scripts=(REL_AR, STAY, tapped))
    assert ar_status(page) == "quick-look"
    link = page.locator(f"{ELEMENT} a[rel=ar]")
    wishes = parse_qs(str(link.get_attribute("href")).split("#")[1])

    for data in ("_apple_ar_quicklook_button_tapped", "something else"):
        link.evaluate("(a, data) => a.dispatchEvent(new MessageEvent('message', { data }))", data)

    assert wishes["checkoutTitle"] == ["Slab"]
    assert wishes["checkoutSubtitle"] == ["Oak & Co"]
    assert wishes["price"] == ["€249.00"]
    assert wishes["callToAction"] == ["Add to cart"]
    assert page.evaluate("taps") == [shop.product["id"]]


def test_files_by_http_are_not_offered_to_scene_viewer(shop: Shop, visit: Open) -> None:
    shop.product["variants"]["android"]["url"] = "http://192.168.1.20:8000/files/android.glb"

    page = visit(user_agent=PIXEL)

    assert (ar_status(page), ar_reason(page)) == ("unavailable", "no-secure-context")
    assert page.locator(f"{ELEMENT} .ar").count() == 0


def test_a_frame_that_forbids_it_is_named_as_the_reason(shop: Shop, visit: Open) -> None:
    shop.files["/inside.html"] = shop.page()
    shop.element = f'<iframe src="{shop.address.replace("127.0.0.1", "localhost")}/inside.html"></iframe>'

    page = visit(user_agent=phones.ANDROID_FIREFOX)

    frame = page.frame_locator("iframe")
    frame.locator(f"{ELEMENT}[ar-reason]").wait_for()
    assert frame.locator(ELEMENT).get_attribute("ar-reason") == "blocked-by-frame"


def test_inside_another_app_it_says_which_browser_to_open_and_copies_the_link(
    shop: Shop, visit: Open
) -> None:
    page = visit(
        user_agent=IPHONE_INSTAGRAM, scripts=(REL_AR,), permissions=["clipboard-read", "clipboard-write"]
    )
    assert ar_status(page) == "unavailable"
    assert page.get_by_text("Open this page in Safari").is_visible()

    page.get_by_role("button", name="Copy the link").click()

    page.get_by_role("button", name="Copied").wait_for()
    link = f"{shop.address}/#vitrine-ar={shop.product['id']}"
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert page.locator(f"{ELEMENT} .ar").count() == 0


def test_without_a_clipboard_the_address_itself_is_shown(shop: Shop, visit: Open) -> None:
    none = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
    page = visit(user_agent=IPHONE_INSTAGRAM, scripts=(none,))

    page.get_by_role("button", name="Copy the link").click()

    field = page.get_by_role("textbox", name="Copy the link")
    assert field.input_value() == f"{shop.address}/#vitrine-ar={shop.product['id']}"


def test_ar_switched_off_means_no_button_anywhere(shop: Shop, visit: Open) -> None:
    shop.product["ar_enabled"] = False

    for agent in (IPHONE, PIXEL, IPHONE_INSTAGRAM, None):
        page = visit(user_agent=agent, scripts=(REL_AR,))
        assert (ar_status(page), ar_reason(page)) == ("unavailable", "disabled")
        assert page.locator(f"{ELEMENT} :is(.ar, .hint)").count() == 0


def test_a_usdz_without_3d_still_opens_on_an_iphone(shop: Shop, visit: Open) -> None:
    shop.product |= {"format": "usdz", "model_3d_url": f"{shop.address}/files/ios.usdz"}
    shop.product["variants"] = {"ios": shop.product["variants"]["ios"]}

    page = visit(user_agent=IPHONE, scripts=(REL_AR,))

    assert ar_status(page) == "quick-look"
    assert page.get_by_text("No 3D view yet.").is_visible()
    assert not [path for path in shop.asked if "model-viewer" in path]


def test_a_strict_content_security_policy_holds_with_the_code_open(shop: Shop, visit: Open) -> None:
    shop.csp = STRICT_CSP
    broken = """window.broken = [];
      addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective + ' ' + e.blockedURI));"""
    page = visit(scripts=(broken,))
    wait_for(page, "full")

    page.get_by_role("button", name="View in your room").click()

    page.get_by_role("dialog").wait_for()
    assert page.evaluate("broken") == []
