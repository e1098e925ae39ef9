"""Colours, movements, points, sizes, pictures: what a product page offers beyond turning the model."""

import json
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.viewer.conftest import Open
from tests.viewer.models import BLUE, GREEN, RED, a_slab
from tests.viewer.shop import Shop
from tests.viewer.sight import (
    ELEMENT,
    VIEW,
    choose,
    colours,
    done,
    inside,
    shares,
    slow_card,
    still,
    told,
    until,
    wait_for,
)

pytestmark = pytest.mark.browser

IN_THREE_COLOURS = a_slab(RED, variants={"Red": RED, "Green": GREEN, "Blue": BLUE}, padding=5_000)

# A device that can share, and keeps what it was given to share.
SHARING = """window.shared = [];
navigator.canShare = () => true;
navigator.share = async ({ title, url, files }) => { for (const file of files)
  shared.push({ title, url, name: file.name, type: file.type, active: navigator.userActivation.isActive }); };"""

A_NOTCH = """view.shadowRoot.querySelector(".userInput").dispatchEvent(
  new WheelEvent("wheel", { deltaY: -60, bubbles: true, composed: true, cancelable: true }))"""

ZOOMS = "count => told.filter(([, detail]) => detail.kind === 'zoom').length === count"

A_SPOT = {"position": "0.3 0.9 0.1", "normal": [0, 0, 1], "text": {"en": "Oak <b>edge</b>", "de": "Eiche"}}
BEHIND = {
    "position": [0, 0.5, -0.1],
    "normal": [0, 0, -1],
    "text": "The back",
    "camera": {"orbit": "180deg 75deg 100%", "fov": "20deg"},
}


def turn_of(page: Page) -> float:
    """Where the camera stands, once it stands still."""
    return still(page)[0]


def test_colours_come_with_the_full_model_and_change_what_is_seen(shop: Shop, visit: Open) -> None:
    shop.files["/files/web.glb"] = IN_THREE_COLOURS
    full = shop.hold("/files/web.glb")
    page = visit()
    wait_for(page, "preview")
    before = page.get_by_role("radiogroup").count()

    full.set()
    wait_for(page, "full")
    names = page.get_by_role("radio").evaluate_all("all => all.map(each => each.ariaLabel)")
    page.get_by_role("radio", name="Green").click()
    until(page, lambda: colours(page)["green"] > 0.1)
    page.keyboard.press("ArrowDown")
    until(page, lambda: colours(page)["blue"] > 0.1)

    assert before == 0
    assert names == ["Red", "Green", "Blue"]
    assert page.get_by_role("radio", checked=True).get_attribute("aria-label") == "Blue"
    assert done(page) == ["variant", "variant"]


def test_a_colour_chosen_early_is_kept_by_the_full_model(shop: Shop, visit: Open) -> None:
    shop.files["/files/preview.glb"] = a_slab(RED, variants={"Red": RED, "Green": GREEN})
    shop.files["/files/web.glb"] = IN_THREE_COLOURS
    full = shop.hold("/files/web.glb")
    page = visit()
    wait_for(page, "preview")
    page.get_by_role("radio", name="Green").click()

    full.set()
    wait_for(page, "full")

    assert page.get_by_role("radio").count() == 3
    assert page.get_by_role("radio", checked=True).get_attribute("aria-label") == "Green"
    assert colours(page)["green"] > 0.1
    assert colours(page)["red"] < 0.01


def test_of_several_movements_one_is_chosen(shop: Shop, visit: Open) -> None:
    shop.files["/files/web.glb"] = a_slab(GREEN, clips=("Open", "Close"))
    page = visit()
    wait_for(page, "full")

    choose(page, item="Close", role="menuitemradio")
    until(page, lambda: inside(page, "view.animationName") == "Close")
    page.get_by_role("button", name="More").click()

    assert inside(page, "view.paused") is False
    assert page.get_by_role("menuitemradio", checked=True).inner_text() == "Close"
    assert done(page) == ["animation"]


