"""When something fails, the picture stays and a calm word says so."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.viewer.conftest import LISTENER, Open
from tests.viewer.models import GREEN, a_slab
from tests.viewer.shop import Shop
from tests.viewer.sight import ELEMENT, colours, lose, told, until, wait_for

pytestmark = pytest.mark.browser


def test_without_webgl_the_poster_stays_with_a_word(shop: Shop, launch: Callable[..., Browser]) -> None:
    browser = launch(webgl=False)
    page = browser.new_page()
    page.add_init_script(LISTENER)

    page.goto(f"{shop.address}/")
    page.get_by_text("This browser cannot show 3D").wait_for()

    assert page.locator(ELEMENT).get_attribute("stage") == "poster"
    assert [each["kind"] for each in told(page, "vitrine-error")] == ["webgl"]
    assert colours(page)["blue"] > 0.6
    assert not [path for path in shop.asked if "model-viewer" in path or path.endswith(".glb")]
    browser.close()


def test_a_missing_model_keeps_the_poster_and_can_be_tried_again(shop: Shop, visit: Open) -> None:
    kept = {path: shop.files.pop(path) for path in ("/files/preview.glb", "/files/web.glb")}
    page = visit()
    wait_for(page, "failed")
    failed, errors = colours(page), told(page, "vitrine-error")

    shop.files |= kept
    page.get_by_role("button", name="Try again").click()
    wait_for(page, "full")

    assert failed["blue"] > 0.6
    assert [each["kind"] for each in errors] == ["missing", "missing"]
    assert "404" in errors[0]["message"]
    assert colours(page)["green"] > 0.1


def test_an_address_that_ran_out_is_asked_for_anew(shop: Shop, visit: Open) -> None:
    del shop.product["variants"]["preview"]
    model = shop.hold("/files/web.glb")
    page = visit()
    wait_for(page, "loading")

    shop.files["/files/renewed.glb"] = shop.files.pop("/files/web.glb")
    shop.product["variants"]["web"]["url"] = f"{shop.address}/files/renewed.glb"
    model.set()
    wait_for(page, "full")

    assert told(page, "vitrine-error") == []
    assert colours(page)["green"] > 0.1


def test_a_missing_preview_is_passed_over(shop: Shop, visit: Open) -> None:
    del shop.files["/files/preview.glb"]

    page = visit()
    wait_for(page, "full")

    assert [each["kind"] for each in told(page, "vitrine-error")] == ["missing"]
    assert colours(page)["green"] > 0.1


def test_a_missing_full_model_leaves_the_preview(shop: Shop, visit: Open) -> None:
    del shop.files["/files/web.glb"]

    page = visit()
    page.wait_for_function("told.some(([name]) => name === 'vitrine-error')")
    wait_for(page, "preview")

    assert [each["kind"] for each in told(page, "vitrine-error")] == ["missing"]
    assert colours(page)["red"] > 0.1


def cut_off(shop: Shop, visit: Open) -> Page:
    """The small model stands, and the network goes while the full one is on its way."""
    full = shop.hold("/files/web.glb")
    page = visit()
    wait_for(page, "preview")
    page.context.set_offline(True)
    shop.dropped.add("/files/web.glb")
    full.set()
    return page


def test_offline_it_waits_and_goes_on(shop: Shop, visit: Open) -> None:
    page = cut_off(shop, visit)
    page.get_by_text("You are offline.").wait_for()
    shop.dropped.clear()

    page.context.set_offline(False)
    wait_for(page, "full")

    assert page.get_by_text("You are offline.").count() == 0
    assert colours(page)["green"] > 0.1


def test_a_download_cut_off_in_the_middle_begins_again_and_tells_true_progress(
    shop: Shop, visit: Open
) -> None:
    cut = shop.halve("/files/web.glb")
    page = visit()
    wait_for(page, "preview")
    preview, web = (len(shop.files[f"/files/{name}.glb"]) for name in ("preview", "web"))
    bar = page.get_by_role("progressbar")
    half = str(round(100 * (preview + web // 2) / (preview + web)))
    page.wait_for_function(
        f"document.querySelector('{ELEMENT}').shadowRoot"
        f".querySelector('[role=progressbar]').ariaValueNow === '{half}'"
    )
    again = shop.hold("/files/web.glb")

    page.context.set_offline(True)
    cut.set()
    page.get_by_text("You are offline.").wait_for()
    page.context.set_offline(False)
    page.get_by_text("You are offline.").wait_for(state="detached")
    lost = bar.get_attribute("aria-valuenow")
    again.set()
    wait_for(page, "full")

    assert lost == str(round(100 * preview / (preview + web)))
    assert shop.asked.count("/files/web.glb") == 2
    assert told(page, "vitrine-stage")[-1]["bytes"] == preview + web
    assert told(page, "vitrine-error") == []
    assert colours(page)["green"] > 0.1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<!doctype html><title>A portal's login page</title>", "model"),
        (a_slab(GREEN)[:400], "network"),
        (a_slab(GREEN, extensions=("KHR_texture_basisu",)), "unsupported"),
        (a_slab(GREEN).replace(b'"bufferView": 0', b'"bufferView": 9'), "model"),
    ],
    ids=["a page instead of a model", "a truncated model", "KTX2 textures", "a model the renderer refuses"],
)
def test_what_cannot_be_shown_fails_with_its_name(shop: Shop, visit: Open, content: bytes, kind: str) -> None:
    del shop.product["variants"]["preview"]
    shop.files["/files/web.glb"] = content

    page = visit()
    wait_for(page, "failed")

    assert [each["kind"] for each in told(page, "vitrine-error")] == [kind]
    assert colours(page)["blue"] > 0.6


def test_a_product_nobody_may_read_says_that_it_cannot_be_loaded(shop: Shop, visit: Open) -> None:
    shop.element = '<vitrine-viewer product="no-such-product" poster="/files/poster.webp"></vitrine-viewer>'

    page = visit()
    wait_for(page, "failed")

    assert told(page, "vitrine-error") == [{"kind": "product", "message": "product no-such-product: 404"}]
    assert page.get_by_text("could not be loaded").is_visible()
    assert colours(page)["blue"] > 0.6


def test_a_renderer_that_does_not_load_fails_with_its_name(shop: Shop, visit: Open) -> None:
    shop.element = shop.element.replace(">", ' loading="interaction">', 1)
    page = visit()
    page.route("**/model-viewer-*.js*", lambda route: route.abort())

    page.get_by_role("button", name="View in 3D").click()
    wait_for(page, "failed")

    assert [each["kind"] for each in told(page, "vitrine-error")] == ["script"]
    assert colours(page)["blue"] > 0.6


def test_a_lost_graphics_card_brings_the_poster_back_until_it_returns(visit: Open) -> None:
    page = visit()
    wait_for(page, "full")

    lose(page)
    page.get_by_text("3D has stopped on this device").wait_for()
    until(page, lambda: colours(page)["blue"] > 0.5)
    page.evaluate("loss.restoreContext()")
    until(page, lambda: page.get_by_text("3D has stopped").count() == 0)
    until(page, lambda: colours(page)["green"] > 0.1)

    assert [each["kind"] for each in told(page, "vitrine-error")] == ["context-lost"]
