"""For everybody: by keyboard, by ear, in one's own language and direction, with little motion, without scripts."""

import pytest

from tests.viewer.axe import faults
from tests.viewer.conftest import Open
from tests.viewer.models import GREEN, RED, a_slab
from tests.viewer.shop import Shop
from tests.viewer.sight import ELEMENT, choose, colours, inside, still, wait_for

pytestmark = pytest.mark.browser

SPOTS = {"hotspots": [{"position": [0.3, 0.9, 0.1], "normal": "0 0 1", "text": "Oak"}]}
RICH = a_slab(GREEN, clips=("Open", "Close"), variants={"Green": GREEN, "Red": RED}, padding=5_000)

WORDS = {
    "en": ("Rotate left", "More", "Dimensions"),
    "de": ("Nach links drehen", "Mehr", "Maße"),
    "fr": ("Tourner à gauche", "Plus", "Dimensions"),
    "es": ("Girar a la izquierda", "Más", "Medidas"),
    "ja": ("左に回す", "その他", "寸法"),
    "zh": ("向左旋转", "更多", "尺寸"),
}


def test_axe_finds_nothing_in_any_state_of_a_visit(shop: Shop, visit: Open) -> None:
    shop.product["metadata"] = SPOTS
    shop.files["/files/web.glb"] = RICH
    shop.element = shop.element.replace(">", ' loading="interaction">', 1)
    held = {name: shop.hold(f"/files/{name}.glb") for name in ("preview", "web")}
    page = visit()
    found = {}

    page.get_by_role("button", name="View in 3D").wait_for()
    found["poster"] = faults(page)
    page.get_by_role("button", name="View in 3D").click()
    wait_for(page, "loading")
    found["loading"] = faults(page)
    held["preview"].set()
    wait_for(page, "preview")
    found["preview"] = faults(page)
    held["web"].set()
    wait_for(page, "full")
    found["full"] = faults(page)
    page.get_by_role("button", name="More").click()
    found["menu"] = faults(page)
    page.keyboard.press("Escape")
    page.locator(f"{ELEMENT} .hotspot").click()
    found["hotspot"] = faults(page)
    choose(page, item="Dimensions", role="menuitemcheckbox")
    page.locator(f"{ELEMENT} .size").first.wait_for()
    still(page)
    found["dimensions"] = faults(page)
    choose(page, item="Copy the link", role="menuitem")
    found["notice"] = faults(page)

    assert {state: each for state, each in found.items() if each} == {}
    assert len(found) == 8


def test_the_keyboard_alone_does_it_all(shop: Shop, visit: Open) -> None:
    shop.product["metadata"] = SPOTS
    shop.files["/files/web.glb"] = RICH
    page = visit()
    wait_for(page, "full")

    reached, ringed = [], []
    for _ in range(13):
        page.keyboard.press("Tab")
        name, ring = page.evaluate(_FOCUS)
        reached.append(name)
        ringed.append(ring)
    page.get_by_role("button", name="More").focus()
    page.keyboard.press("ArrowUp")
    last = page.evaluate(_FOCUS)[0]
    page.keyboard.press("Home")
    page.keyboard.press("d")
    typed = page.evaluate(_FOCUS)[0]
    page.keyboard.press("Escape")
    back = page.evaluate(_FOCUS)[0]
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.wait_for_timeout(400)

    assert [name for name in reached if name and not name.startswith("An upright slab")] == [
        "1: Oak",
        "Green",
        "Rotate left",
        "Rotate right",
        "Zoom in",
        "Zoom out",
        "Reset the view",
        "Pause the animation",
        "Full screen",
        "More",
        "View in your room",
    ]
    assert all(ring for name, ring in zip(reached, ringed, strict=True) if name)
    assert (last, typed, back) == ("Close", "Dimensions", "More")
    assert page.locator(f"{ELEMENT} .size").count() > 0
    assert page.get_by_role("menu").count() == 0


# Name of what has the focus, through all shadow roots, and whether it shows that.
_FOCUS = """() => {
  let at = document.activeElement;
  if (at?.localName !== 'vitrine-viewer') return [null, false];
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const style = getComputedStyle(at);
  return [at.ariaLabel ?? at.textContent, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0];
}"""


def test_the_model_is_an_application_to_screen_readers(visit: Open) -> None:
    page = visit()

    wait_for(page, "full")

    spoken = inside(
        page,
        "['role', 'aria-roledescription', 'aria-label']"
        ".map(name => view.shadowRoot.querySelector('.userInput').getAttribute(name))",
    )
    assert spoken == ["application", "3D view", "An upright slab. Use mouse, touch or arrow keys to turn it"]
    assert page.locator(f"{ELEMENT} .spoken").inner_text() == "The 3D model is ready."


