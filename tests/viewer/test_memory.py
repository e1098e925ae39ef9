"""A device, or its graphics card, that has no room for the model: the picture, a word, and a fault of its own kind."""

import json
from pathlib import Path

import jsonschema
import pytest
from playwright.sync_api import Page

from tests.viewer.conftest import Open
from tests.viewer.models import GREEN, a_slab
from tests.viewer.shop import Shop
from tests.viewer.sight import ELEMENT, colours, inside, lose, told, until, wait_for

pytestmark = pytest.mark.browser

SCHEMA = json.loads((Path(__file__).parents[2] / "contracts" / "events.schema.json").read_text())

# A browser that runs out of memory, while `window.full` is set, where it would: its own calls fail as they do then.
NO_BYTES = """window.full = true;
const whole = Response.prototype.arrayBuffer;
Response.prototype.arrayBuffer = async function () {
  if (window.full) throw new RangeError('Array buffer allocation failed');
  return whole.call(this);
};"""
NO_GRAPHICS = """window.full = true;
{
  const face = WebGL2RenderingContext.prototype, fill = face.bufferData, ask = face.getError;
  let failed = false;
  face.bufferData = function (...all) {
    if (window.full) failed = true;
    else fill.apply(this, all);
  };
  face.getError = function () {
    if (!failed) return ask.call(this);
    failed = false;
    return this.OUT_OF_MEMORY;
  };
}"""
WAYS = {"bytes": NO_BYTES, "graphics card": NO_GRAPHICS}

# One canvas too many: the first context is only asked whether there can be any.
ONE_CONTEXT = """{
  const known = HTMLCanvasElement.prototype.getContext;
  let made = 0;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind === 'webgl2' && made++ ? null : known.call(this, kind, ...rest);
  };
}"""

LOST_AT_ONCE = """{
  const known = WebGL2RenderingContext.prototype.bufferData;
  WebGL2RenderingContext.prototype.bufferData = function (...all) {
    if (!window.loss) (window.loss = this.getExtension('WEBGL_lose_context')).loseContext();
    return known.apply(this, all);
  };
}"""

TOO_LITTLE = "This device has too little memory for 3D"
STOPPED = "3D has stopped on this device"


def faults(page: Page) -> list[str]:
    return [each["kind"] for each in told(page, "vitrine-error")]


@pytest.mark.parametrize("way", WAYS)
def test_without_memory_the_poster_stays_with_a_word_and_we_are_told(
    shop: Shop, visit: Open, way: str
) -> None:
    page = visit(scripts=(WAYS[way],))

    wait_for(page, "failed")

    assert page.get_by_text(TOO_LITTLE).is_visible()
    assert colours(page)["blue"] > 0.5
    assert faults(page) == ["memory"]
    assert page.locator(f"{ELEMENT} model-viewer").count() == 0
    page.goto("about:blank")
    until(page, lambda: shop.batches)
    batch = shop.batches[0]["batch"]
    jsonschema.Draft202012Validator(SCHEMA).validate(batch)
    assert [(each["kind"], each.get("error")) for each in batch["events"]] == [
        ("poster", None),
        ("error", "memory"),
        ("failed", None),
    ]


@pytest.mark.parametrize("way", WAYS)
def test_when_there_is_room_again_it_can_be_tried_again(visit: Open, way: str) -> None:
    page = visit(scripts=(WAYS[way],))
    wait_for(page, "failed")

    page.evaluate("window.full = false")
    page.get_by_role("button", name="Try again").click()
    wait_for(page, "full")

    assert page.get_by_text(TOO_LITTLE).count() == 0
    assert colours(page)["green"] > 0.1


@pytest.mark.parametrize("way", WAYS)
def test_the_small_model_stays_when_the_full_one_does_not_fit(shop: Shop, visit: Open, way: str) -> None:
    whole = shop.hold("/files/web.glb")
    page = visit(scripts=(WAYS[way], "window.full = false"))
    wait_for(page, "preview")

    page.evaluate("window.full = true")
    whole.set()
    until(page, lambda: faults(page))

    assert faults(page) == ["memory"]
    assert page.locator(ELEMENT).get_attribute("stage") == "preview"
    assert colours(page)["red"] > 0.1
    assert page.locator(f"{ELEMENT} model-viewer").count() == 1


def test_a_broken_model_is_not_called_a_want_of_memory(shop: Shop, visit: Open) -> None:
    del shop.product["variants"]["preview"]
    shop.files["/files/web.glb"] = a_slab(GREEN).replace(b'"count": 8', b'"count": 9')

    page = visit()
    wait_for(page, "failed")

    assert faults(page) == ["model"]
    assert page.get_by_text("could not be loaded").is_visible()


def test_a_renderer_that_gets_no_context_leaves_the_poster(visit: Open) -> None:
    page = visit(scripts=(ONE_CONTEXT,))

    wait_for(page, "failed")

    assert page.get_by_text("This browser cannot show 3D").is_visible()
    assert colours(page)["blue"] > 0.5
    assert faults(page) == ["webgl"]


def test_a_context_lost_before_anything_is_shown_leaves_the_poster(visit: Open) -> None:
    page = visit(scripts=(LOST_AT_ONCE,))
    wait_for(page, "failed")
    failed = colours(page)
    said = page.get_by_text(STOPPED).is_visible()

    page.evaluate("loss.restoreContext()")
    page.get_by_role("button", name="Try again").click()
    wait_for(page, "full")

    assert said
    assert failed["blue"] > 0.5
    assert faults(page) == ["context-lost"]
    assert colours(page)["green"] > 0.1


def test_a_context_that_is_lost_again_at_once_is_not_waited_for_any_more(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    lose(page)
    page.get_by_text(STOPPED).wait_for()
    page.evaluate("loss.restoreContext()")
    until(page, lambda: page.get_by_text(STOPPED).count() == 0)

    lose(page)
    wait_for(page, "failed")

    assert faults(page) == ["context-lost", "context-lost"]
    assert page.get_by_role("button", name="Try again").is_visible()
    assert page.get_by_role("button", name="Rotate left").count() == 0
    assert colours(page)["blue"] > 0.5
    assert page.locator(f"{ELEMENT} model-viewer").count() == 0


def test_while_3d_has_stopped_nothing_is_offered_that_would_do_nothing(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    theta = inside(page, "view.getCameraOrbit().theta")

    lose(page)
    page.get_by_text(STOPPED).wait_for()
    offered = page.get_by_role("button", name="Rotate left").count()
    page.evaluate("loss.restoreContext()")
    until(page, lambda: page.get_by_text(STOPPED).count() == 0)
    page.get_by_role("button", name="Rotate left").click()

    assert offered == 0
    until(page, lambda: inside(page, "view.getCameraOrbit().theta") != theta)


def test_what_was_said_of_a_lost_context_is_taken_back_with_the_model(shop: Shop, visit: Open) -> None:
    shop.files["/page.css"] = b"body{margin:0;height:6000px} vitrine-viewer{width:400px}"
    page = visit()
    wait_for(page, "full")
    lose(page)
    page.get_by_text(STOPPED).wait_for()

    page.evaluate("scrollTo(0, 5000)")
    wait_for(page, "poster")
    page.evaluate("loss.restoreContext()")
    page.evaluate("scrollTo(0, 0)")
    wait_for(page, "full")

    assert page.get_by_text(STOPPED).count() == 0
    assert colours(page)["green"] > 0.1
