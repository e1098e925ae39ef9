"""Poster, preview, full model: what a shopper sees, in pixels."""

import base64
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.viewer.conftest import Open
from tests.viewer.models import RED, a_slab
from tests.viewer.shop import STRICT_CSP, Shop, serving
from tests.viewer.sight import CAMERA, colours, inside, shares, still, told, until, wait_for

pytestmark = pytest.mark.browser


def test_the_poster_is_painted_before_any_of_model_viewer_is_asked_for(
    shop: Shop, visit: Open, element: Path
) -> None:
    poster = shop.hold("/files/poster.webp")
    page = visit()
    page.wait_for_function("document.querySelector('vitrine-viewer').shadowRoot !== null")
    page.wait_for_timeout(700)
    before = list(shop.asked)
    script = shop.hold(
        "/viewer/" + json.loads((element / "manifest.json").read_text())["model-viewer.min.js"]
    )

    poster.set()
    wait_for(page, "loading")
    waiting = colours(page)
    script.set()

    assert not [path for path in before if "model-viewer" in path or path.endswith(".glb")]
    assert waiting["blue"] > 0.6
    assert [each["stage"] for each in told(page, "vitrine-stage")][:2] == ["poster", "loading"]


def test_the_preview_comes_first_and_the_full_model_takes_its_place(shop: Shop, visit: Open) -> None:
    full = shop.hold("/files/web.glb")
    page = visit()

    wait_for(page, "preview")
    small = colours(page)
    full.set()
    wait_for(page, "full")
    large = colours(page)

    assert small["red"] > 0.15
    assert small["green"] == small["blue"] == 0
    assert large["green"] == pytest.approx(small["red"], rel=0.02)
    assert large["red"] == large["blue"] == 0
    assert [each["stage"] for each in told(page, "vitrine-stage")] == ["poster", "loading", "preview", "full"]
    assert told(page, "vitrine-error") == []


def test_stages_tell_the_bytes_received_so_far(shop: Shop, visit: Open) -> None:
    page = visit()

    wait_for(page, "full")

    stages = {each["stage"]: each for each in told(page, "vitrine-stage")}
    sizes = {path: len(content) for path, content in shop.files.items()}
    assert stages["poster"]["bytes"] == 0
    assert stages["full"]["bytes"] == sizes["/files/preview.glb"] + sizes["/files/web.glb"]
    assert 0 < stages["poster"]["ms"] < stages["preview"]["ms"] < stages["full"]["ms"]


def test_zoom_and_angle_stay_and_drags_count_while_the_full_model_comes(shop: Shop, visit: Open) -> None:
    full = shop.hold("/files/web.glb")
    page = visit()
    wait_for(page, "preview")
    _drag(page)
    page.get_by_role("button", name="Zoom in").click()
    before, seen = still(page), colours(page)["red"]

    full.set()
    wait_for(page, "full")

    assert abs(before[0] - 25 * 3.14159 / 180) > 0.3
    assert before[3] < 29
    assert inside(page, CAMERA) == pytest.approx(before, abs=1e-3)
    assert colours(page)["green"] == pytest.approx(seen, rel=0.02)


def test_no_frame_is_blank_during_the_upgrade(shop: Shop, visit: Open) -> None:
    full = shop.hold("/files/web.glb")
    page = visit()
    wait_for(page, "preview")
    frames: list[bytes] = []
    cast = page.context.new_cdp_session(page)

    def keep(frame: dict[str, str]) -> None:
        frames.append(base64.b64decode(frame["data"]))
        cast.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    cast.on("Page.screencastFrame", keep)
    cast.send("Page.startScreencast", {"format": "png"})
    until(page, lambda: frames)
    full.set()
    wait_for(page, "full")

    def shows_the_full_model() -> bool:
        # Chromium leaves out frames that come faster than they are taken, the last among them, and sends none
        # while nothing that is seen stirs.
        page.evaluate(
            "document.documentElement.style.background = `rgb(255 255 ${250 + (performance.now() % 5)})`"
        )
        return shares(frames[-1])["green"] > 0.01

    until(page, shows_the_full_model)
    cast.send("Page.stopScreencast")

    coloured = [shares(frame) for frame in frames]
    assert len(coloured) >= 2
    assert min(each["red"] + each["green"] for each in coloured) > 0.01
    assert coloured[-1]["green"] > 0.01


