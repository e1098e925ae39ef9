"""What a page shows, in pixels and in words."""

import io
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

ELEMENT = "vitrine-viewer"

Stage = Literal["poster", "loading", "preview", "full", "failed"]


def wait_for(page: Page, stage: Stage) -> None:
    page.wait_for_selector(f"{ELEMENT}[stage={stage}]")
    page.wait_for_timeout(400)  # the poster's fade


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


def choose(page: Page, *, item: str, role: Literal["menuitem", "menuitemcheckbox", "menuitemradio"]) -> None:
    """Opens the menu behind "More" and presses one of its lines."""
    page.get_by_role("button", name="More").click()
    page.get_by_role(role, name=item).click()


def done(page: Page) -> list[str]:
    """What the shopper did, as the page was told."""
    return [each["kind"] for each in told(page, "vitrine-interaction")]
