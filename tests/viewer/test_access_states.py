"""Axe finds nothing in the states that no visit goes through unless something is amiss, nor on the way into AR.

`test_access.py` looks at what a visit without trouble shows. A word that the element can say, and that is in none of
the tests here, has not been looked at.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.viewer import phones
from tests.viewer.axe import faults
from tests.viewer.conftest import Open
from tests.viewer.phones import HAND, IPHONE, IPHONE_INSTAGRAM, NO_XR, PIXEL, REL_AR, STAY, WEBXR_PHONE
from tests.viewer.shop import Shop
from tests.viewer.sight import lose, wait_for
from tests.viewer.test_ar_session import a_phone, enter
from tests.viewer.test_faults import cut_off
from tests.viewer.test_memory import NO_BYTES

pytestmark = pytest.mark.browser


def says(page: Page, words: str) -> None:
    page.get_by_text(words).locator("visible=true").wait_for()


def test_offline_and_back(shop: Shop, visit: Open) -> None:
    page = cut_off(shop, visit)

    says(page, "You are offline.")

    assert faults(page) == []


def test_a_context_that_was_lost_returned_and_was_lost_for_good(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    found = {}

    lose(page)
    says(page, "3D has stopped on this device")
    found["lost"] = faults(page)
    page.evaluate("loss.restoreContext()")
    page.get_by_role("button", name="Rotate left").wait_for()
    found["back"] = faults(page)
    lose(page)
    wait_for(page, "failed")
    found["given up"] = faults(page)

    assert found == {"lost": [], "back": [], "given up": []}


def test_no_memory(visit: Open) -> None:
    page = visit(scripts=(NO_BYTES,))

    wait_for(page, "failed")

    says(page, "too little memory")
    assert faults(page) == []


def test_files_that_are_missing_or_garbage(shop: Shop, visit: Open) -> None:
    shop.files |= {f"/files/{name}.glb": b"<!doctype html>" for name in ("preview", "web")}
    garbage = visit()
    wait_for(garbage, "failed")
    for name in ("preview", "web"):
        del shop.files[f"/files/{name}.glb"]
    missing = visit()
    wait_for(missing, "failed")

    assert [faults(page) for page in (garbage, missing)] == [[], []]


def test_no_product_and_a_product_without_3d(shop: Shop, visit: Open) -> None:
    shop.product |= {"format": "usdz", "model_3d_url": f"{shop.address}/files/ios.usdz"}
    shop.product["variants"] = {"ios": shop.product["variants"]["ios"]}
    flat = visit(user_agent=IPHONE, scripts=(REL_AR,))
    says(flat, "No 3D view yet.")
    shop.element = '<vitrine-viewer product="no-such-product" poster="/files/poster.webp"></vitrine-viewer>'
    unknown = visit()
    wait_for(unknown, "failed")

    assert [faults(page) for page in (flat, unknown)] == [[], []]


def test_no_webgl(shop: Shop, launch: Callable[..., Browser]) -> None:
    browser = launch(webgl=False)
    page = browser.new_page()

    page.goto(f"{shop.address}/")
    says(page, "This browser cannot show 3D")

    assert faults(page) == []
    browser.close()


def test_scrolled_far_away_and_let_go(shop: Shop, visit: Open) -> None:
    shop.files["/page.css"] = b"body{margin:0;height:6000px} vitrine-viewer{width:400px}"
    page = visit()
    wait_for(page, "full")

    page.evaluate("scrollTo(0, 5000)")
    wait_for(page, "poster")

    assert faults(page) == []


def test_links_into_other_apps_and_one_that_is_not_there(visit: Open) -> None:
    iphone = visit(user_agent=IPHONE, scripts=(REL_AR, STAY, NO_XR), **HAND)
    pixel = visit(user_agent=PIXEL, scripts=(STAY, NO_XR), **HAND)
    found = {}

    for name, page in {"quick look": iphone, "scene viewer": pixel}.items():
        wait_for(page, "full")
        found[name] = faults(page)
    pixel.get_by_role("link", name="View in your room").click()
    pixel.evaluate("location.hash = '#vitrine-no-ar'")
    says(pixel, "AR needs Google's app")
    found["missing"] = faults(pixel)

    assert found == {"quick look": [], "scene viewer": [], "missing": []}


@pytest.mark.parametrize("agent", ["IPHONE_INSTAGRAM", "ANDROID_FACEBOOK", "ANDROID_FIREFOX"])
def test_a_browser_without_ar_beside_one_that_has_it(visit: Open, agent: str) -> None:
    no_clipboard = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
    page = visit(
        user_agent=getattr(phones, agent),
        scripts=(no_clipboard, NO_XR),
        **HAND,
    )
    wait_for(page, "full")
    hint = faults(page)

    page.get_by_role("button", name="Copy the link").click()
    page.get_by_role("textbox", name="Copy the link").wait_for()

    assert (hint, faults(page)) == ([], [])


def test_a_session_from_its_first_hint_to_its_end(visit: Open) -> None:
    page = a_phone(visit, floor=False)
    found = {}

    enter(page)
    says(page, "Move your phone slowly over the floor")
    found["seeking"] = faults(page)
    says(page, "More light helps")
    found["no surface"] = faults(page)
    page.evaluate("room.floor = true")
    says(page, "Drag to move it")
    found["placed"] = faults(page)
    page.wait_for_timeout(700)  # model-viewer forgives the first 30 frames
    page.evaluate("room.tracked = false")
    says(page, "Lost sight of the room")
    found["tracking lost"] = faults(page)
    page.evaluate("""() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      return room.session.end(); }""")
    page.evaluate("delete document.visibilityState")
    says(page, "AR was interrupted.")
    found["interrupted"] = faults(page)

    assert {state: each for state, each in found.items() if each} == {}
    assert len(found) == 5


@pytest.mark.parametrize(
    ("another", "room", "words"),
    [
        (True, {"camera": False}, "Tap again: Google's app shows it too."),
        (False, {"camera": False}, "Allow it for this page"),
        (True, {"whole": False}, "AR could not start."),
    ],
    ids=["a camera refused, another way", "a camera refused, no other way", "a session that breaks"],
)
def test_ar_that_does_not_start(
    shop: Shop, visit: Open, another: bool, room: dict[str, bool], words: str
) -> None:
    if not another:
        del shop.product["variants"]["android"]
    page = a_phone(visit, **room)

    enter(page)
    says(page, words)

    assert faults(page) == []


def test_the_dialogs(shop: Shop, visit: Open) -> None:
    model = shop.hold("/files/preview.glb")
    asked = f"{shop.address}/#vitrine-ar={shop.product['id']}"
    found = {}
    desk = visit()
    desk.get_by_role("button", name="View in your room").click()
    says(desk, "This address works on this computer only.")
    found["code"] = faults(desk)
    for name, agent, scripts in (
        ("waiting", PIXEL, WEBXR_PHONE),
        ("link", PIXEL, (STAY, NO_XR)),
        ("regret", IPHONE_INSTAGRAM, (NO_XR,)),
    ):
        phone = visit(user_agent=agent, scripts=scripts, **HAND)
        phone.goto("about:blank")
        phone.goto(asked)
        phone.get_by_role("dialog").wait_for()
        found[name] = faults(phone)
    model.set()

    assert found == {"code": [], "waiting": [], "link": [], "regret": []}