def test_a_preview_that_is_the_web_file_is_shown_once(shop: Shop, visit: Open) -> None:
    shop.product["variants"]["preview"] = shop.product["variants"]["web"]

    page = visit()
    wait_for(page, "full")

    assert [each["stage"] for each in told(page, "vitrine-stage")] == ["poster", "loading", "full"]
    assert shop.asked.count("/files/web.glb") == 1


def test_without_variants_the_model_itself_is_shown(shop: Shop, visit: Open) -> None:
    shop.product["variants"] = {}
    shop.files["/files/android.glb"] = a_slab(RED)

    page = visit()
    wait_for(page, "full")

    assert colours(page)["red"] > 0.15
    assert page.get_by_role("button", name="Rotate left").is_visible()


def test_a_phone_gets_the_mobile_file(shop: Shop, visit: Open) -> None:
    page = visit(
        viewport={"width": 390, "height": 800},
        screen={"width": 390, "height": 800},
        has_touch=True,
        is_mobile=True,
    )

    wait_for(page, "full")

    assert "/files/mobile.glb" in shop.asked
    assert "/files/web.glb" not in shop.asked


def test_a_strict_content_security_policy_holds(shop: Shop, visit: Open) -> None:
    shop.csp = STRICT_CSP
    broken = """window.broken = [];
      addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective + ' ' + e.blockedURI));"""

    page = visit(scripts=(broken,))
    wait_for(page, "full")

    assert page.evaluate("broken") == []
    assert colours(page)["green"] > 0.15


def test_a_page_on_another_origin_shows_it(shop: Shop, visit: Open) -> None:
    with serving() as maker:
        shop.script_origin = maker.address

        page = visit()
        wait_for(page, "full")

        assert colours(page)["green"] > 0.15
        assert "/files/web.glb" in maker.asked
        assert set(shop.asked) <= {"/", "/page.css", "/favicon.ico"}


def test_nothing_is_asked_of_a_third_party(shop: Shop, visit: Open) -> None:
    page = visit()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.reload()
    wait_for(page, "full")

    assert [url for url in seen if not url.startswith((shop.address, "blob:"))] == []


def test_below_the_fold_nothing_is_loaded_until_it_is_seen(shop: Shop, visit: Open) -> None:
    shop.files["/page.css"] += b"body{padding-top:4000px}"
    page = visit()
    page.wait_for_timeout(500)
    before = list(shop.asked)

    page.locator("#after").scroll_into_view_if_needed()
    wait_for(page, "full")

    assert [path for path in before if path.startswith(("/files/", "/api/"))] == []
    assert [path for path in before if path.startswith("/viewer/")] == ["/viewer/vitrine-viewer.js"]


def test_an_eager_one_is_loaded_where_nobody_sees_it_yet(shop: Shop, visit: Open) -> None:
    shop.files["/page.css"] += b"body{padding-top:4000px}"
    shop.element = shop.element.replace(">", ' loading="eager">', 1)

    page = visit()
    page.wait_for_function(
        "told.some(([name, { stage }]) => name === 'vitrine-stage' && stage === 'preview')"
    )

    assert "/files/preview.glb" in shop.asked
    assert page.evaluate("scrollY") == 0


def asked_before_a_tap(page: Page, shop: Shop) -> list[str]:
    """What the shop was asked for until somebody tapped, which happens now."""
    wait_for(page, "poster")
    page.wait_for_timeout(500)
    before = list(shop.asked)
    page.get_by_role("button", name="View in 3D").click()
    return before


