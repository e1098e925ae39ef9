"""A shop's own style sheet reaches what the guide says that it reaches."""

import pytest
from playwright.sync_api import Page

from tests.viewer.conftest import Open
from tests.viewer.models import GREEN, RED, a_slab
from tests.viewer.shop import PRODUCT_ID, Shop
from tests.viewer.sight import ELEMENT, wait_for

pytestmark = pytest.mark.browser

PARTS = ("poster", "bar", "button", "menu", "item", "variants", "swatch", "hotspot", "ar")
"""Those that are there at once, or after a press of "More", on a full model that has everything."""


def styled(page: Page, part: str, what: str) -> set[str]:
    """The computed style of each element of that part."""
    return set(
        page.evaluate(
            "([element, part, what]) => [...document.querySelector(element).shadowRoot.querySelectorAll("
            "`[part~='${part}']`)].map((one) => getComputedStyle(one)[what])",
            [ELEMENT, part, what],
        )
    )


@pytest.fixture
def everything(shop: Shop) -> Shop:
    """Colours, movements, a point, and AR by a file of its own."""
    shop.files["/files/web.glb"] = a_slab(
        GREEN, clips=("Open", "Close"), variants={"Red": RED, "Green": GREEN}
    )
    shop.product["metadata"] = {"hotspots": [{"position": [0, 1, 0], "text": "Top"}]}
    return shop


def test_each_part_is_styled_from_outside(everything: Shop, visit: Open) -> None:
    rules = "".join(
        f"{ELEMENT}::part({part}) {{ outline: {width}px solid }}" for width, part in enumerate(PARTS, 11)
    )
    everything.head = f"<style>{rules}</style>"
    page = visit()
    wait_for(page, "full")
    page.get_by_role("button", name="More").click()

    found = {part: styled(page, part, "outlineWidth") for part in PARTS}

    # "ar" and "menu" are buttons or beside them: of two rules for one element the later wins.
    assert all(f"{width}px" in found[part] for width, part in enumerate(PARTS, 11)), found


def test_custom_properties_are_taken(everything: Shop, visit: Open) -> None:
    everything.element = (
        f'<vitrine-viewer product="{PRODUCT_ID}" style="--vitrine-ratio: 2 / 1; --vitrine-radius: 7px; '
        "--vitrine-background: rgb(1, 2, 3); --vitrine-accent: rgb(4, 5, 6); --vitrine-on-accent: rgb(7, 8, 9)"
        '"></vitrine-viewer>'
    )
    page = visit()
    wait_for(page, "full")
    box = page.locator(ELEMENT).bounding_box()
    frame = page.evaluate(
        "(element) => { const { borderRadius, backgroundColor } = getComputedStyle(document.querySelector(element));"
        " return [borderRadius, backgroundColor]; }",
        ELEMENT,
    )

    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(2, rel=0.01)
    assert frame == ["7px", "rgb(1, 2, 3)"]
    assert styled(page, "ar", "backgroundColor") == {"rgb(4, 5, 6)"}
    assert styled(page, "ar", "color") == {"rgb(7, 8, 9)"}
