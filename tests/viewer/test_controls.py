"""The buttons do what a hand can do, with the keyboard too, in the page's language."""

import pytest

from tests.viewer.conftest import Open
from tests.viewer.models import GREEN, a_slab
from tests.viewer.shop import Shop
from tests.viewer.sight import colours, inside, still, wait_for

pytestmark = pytest.mark.browser


def test_buttons_turn_zoom_and_reset(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    start, size = inside(page, "view.getCameraOrbit().theta"), colours(page)["green"]

    page.get_by_role("button", name="Rotate left").click()
    page.get_by_role("button", name="Rotate left").click()
    still(page)
    turned = inside(page, "view.getCameraOrbit().theta")
    page.get_by_role("button", name="Zoom in").click()
    still(page)
    closer = inside(page, "view.getFieldOfView()")
    page.get_by_role("button", name="Reset the view").click()
    still(page)

    assert turned - start == pytest.approx(3.14159 / 3, abs=0.02)
    assert closer < 28
    assert inside(page, "view.getCameraOrbit().theta") == pytest.approx(start, abs=0.01)
    assert colours(page)["green"] == pytest.approx(size, rel=0.02)


def test_arrows_turn_the_model_and_page_keys_zoom(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    start, far = inside(page, "view.getCameraOrbit().theta"), inside(page, "view.getFieldOfView()")
    inside(page, "view.shadowRoot.querySelector('.userInput').focus()")

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    still(page)
    turned = inside(page, "view.getCameraOrbit().theta")
    page.keyboard.press("PageDown")
    still(page)
    near = inside(page, "view.getFieldOfView()")
    page.keyboard.press("PageUp")
    still(page)

    assert abs(turned - start) > 0.1
    assert near < far - 0.5
    assert inside(page, "view.getFieldOfView()") == pytest.approx(far, abs=0.1)


def test_two_fingers_apart_zoom_in(visit: Open) -> None:
    page = visit(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    wait_for(page, "full")
    far = inside(page, "view.getFieldOfView()")
    box = page.locator("vitrine-viewer").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand = page.context.new_cdp_session(page)

    for kind, apart in [("touchStart", 30), *(("touchMove", apart) for apart in range(40, 140, 10))]:
        fingers = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    still(page)

    assert inside(page, "view.getFieldOfView()") < far - 1


def test_rotate_right_undoes_rotate_left(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    start = inside(page, "view.getCameraOrbit().theta")

    for name in ("Rotate left", "Rotate right"):
        page.get_by_role("button", name=name).click()
        still(page)

    assert inside(page, "view.getCameraOrbit().theta") == pytest.approx(start, abs=0.01)


def test_a_german_page_is_spoken_to_in_german(shop: Shop, visit: Open) -> None:
    shop.element = f'<section lang="de-AT">{shop.element}</section>'

    page = visit()
    wait_for(page, "full")

    assert page.get_by_role("button", name="Nach links drehen").is_visible()
    assert inside(page, "view.shadowRoot.querySelector('.userInput').getAttribute('aria-label')") == (
        "An upright slab. Mit Maus, Finger oder Pfeiltasten drehen"
    )


def test_a_moving_model_moves_and_can_be_held(shop: Shop, visit: Open) -> None:
    shop.files["/files/web.glb"] = a_slab(GREEN, clips=("turn",))
    page = visit()
    wait_for(page, "full")

    moving = inside(page, "view.paused")
    page.get_by_role("button", name="Pause the animation").click()

    assert moving is False
    assert inside(page, "view.paused") is True
    assert page.get_by_role("button", name="Play the animation").is_visible()


def test_a_model_held_stays_held_when_the_full_one_comes(shop: Shop, visit: Open) -> None:
    shop.files["/files/preview.glb"] = shop.files["/files/web.glb"] = a_slab(GREEN, clips=("turn",))
    full = shop.hold("/files/web.glb")
    page = visit()
    wait_for(page, "preview")
    page.get_by_role("button", name="Pause the animation").click()
    time = inside(page, "view.currentTime")

    full.set()
    wait_for(page, "full")

    assert time > 0
    assert inside(page, "view.paused") is True
    assert inside(page, "view.currentTime") == pytest.approx(time, abs=0.05)
    assert page.get_by_role("button", name="Play the animation").is_visible()


def test_who_wants_little_motion_starts_it_by_hand(shop: Shop, visit: Open) -> None:
    shop.files["/files/preview.glb"] = shop.files["/files/web.glb"] = a_slab(GREEN, clips=("turn",))
    page = visit(reduced_motion="reduce")
    wait_for(page, "full")

    still = inside(page, "view.paused")
    page.get_by_role("button", name="Play the animation").click()

    assert still is True
    assert inside(page, "view.paused") is False


def test_a_still_model_has_no_play_button(visit: Open) -> None:
    page = visit()

    wait_for(page, "full")

    assert page.get_by_role("button", name="animation").count() == 0


def test_progress_tells_the_share_of_all_bytes(shop: Shop, visit: Open) -> None:
    full = shop.hold("/files/web.glb")
    page = visit()
    wait_for(page, "preview")
    preview, web = (len(shop.files[f"/files/{name}.glb"]) for name in ("preview", "web"))

    share = page.get_by_role("progressbar", name="Loading the 3D model").get_attribute("aria-valuenow")
    full.set()
    wait_for(page, "full")

    assert share == str(round(100 * preview / (preview + web)))
    assert page.get_by_role("progressbar").count() == 0
