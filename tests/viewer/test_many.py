"""Ten products on one page: the graphics memory of those near the screen, whatever the page's length."""

import pytest
from playwright.sync_api import Page

from tests.viewer.conftest import Open
from tests.viewer.models import BLUE, GREEN, RED, a_slab
from tests.viewer.shop import Shop
from tests.viewer.sight import ELEMENT, shares, still, told, until

pytestmark = pytest.mark.browser

# No browser tells how much graphics memory a page holds, so this counts what is made of it: contexts, and the
# buffers and textures that were created and not yet deleted. What a context holds is what its live objects hold.
COUNTING = """window.gpu = { contexts: 0, live: new Set() };
const known = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  const made = known.call(this, kind, ...rest);
  if (kind === 'webgl2' && made && !made.counted) { made.counted = true; gpu.contexts++; }
  return made;
};
for (const thing of ['Buffer', 'Texture']) {
  const face = WebGL2RenderingContext.prototype, make = face['create' + thing], drop = face['delete' + thing];
  face['create' + thing] = function () { const made = make.call(this); gpu.live.add(made); return made; };
  face['delete' + thing] = function (gone) { gpu.live.delete(gone); return drop.call(this, gone); };
}"""

STATES = f"[...document.querySelectorAll('{ELEMENT}')].map(each => each.getAttribute('stage'))"
VIEWS = (
    f"[...document.querySelectorAll('{ELEMENT}')]"
    ".flatMap(each => [...each.shadowRoot.querySelectorAll('model-viewer')]).length"
)


def see(page: Page, at: int) -> None:
    """Scrolls to one of them and waits until it is whole."""
    page.locator(ELEMENT).nth(at).scroll_into_view_if_needed()
    page.wait_for_function(f"document.querySelectorAll('{ELEMENT}')[{at}].getAttribute('stage') === 'full'")


def test_ten_on_a_page_hold_no_more_than_the_few_near_the_screen(shop: Shop, visit: Open) -> None:
    colours = {"Red": RED, "Green": GREEN, "Blue": BLUE}
    shop.files["/files/web.glb"] = a_slab(RED, variants=colours, padding=5_000)
    shop.element *= 10
    shop.files["/page.css"] = b"body{margin:0} vitrine-viewer{width:400px;margin-bottom:700px}"
    page = visit(scripts=(COUNTING,))
    warnings: list[str] = []
    page.on("console", lambda said: warnings.append(said.text) if "context" in said.text.lower() else None)
    first = page.locator(ELEMENT).first

    see(page, 0)
    page.get_by_role("radio", name="Blue").click()
    page.get_by_role("button", name="Rotate left").click()
    still(page)
    one, shown = page.evaluate("gpu.live.size"), page.evaluate(_ORBIT)
    for at in range(1, 10):
        see(page, at)
    page.wait_for_timeout(6_000)
    many, states, views = (page.evaluate(each) for each in ("gpu.live.size", STATES, VIEWS))
    covered = page.evaluate(f"!document.querySelector('{ELEMENT}').shadowRoot.querySelector('.poster.gone')")
    see(page, 0)
    until(page, lambda: shares(first.screenshot())["blue"] > 0.1)

    # Two screens of 720 px either way, one every 1100 px: the last, and at most two above it.
    assert states[:7] == ["poster"] * 7
    assert states[9] == "full"
    assert views <= 3
    assert many <= one * 3
    assert covered
    assert page.evaluate(_ORBIT) == pytest.approx(shown, abs=1e-3)
    assert page.get_by_role("radio", checked=True).first.get_attribute("aria-label") == "Blue"
    assert page.evaluate("gpu.contexts") <= 2
    assert warnings == []
    assert [each["stage"] for each in told(page, "vitrine-stage") if each.get("again")][-3:] == [
        "loading",
        "preview",
        "full",
    ]


_ORBIT = f"""(view => {{ const {{ theta, phi, radius }} = view.getCameraOrbit();
  return [theta, phi, radius, view.getFieldOfView()]; }})(
  document.querySelector('{ELEMENT}').shadowRoot.querySelector('model-viewer.view'))"""
