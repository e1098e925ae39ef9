"""What a page shows, in pixels and in words."""

import io
import time
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Frame, Locator, Page

ELEMENT = "vitrine-viewer"
PATIENCE_MS = 60_000
"""A busy machine is no fault of the page: drawing a model without a graphics card may hold it up for half a minute."""

HIDE = """() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}"""
"""What a page notices when another app or tab comes before it."""

Stage = Literal["poster", "loading", "preview", "full", "failed"]


def wait_for(page: Page, stage: Stage) -> None:
    page.wait_for_selector(f"{ELEMENT}[stage={stage}]", timeout=PATIENCE_MS)
    page.wait_for_timeout(400)  # the fade begins a frame later
    drawn(page)


def drawn(page: Page) -> None:
    """Once every fade and rise in the element has ended, however slowly it is drawn."""
    page.evaluate(_DRAWN)


_DRAWN = f"""Promise.all(document.querySelector('{ELEMENT}').shadowRoot.getAnimations()
  .filter(each => each.effect.getComputedTiming().endTime < Infinity).map(each => each.finished.catch(() => null)))
  .then(() => null)"""


def until(page: Page, so: Callable[[], object]) -> None:
    """Asks until it is so; a page that draws slowly is no fault."""
    ends = time.monotonic() + PATIENCE_MS / 1000
    while not so():
        assert time.monotonic() < ends, f"not so within {PATIENCE_MS} ms"
        page.wait_for_timeout(100)


def still(page: Page | Frame) -> list[float]:
    """The camera's angle, tilt, distance and field of view, once some frames in a row did not move it."""
    stands: list[float] = page.evaluate(_STILL)
    return stands


CAMERA = "(orbit => [orbit.theta, orbit.phi, orbit.radius, view.getFieldOfView()])(view.getCameraOrbit())"
"""For `inside`."""

_STILL = f"""async () => {{
  const view = document.querySelector('{ELEMENT}').shadowRoot.querySelector('model-viewer.view');
  for (let before; ; ) {{
    for (let frame = 0; frame < 12; frame++) await new Promise(requestAnimationFrame);
    await new Promise(next => setTimeout(next, 300));
    const now = {CAMERA};
    if (String(now) === String(before)) return now;
    before = now;
  }}
}}"""


def picture(page: Page) -> bytes:
    return page.locator(ELEMENT).screenshot()


def shares(image: bytes) -> dict[str, float]:
    """How much of an image is plainly red, green, blue: shares of all pixels."""
    pixels: NDArray[np.int16] = np.asarray(Image.open(io.BytesIO(image)).convert("RGB"), dtype=np.int16)
    strong = [pixels[..., i] - np.delete(pixels, i, axis=2).max(axis=2) > 100 for i in range(3)]
    return {name: float(mask.mean()) for name, mask in zip(("red", "green", "blue"), strong, strict=True)}


def colours(page: Page) -> dict[str, float]:
    return shares(picture(page))


def told(page: Page, name: str) -> list[dict[str, Any]]:
    """The details of the events of that name, in the order they came."""
    return [detail for told_name, detail in page.evaluate("told") if told_name == name]


def inside(page: Page, script: str) -> Any:
    """Evaluates `script` with `view` as the <model-viewer> inside the element."""
    return page.evaluate(
        f"() => {{ const view = document.querySelector('{ELEMENT}').shadowRoot.querySelector('model-viewer.view');"
        f" return {script}; }}"
    )


def lose(page: Page) -> None:
    """Takes the graphics card away; `loss.restoreContext()` gives it back.

    The canvas itself cannot be looked for: with two views in the page, as while the full model comes, it is in neither.
    """
    page.locator(VIEW).evaluate(_LOSE)


def slow_card(view: Locator) -> None:
    """What moves is drawn coarsely from now on, as on a slow graphics card, and a frame takes a quarter of a second."""
    view.evaluate(_SLOW_CARD)


VIEW = f"{ELEMENT} model-viewer.view"

_RENDERER = """
  let [face, symbol] = [view, null];
  for (; face && !symbol; face = Object.getPrototypeOf(face))
    symbol = Object.getOwnPropertySymbols(face).find(each => each.description === 'renderer');
  const renderer = view[symbol];"""

_LOSE = f"""view => {{{_RENDERER}
  window.loss ??= renderer.threeRenderer.getContext().getExtension('WEBGL_lose_context');
  loss.loseContext();
}}"""

_SLOW_CARD = f"""view => {{{_RENDERER}
  Object.defineProperty(renderer, 'avgFrameDuration', {{ get: () => 1000, set: () => undefined }});
  const hold = () => {{
    for (const end = performance.now() + 250; performance.now() < end; );
    requestAnimationFrame(() => setTimeout(hold));
  }};
  hold();
}}"""


def choose(page: Page, *, item: str, role: Literal["menuitem", "menuitemcheckbox", "menuitemradio"]) -> None:
    """Opens the menu behind "More" and presses one of its lines."""
    page.get_by_role("button", name="More").click()
    page.get_by_role(role, name=item).click()


def done(page: Page) -> list[str]:
    """What the shopper did, as the page was told."""
    return [each["kind"] for each in told(page, "vitrine-interaction")]
