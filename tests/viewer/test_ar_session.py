"""WebXR on an emulated phone: what is said around the session, and what is told of it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.viewer.conftest import Open
from tests.viewer.phones import HAND, PIXEL, WEBXR_PHONE
from tests.viewer.shop import Shop
from tests.viewer.sight import ELEMENT, inside, still, told, until, wait_for

pytestmark = pytest.mark.browser


def a_phone(visit: Open, **room: Any) -> Page:
    """The page on a phone with WebXR, its model shown; `room` is what phone.js says of the room."""
    changed = f"Object.assign(room, {room!r});".replace("False", "false").replace("True", "true")
    page = visit(user_agent=PIXEL, scripts=(*WEBXR_PHONE, changed), **HAND)
    wait_for(page, "full")
    return page


def enter(page: Page) -> None:
    page.get_by_role("button", name="View in your room").click()


def wait_until_told(page: Page, state: str) -> dict[str, Any]:
    page.wait_for_function(
        "state => told.some(([name, detail]) => name === 'vitrine-ar' && detail.state === state)", arg=state
    )
    return next(each for each in told(page, "vitrine-ar") if each["state"] == state)


_FRAMED = """(({ theta, phi, radius }, { x, y, z }) => [theta, phi, radius, x, y, z])(
  view.getCameraOrbit(), view.getCameraTarget())"""


def test_a_session_is_placed_and_ended_and_its_times_are_told(visit: Open) -> None:
    page = a_phone(visit)

    enter(page)
    placed = wait_until_told(page, "placed")
    page.get_by_text("Drag to move it, two fingers to turn it").wait_for()
    page.get_by_role("button", name="Close AR").click()
    ended = wait_until_told(page, "ended")

    assert page.evaluate("room.asked") == [["immersive-ar", True]]
    assert [each["state"] for each in told(page, "vitrine-ar")] == ["launched", "started", "placed", "ended"]
    assert {each["kind"] for each in told(page, "vitrine-ar")} == {"webxr"}
    assert 0 < placed["ms"] < ended["ms"]
    assert not page.locator(f"{ELEMENT} .ar-hint").is_visible()
    assert page.get_by_role("button", name="View in your room").is_visible()


def test_until_a_surface_is_found_it_says_how_to_look_for_one(visit: Open) -> None:
    page = a_phone(visit, floor=False)

    enter(page)
    page.get_by_text("Move your phone slowly over the floor").wait_for()
    page.get_by_text("More light helps").wait_for()
    page.evaluate("room.floor = true")
    wait_until_told(page, "placed")

    page.get_by_text("Drag to move it").wait_for()
    page.get_by_text("Drag to move it").wait_for(state="hidden")  # it stands for eight seconds


def test_lost_tracking_is_said_and_taken_back(visit: Open) -> None:
    page = a_phone(visit)
    enter(page)
    wait_until_told(page, "placed")

    page.wait_for_timeout(700)  # model-viewer forgives the first 30 frames
    page.evaluate("room.tracked = false")
    page.get_by_text("Lost sight of the room").wait_for()
    page.evaluate("room.tracked = true")
    found = wait_until_told(page, "found")

    expect(page.get_by_text("Lost sight of the room")).to_be_hidden()
    assert [each["state"] for each in told(page, "vitrine-ar")][2:] == ["placed", "lost", "found"]
    assert found["ms"] > 0


def test_a_refused_camera_is_said_and_scene_viewer_offered(visit: Open) -> None:
    page = a_phone(visit, camera=False)
    page.get_by_role("button", name="Rotate left").click()
    still(page)
    before = inside(page, _FRAMED)

    enter(page)

    page.get_by_text("AR did not get the camera. Tap again: Google's app shows it too.").wait_for()
    until(page, lambda: inside(page, _FRAMED) == pytest.approx(before, abs=1e-3))
    assert page.get_by_role("link", name="View in your room").is_visible()
    assert page.locator(ELEMENT).get_attribute("ar-status") == "scene-viewer"
    assert [each["state"] for each in told(page, "vitrine-ar")] == ["launched", "refused"]
    assert [each["kind"] for each in told(page, "vitrine-error")] == ["ar"]
    assert page.get_by_role("button", name="Rotate left").is_visible()


def test_a_refused_camera_without_another_way_says_how_to_allow_it(shop: Shop, visit: Open) -> None:
    del shop.product["variants"]["android"]
    page = a_phone(visit, camera=False)

    enter(page)

    page.get_by_text("Allow it for this page").wait_for()
    page.get_by_role("button", name="Load again").click()
    wait_for(page, "full")
    assert page.locator(ELEMENT).get_attribute("ar-status") == "webxr"


def test_a_session_that_breaks_before_it_runs_has_failed(visit: Open) -> None:
    page = a_phone(visit, whole=False)
    before = inside(page, _FRAMED)

    enter(page)

    page.get_by_text("AR could not start.").wait_for()
    until(page, lambda: inside(page, _FRAMED) == pytest.approx(before, abs=1e-3))
    assert [each["state"] for each in told(page, "vitrine-ar")] == ["launched", "failed"]
    assert page.get_by_role("link", name="View in your room").is_visible()


def test_a_session_that_the_phone_ends_can_be_gone_on_with(visit: Open) -> None:
    page = a_phone(visit)
    enter(page)
    wait_until_told(page, "placed")

    page.evaluate("""() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      return room.session.end(); }""")
    page.get_by_text("AR was interrupted.").wait_for()
    page.evaluate("delete document.visibilityState")
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_text("AR was interrupted.")).to_be_hidden()
    page.wait_for_function("told.filter(([name, detail]) => detail.state === 'started').length === 2")


def test_a_picture_is_placed_on_a_wall_and_of_its_true_size(shop: Shop, visit: Open) -> None:
    shop.product["metadata"] = {"ar": {"placement": "wall"}}
    page = a_phone(visit, floor=False)

    enter(page)
    page.get_by_text("Move your phone slowly along the wall").wait_for()
    page.evaluate("room.floor = true")
    wait_until_told(page, "placed")

    assert inside(page, "[view.getAttribute('ar-placement'), view.getAttribute('ar-scale')]") == [
        "wall",
        "fixed",
    ]


def test_a_model_without_a_true_size_can_be_resized(shop: Shop, visit: Open) -> None:
    shop.product["dimensions_m"] = [60, 100, 20]
    page = a_phone(visit)

    enter(page)

    page.get_by_text("two fingers to turn or resize it").wait_for()
    assert inside(page, "view.getAttribute('ar-scale')") == "auto"


def test_the_full_model_may_come_while_the_session_runs(shop: Shop, visit: Open) -> None:
    full = shop.hold("/files/mobile.glb")
    page = visit(user_agent=PIXEL, scripts=WEBXR_PHONE, **HAND)
    wait_for(page, "preview")
    enter(page)
    wait_until_told(page, "placed")

    full.set()
    wait_for(page, "full")
    page.get_by_role("button", name="Close AR").click()

    assert wait_until_told(page, "ended")["ms"] > 0
    assert told(page, "vitrine-error") == []


def test_without_webgl_webxr_is_not_offered(visit: Open) -> None:
    blind = "HTMLCanvasElement.prototype.getContext = () => null;"

    page = visit(user_agent=PIXEL, scripts=(*WEBXR_PHONE, blind), **HAND)

    page.wait_for_selector(f"{ELEMENT}[ar-status=scene-viewer]")


def test_where_3d_was_given_up_the_app_outside_is_offered(shop: Shop, visit: Open) -> None:
    for name in ("preview", "mobile"):
        del shop.files[f"/files/{name}.glb"]

    page = visit(user_agent=PIXEL, scripts=WEBXR_PHONE, **HAND)
    wait_for(page, "failed")

    page.get_by_role("link", name="View in your room").wait_for()
    assert page.locator(ELEMENT).get_attribute("ar-status") == "scene-viewer"
