"""A product in the frame of a page elsewhere: shown, steered and heard from there."""

import io
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page
from pytest_django.live_server_helper import LiveServer

from tests.viewer.models import BLUE, GREEN, RED, a_slab
from tests.viewer.shop import Shop, serving
from tests.viewer.sight import shares, still, until
from vitrine.catalog import files
from vitrine.catalog.models import Product, Variant
from vitrine.pipeline.work import Format, Kind
from vitrine.storage.blobs import Key

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_VIEW = "document.querySelector('vitrine-viewer').shadowRoot.querySelector('model-viewer.view')"
_FIELD = f"{_VIEW}.getFieldOfView()"
_ORBIT = f"{_VIEW}.getCameraOrbit().theta"
_HEAR = "window.heard = []; addEventListener('message', ({ data }) => heard.push(data));"


def framed(browser: Browser, shop: Shop, address: str) -> Page:
    """A page of another origin with the address in a frame, and all that the frame says in `heard`."""
    shop.element = f'<iframe src="{address}" title="Slab" width="500" height="400"></iframe>'
    page = browser.new_page()
    page.add_init_script(_HEAR)
    page.goto(f"{shop.address}/")
    return page


def heard(page: Page, kind: str) -> list[dict[str, Any]]:
    return [each["detail"] for each in page.evaluate("heard") if each["vitrine"] == kind]


def say(page: Page, **message: Any) -> None:
    page.evaluate(
        "message => document.querySelector('iframe').contentWindow.postMessage(message, '*')", message
    )
    still(page.frames[1])


def frame_of(page: Page) -> Frame:
    frame = page.frames[1]
    frame.wait_for_selector("vitrine-viewer[stage=full]", timeout=60_000)
    return frame


@pytest.fixture
def address(live_server: LiveServer, slab: Product, settings: Any) -> str:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    return f"{live_server.url}/embed/{slab.pk}"


def test_the_page_around_hears_and_steers(browser: Browser, address: str, slab: Product) -> None:
    with serving() as shop:
        page = framed(browser, shop, address)
        frame = frame_of(page)
        start = frame.evaluate(_ORBIT)
        say(page, vitrine="rotate", degrees=90)
        turned = frame.evaluate(_ORBIT)
        say(page, vitrine="reset")
        back = frame.evaluate(_ORBIT)
        far = frame.evaluate(_FIELD)
        say(page, vitrine="zoom", by=3)
        near = frame.evaluate(_FIELD)

        assert near < far - 1
        assert heard(page, "ready") == [{"product": str(slab.pk)}]
        assert [each["stage"] for each in heard(page, "stage")] == ["poster", "loading", "preview", "full"]
        assert turned - start == pytest.approx(1.571, abs=0.05)
        assert back == pytest.approx(start, abs=0.05)
        page.close()


def test_the_page_around_chooses_colour_and_movement(browser: Browser, address: str, slab: Product) -> None:
    moving = a_slab(GREEN, clips=("Open",), variants={"Red": RED, "Blue": BLUE})
    for variant in Variant.objects.filter(version__product=slab, kind__in=[Kind.WEB, Kind.MOBILE]):
        files.store().put(Key(variant.key), io.BytesIO(moving), media_type=Format.GLB.media_type)
        Variant.objects.filter(pk=variant.pk).update(size=len(moving))
    with serving() as shop:
        page = framed(browser, shop, address)
        frame = frame_of(page)
        say(page, vitrine="pause")
        paused = frame.evaluate(f"{_VIEW}.paused")
        say(page, vitrine="variant", name="Blue")
        blue = shares(page.locator("iframe").screenshot())["blue"]
        say(page, vitrine="variant", name="No such colour")
        kept = frame.evaluate(f"{_VIEW}.variantName")
        say(page, vitrine="variant")
        first = frame.evaluate(f"{_VIEW}.variantName")
        say(page, vitrine="play")
        playing = not frame.evaluate(f"{_VIEW}.paused")

        assert (paused, playing) == (True, True)
        assert blue > 0.1
        assert (kept, first) == ("Blue", None)
        page.close()


def test_messages_that_are_none_of_ours_change_nothing(browser: Browser, address: str) -> None:
    with serving() as shop:
        page = framed(browser, shop, address)
        frame = frame_of(page)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        start = frame.evaluate(_ORBIT)
        for message in (
            {"vitrine": "toString"},
            {"vitrine": "rotate", "degrees": "1e9"},
            {"vitrine": "__proto__"},
            {},
        ):
            say(page, **message)
        frame.evaluate(
            "postMessage({ vitrine: 'rotate', degrees: 90 }, '*')"
        )  # from itself, not from around it
        still(frame)

        assert frame.evaluate(_ORBIT) == pytest.approx(start, abs=0.01)
        assert faults == []
        page.close()


def test_other_pages_of_ours_refuse_the_frame(browser: Browser, address: str) -> None:
    with serving() as shop:
        page = framed(browser, shop, address.replace("/embed/", "/p/"))
        page.wait_for_timeout(500)

        assert page.frames[1].locator("vitrine-viewer").count() == 0
        page.close()


def test_a_product_that_is_gone_says_so_in_the_frame(browser: Browser, address: str, slab: Product) -> None:
    slab.withdraw()
    with serving() as shop:
        page = framed(browser, shop, address)

        page.frames[1].get_by_role("heading", name="Nothing here").wait_for()
        page.close()


def test_options_change_what_is_seen(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 400})
    page.goto(f"{address}?controls=off&ar=off&poster=off&background=0000ff&loading=eager")
    page.wait_for_selector("vitrine-viewer[stage=full]", timeout=60_000)
    until(page, lambda: shares(page.screenshot())["green"] > 0.1)
    seen = shares(page.screenshot())

    assert not page.get_by_role("group", name="3D view controls").is_visible()
    assert seen["blue"] > 0.5
    assert seen["green"] > 0.1
    assert page.evaluate("document.documentElement.scrollHeight") == 400
    page.close()