def test_a_point_tells_its_text_and_brings_the_camera(shop: Shop, visit: Open) -> None:
    broken = [{"position": "here", "text": "nowhere"}, {"position": [0, 0, 0]}, None]
    shop.product["metadata"] = {"hotspots": [A_SPOT, *broken, BEHIND]}
    page = visit()
    wait_for(page, "full")
    points = page.locator(f"{ELEMENT} .hotspot")

    names = points.evaluate_all("all => all.map(each => each.ariaLabel)")
    points.nth(1).focus()
    page.keyboard.press("Enter")
    behind, text = turn_of(page), page.locator(f"{ELEMENT} .caption").inner_text()
    page.keyboard.press("Escape")
    closed = page.locator(f"{ELEMENT} .caption").inner_text()
    choose(page, item="Details", role="menuitemcheckbox")

    assert names == ["1: Oak <b>edge</b>", "2: The back"]
    assert behind == pytest.approx(3.14159, abs=0.02)
    assert inside(page, "view.getFieldOfView()") == pytest.approx(20, abs=0.5)
    assert (text, closed) == ("The back", "")
    assert points.locator("visible=true").count() == 0
    assert done(page) == ["hotspot", "hotspot"]


def test_a_text_is_shown_as_text_and_in_the_pages_language(shop: Shop, visit: Open) -> None:
    shop.product["metadata"] = {"hotspots": [A_SPOT]}
    page = visit()
    wait_for(page, "full")

    page.locator(f"{ELEMENT} .hotspot").click()
    english = page.locator(f"{ELEMENT} .caption p").inner_html()
    page.evaluate(
        "document.documentElement.lang = 'de-AT'; document.querySelector('vitrine-viewer').remove()"
    )
    page.evaluate(
        "html => { document.body.insertAdjacentHTML('afterbegin', html); }",
        shop.element,
    )
    wait_for(page, "full")
    page.locator(f"{ELEMENT} .hotspot").click()

    assert english == "Oak &lt;b&gt;edge&lt;/b&gt;"
    assert page.locator(f"{ELEMENT} .caption p").inner_text() == "Eiche"


@pytest.mark.parametrize(
    ("units", "sizes"),
    [("cm", ["60 cm", "100 cm", "20 cm"]), ("in", ["23.6 in", "39.4 in", "7.9 in"])],
)
def test_the_true_size_is_drawn_round_the_model(
    shop: Shop, visit: Open, units: str, sizes: list[str]
) -> None:
    shop.element = shop.element.replace(">", f' units="{units}">', 1)
    page = visit()
    wait_for(page, "full")

    choose(page, item="Dimensions", role="menuitemcheckbox")
    labels = page.locator(f"{ELEMENT} .size")
    labels.first.wait_for()
    still(page)
    drawn = labels.all_inner_texts()
    spoken = page.locator(f"{ELEMENT} .spoken").inner_text()
    height = page.locator(f"{ELEMENT} .measures path").nth(1).bounding_box()
    page.get_by_role("button", name="Rotate left").click()
    moved = turn_of(page)
    elsewhere = page.locator(f"{ELEMENT} .measures path").nth(1).bounding_box()
    choose(page, item="Dimensions", role="menuitemcheckbox")

    assert drawn == sizes
    assert spoken == f"Width {sizes[0]}, Height {sizes[1]}, Depth {sizes[2]}"
    assert height is not None
    assert elsewhere is not None
    assert height["height"] > 150
    assert moved > 0
    assert elsewhere["x"] != height["x"]
    assert labels.locator("visible=true").count() == 0
    assert done(page) == ["dimensions", "rotate", "dimensions"]


def test_a_product_of_unknown_size_offers_none(shop: Shop, visit: Open) -> None:
    shop.product["dimensions_m"] = None
    page = visit()
    wait_for(page, "full")

    page.get_by_role("button", name="More").click()

    assert page.get_by_role("menu").locator("button:visible").all_inner_texts() == [
        "Copy the link",
        "Save a picture",
    ]


def test_a_picture_of_what_is_seen_is_saved(shop: Shop, visit: Open, tmp_path: Path) -> None:
    page = visit()
    wait_for(page, "full")

    with page.expect_download() as download:
        choose(page, item="Save a picture", role="menuitem")
    download.value.save_as(tmp_path / "picture.png")

    seen = shares((tmp_path / "picture.png").read_bytes())
    assert download.value.suggested_filename == "Slab.png"
    assert seen["green"] > 0.15
    assert done(page) == ["screenshot"]