def test_a_browser_that_saves_data_waits_for_a_tap(shop: Shop, visit: Open) -> None:
    saving = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"
    page = visit(scripts=(saving,))

    before = asked_before_a_tap(page, shop)
    wait_for(page, "preview")

    assert not [path for path in before if path.endswith(".glb") or "model-viewer" in path]


def test_a_device_of_little_memory_gets_the_mobile_file(shop: Shop, visit: Open) -> None:
    small = "Object.defineProperty(navigator, 'deviceMemory', { value: 2 });"
    page = visit(scripts=(small,))
    wait_for(page, "full")

    assert "/files/mobile.glb" in shop.asked
    assert "/files/web.glb" not in shop.asked


def test_on_demand_it_waits_for_a_tap(shop: Shop, visit: Open) -> None:
    shop.element = shop.element.replace(">", ' loading="interaction">', 1)
    page = visit()

    before = asked_before_a_tap(page, shop)
    wait_for(page, "full")

    assert not [path for path in before if path.endswith(".glb") or "model-viewer" in path]
    assert colours(page)["green"] > 0.15


def test_on_a_slow_network_the_full_model_waits_for_a_touch(shop: Shop, visit: Open) -> None:
    slow = "Object.defineProperty(navigator, 'connection', { value: { effectiveType: '3g' } });"
    page = visit(scripts=(slow,))
    wait_for(page, "preview")
    page.wait_for_timeout(800)
    before = list(shop.asked)

    page.get_by_role("button", name="Rotate left").click()
    wait_for(page, "full")

    assert "/files/web.glb" not in before
    assert page.get_by_role("progressbar").count() == 0
    assert colours(page)["green"] > 0.1


def test_the_full_model_can_wait_until_the_browser_is_idle(shop: Shop, visit: Open) -> None:
    shop.element = shop.element.replace(">", ' full="idle">', 1)

    page = visit()
    wait_for(page, "full")

    assert [each["stage"] for each in told(page, "vitrine-stage")] == ["poster", "loading", "preview", "full"]


def test_the_page_does_not_move_while_it_loads(shop: Shop, visit: Open) -> None:
    moved = """window.moved = 0;
      new PerformanceObserver(list => { for (const each of list.getEntries()) moved += each.value; })
        .observe({ type: 'layout-shift', buffered: true });"""
    # The line the README asks pages for: what is not defined yet has no style of its own.
    shop.files["/page.css"] += b"vitrine-viewer:not(:defined){display:block;aspect-ratio:1}"
    script = shop.hold("/viewer/vitrine-viewer.js")

    page = visit(scripts=(moved,), wait_until="commit")
    page.wait_for_timeout(500)
    script.set()
    wait_for(page, "full")

    assert page.evaluate("moved") == 0


def test_a_picture_given_by_the_page_goes_first(shop: Shop, visit: Open) -> None:
    image = '<img slot="poster" src="/files/own.webp" alt="mine">'
    shop.element = shop.element.replace("></", f">{image}</")
    shop.files["/files/own.webp"] = shop.files["/files/poster.webp"]
    model = shop.hold("/files/preview.glb")

    page = visit()
    wait_for(page, "loading")

    assert colours(page)["blue"] > 0.6
    model.set()


def test_moving_the_element_keeps_what_it_shows(shop: Shop, visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    asked = len(shop.asked)

    page.evaluate("document.querySelector('#after').after(document.querySelector('vitrine-viewer'))")
    page.wait_for_timeout(800)

    assert len(shop.asked) == asked
    assert colours(page)["green"] > 0.15


def _drag(page: Page) -> None:
    page.mouse.move(200, 200)
    page.mouse.down()
    page.mouse.move(280, 220, steps=6)
    page.mouse.up()
    still(page)


def test_the_service_may_be_elsewhere_than_the_script(shop: Shop, visit: Open) -> None:
    with serving() as service:
        shop.element = shop.element.replace(">", f' server="{service.address}">', 1)

        page = visit()
        wait_for(page, "full")

        assert colours(page)["green"] > 0.15
        assert [path for path in service.asked if path.startswith("/api/")]
        assert not [path for path in shop.asked if path.startswith("/api/")]