@pytest.mark.parametrize("language", WORDS)
def test_each_language_is_spoken(shop: Shop, visit: Open, language: str) -> None:
    shop.element = f'<section lang="{language}">{shop.element}</section>'
    left, more, size = WORDS[language]
    page = visit()
    wait_for(page, "full")

    page.get_by_role("button", name=more, exact=True).click()

    assert page.get_by_role("button", name=left).is_visible()
    assert page.get_by_role("menuitemcheckbox", name=size).is_visible()
    fetched = [path for path in shop.asked if path.startswith(f"/viewer/{language}-")]
    assert len(fetched) == (0 if language == "en" else 1)


def test_a_language_that_does_not_come_is_english(shop: Shop, visit: Open) -> None:
    shop.element = f'<section lang="fr">{shop.element}</section>'
    page = visit(wait_until="commit")
    page.route("**/viewer/fr-*.js", lambda route: route.abort())
    page.reload()

    wait_for(page, "full")

    assert page.get_by_role("button", name="Rotate left").is_visible()


def test_from_right_to_left_the_bar_turns_round_but_left_stays_left(shop: Shop, visit: Open) -> None:
    shop.files["/files/web.glb"] = RICH
    shop.element = f'<section dir="rtl">{shop.element}</section>'
    page = visit()
    wait_for(page, "full")
    before = inside(page, "view.getCameraOrbit().theta")

    places = {
        name: page.get_by_role("button", name=name).bounding_box()
        for name in ("Rotate left", "Rotate right", "Zoom in", "More")
    }
    swatches = page.get_by_role("radiogroup").bounding_box()
    page.get_by_role("button", name="Rotate left").click()
    still(page)

    xs = {name: box["x"] for name, box in places.items() if box}
    assert xs["More"] < xs["Zoom in"] < xs["Rotate left"] < xs["Rotate right"]
    assert swatches is not None
    assert (
        swatches["x"] > page.evaluate(f"document.querySelector('{ELEMENT}').getBoundingClientRect().x") + 200
    )
    assert inside(page, "view.getCameraOrbit().theta") > before


def test_from_right_to_left_a_point_stays_on_the_model(shop: Shop, visit: Open) -> None:
    shop.product["metadata"] = SPOTS
    shop.element = f'<section dir="rtl">{shop.element}</section>'
    page = visit()
    wait_for(page, "full")
    still(page)

    frame, spot = (page.locator(each).bounding_box() for each in (ELEMENT, f"{ELEMENT} .hotspot"))

    assert frame is not None
    assert spot is not None
    assert 0.3 < (spot["x"] + spot["width"] / 2 - frame["x"]) / frame["width"] < 0.8


def test_who_wants_little_motion_sees_the_camera_jump(visit: Open) -> None:
    page = visit(reduced_motion="reduce")
    wait_for(page, "full")
    before = inside(page, "view.getCameraOrbit().theta")

    page.get_by_role("button", name="Rotate left").click()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    assert inside(page, "view.getCameraOrbit().theta") - before == pytest.approx(3.14159 / 6, abs=0.001)


@pytest.mark.parametrize("width", [320, 360])
def test_a_small_phone_has_room_for_the_bar(shop: Shop, visit: Open, width: int) -> None:
    shop.product["metadata"] = SPOTS
    shop.files["/files/mobile.glb"] = RICH
    shop.files["/page.css"] = b"body{margin:16px}"
    screen = {"width": width, "height": 640}
    page = visit(viewport=screen, screen=screen, has_touch=True, is_mobile=True)
    wait_for(page, "full")
    frame = page.locator(ELEMENT).bounding_box()

    buttons = page.locator(f"{ELEMENT} .bar button:visible")
    boxes = [each.bounding_box() for each in buttons.all()]
    page.get_by_role("button", name="More").click()
    menu = page.get_by_role("menu").bounding_box()

    assert frame is not None
    assert menu is not None
    assert all(box and box["x"] >= frame["x"] for box in boxes)
    assert all(box and box["x"] + box["width"] <= frame["x"] + frame["width"] for box in boxes)
    assert all(box and box["width"] >= 28 and box["height"] >= 44 for box in boxes)
    assert menu["y"] >= frame["y"]
    assert page.get_by_role("menuitem", name="Reset the view").count() == 1


def test_without_scripts_what_the_page_wrote_inside_is_shown(shop: Shop, visit: Open) -> None:
    shop.element = shop.element.replace(
        "></",
        '><img slot="poster" src="/files/poster.webp" alt="mine" width="256" height="256"><a href="/p">See it</a></',
    )

    page = visit(java_script_enabled=False)

    assert page.get_by_role("link", name="See it").is_visible()
    assert colours(page)["blue"] > 0.3