def test_a_picture_of_what_a_slow_card_drew_is_whole(shop: Shop, visit: Open, tmp_path: Path) -> None:
    page = visit()
    wait_for(page, "full")
    view = page.locator(VIEW)
    before = shares(view.screenshot())["green"]
    slow_card(view)
    for angle in (10, 20, 30, 0):
        inside(page, f"(view.cameraOrbit = '{angle}deg 75deg 105%', view.jumpCameraToGoal())")
        page.wait_for_timeout(600)

    with page.expect_download() as download:
        choose(page, item="Save a picture", role="menuitem")
    download.value.save_as(tmp_path / "picture.png")

    with Image.open(tmp_path / "picture.png") as picture:
        assert list(picture.size) == inside(page, "[view.clientWidth, view.clientHeight]")
    assert shares((tmp_path / "picture.png").read_bytes())["green"] == pytest.approx(before, abs=0.02)


def test_the_picture_and_the_pages_address_are_shared(shop: Shop, visit: Open) -> None:
    page = visit(scripts=(SHARING,))
    wait_for(page, "full")

    choose(page, item="Share", role="menuitem")
    page.wait_for_function("shared.length === 1")

    address = f"{shop.address}/"
    assert page.evaluate("shared") == [
        {"title": "Slab", "url": address, "name": "Slab.png", "type": "image/png", "active": True}
    ]
    assert done(page) == ["share"]


def test_where_nothing_can_be_shared_the_link_is_copied(shop: Shop, visit: Open) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    wait_for(page, "full")

    choose(page, item="Copy the link", role="menuitem")
    page.get_by_text("The link is copied.").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == f"{shop.address}/"
    assert done(page) == ["share"]


def test_it_fills_the_screen_and_comes_back(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    small = page.locator(ELEMENT).bounding_box()

    page.get_by_role("button", name="Full screen", exact=True).click()
    page.get_by_role("button", name="Leave full screen").wait_for()
    until(page, lambda: colours(page)["green"] > 0.1)
    large = page.evaluate("innerHeight")
    filled = inside(page, "view.getRootNode().host.clientHeight")
    page.get_by_role("button", name="Leave full screen").click()
    page.get_by_role("button", name="Full screen", exact=True).wait_for()

    assert filled == large
    assert page.locator(ELEMENT).bounding_box() == small
    assert done(page) == ["fullscreen", "fullscreen"]


def test_an_iphone_is_not_offered_the_full_screen(visit: Open) -> None:
    page = visit(scripts=("Object.defineProperty(document, 'fullscreenEnabled', { value: false });",))

    wait_for(page, "full")

    assert page.get_by_role("button", name="Full screen").count() == 0
    assert page.get_by_role("button", name="More").is_visible()


def test_a_shop_chooses_the_controls(shop: Shop, visit: Open) -> None:
    shop.element = shop.element.replace(">", ' controls="zoom share">', 1)
    page = visit()
    wait_for(page, "full")

    bar = page.locator(f"{ELEMENT} .bar button:visible").evaluate_all(
        "all => all.map(each => each.ariaLabel)"
    )

    assert bar == ["Zoom in", "Zoom out", "More"]


def test_no_controls_is_no_bar(shop: Shop, visit: Open) -> None:
    shop.element = shop.element.replace(">", ' controls="none">', 1)

    page = visit()
    wait_for(page, "full")

    assert page.locator(f"{ELEMENT} [part=bar]:visible").count() == 0
    left = page.locator(f"{ELEMENT} button:visible")
    assert left.evaluate_all("all => all.map(each => each.ariaLabel)") == ["View in your room"]


def test_a_drag_and_a_wheel_are_told_once_each(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")

    page.mouse.move(200, 200)
    page.mouse.down()
    page.mouse.move(280, 220, steps=8)
    page.mouse.up()
    still(page)
    page.mouse.wheel(0, -60)
    page.wait_for_function(ZOOMS, arg=1)
    page.wait_for_timeout(700)  # longer than the pause that ends a gesture
    # Four notches in one task: on a busy machine, Playwright's own come seconds apart, which is another gesture.
    inside(page, f"[1, 2, 3, 4].forEach(() => {A_NOTCH})")
    page.wait_for_function(ZOOMS, arg=2)
    still(page)
    page.get_by_role("button", name="Zoom out").click()
    page.wait_for_timeout(800)

    assert done(page) == ["rotate", "zoom", "zoom", "zoom"]
    assert told(page, "vitrine-error") == []


def test_a_shop_says_it_in_its_own_words(shop: Shop, visit: Open) -> None:
    own = json.dumps({"reset": "Start over", "unknown": "x"})
    shop.element = shop.element.replace(">", f" words='{own}'>", 1)

    page = visit()
    wait_for(page, "full")

    assert page.get_by_role("button", name="Start over").is_visible()
    assert page.get_by_role("button", name="Zoom in").is_visible()
