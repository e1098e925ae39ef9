"""What the element tells the service: true, within its contract, and nothing where nobody wants to be counted."""

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from playwright.sync_api import Page

from tests.viewer.conftest import Open
from tests.viewer.shop import PRODUCT_ID, Shop, serving
from tests.viewer.sight import ELEMENT, HIDE, told, until, wait_for

pytestmark = pytest.mark.browser

SCHEMA = json.loads((Path(__file__).parents[2] / "contracts" / "events.schema.json").read_text())

NO_BEACON = """navigator.sendBeacon = () => false;
window.asked = [];
const known = fetch;
window.fetch = (...all) => { asked.push(all); return known(...all); };"""

SLOW = """Object.defineProperty(navigator, 'connection',
  { value: { effectiveType: '3g', saveData: false } });"""


def leave(page: Page, shop: Shop, *, batches: int = 1) -> list[dict[str, Any]]:
    """Leaves the page, and gives the events of all batches, each checked against the contract."""
    page.goto("about:blank")
    arrived(page, shop, batches=batches)
    return events_of(shop)


def arrived(page: Page, shop: Shop, *, batches: int = 1) -> None:
    until(page, lambda: len(shop.batches) >= batches)
    page.wait_for_timeout(500)  # nothing may follow


def events_of(shop: Shop) -> list[dict[str, Any]]:
    for sent in shop.batches:
        jsonschema.Draft202012Validator(SCHEMA).validate(sent["batch"])
    return [event for sent in shop.batches for event in sent["batch"]["events"]]


def tell(page: Page, name: str, **detail: Any) -> None:
    """As the element's other parts tell it."""
    page.evaluate(
        "([name, detail]) => document.querySelector('vitrine-viewer').dispatchEvent("
        "new CustomEvent(name, { detail, bubbles: true, composed: true }))",
        [name, detail],
    )


def test_the_stages_are_told_as_the_page_heard_them(shop: Shop, visit: Open) -> None:
    shop.product["version"] = 3
    page = visit()
    wait_for(page, "full")
    heard = {each["stage"]: each for each in told(page, "vitrine-stage")}

    events = {event["kind"]: event for event in leave(page, shop)}

    assert set(events) == {"poster", "preview", "full"}
    assert {event["product"] for event in events.values()} == {PRODUCT_ID}
    assert {event["version"] for event in events.values()} == {3}
    for kind, event in events.items():
        assert event["ms"] == math.floor(heard[kind]["ms"] + 0.5)  # as JavaScript rounds
    assert (events["preview"]["variant"], events["full"]["variant"]) == ("preview", "web")
    assert events["full"]["bytes"] == heard["full"]["bytes"]
    assert events["full"]["age_ms"] >= 400


def test_one_that_was_scrolled_away_and_came_back_is_not_counted_again(shop: Shop, visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    page.evaluate(
        "document.querySelector('vitrine-viewer').dispatchEvent(new CustomEvent('vitrine-stage',"
        " { detail: { stage: 'full', ms: 90000, bytes: 5, again: true } }))"
    )

    kinds = [event["kind"] for event in leave(page, shop)]

    assert kinds == ["poster", "preview", "full"]


def test_one_page_view_is_one_token_and_the_next_another(shop: Shop, visit: Open) -> None:
    shop.element *= 2
    page = visit()
    page.wait_for_function(
        "document.querySelectorAll('vitrine-viewer[stage=full]').length === 2", timeout=60_000
    )
    page.reload()
    wait_for(page, "full")

    leave(page, shop, batches=2)

    views = [sent["batch"]["view"] for sent in shop.batches]
    assert len(views) == len(set(views)) == 2
    assert page.context.cookies() == []


def test_a_batch_is_a_plain_request_without_login_or_cookie(shop: Shop, visit: Open) -> None:
    page = visit()
    wait_for(page, "full")

    leave(page, shop)

    headers = shop.batches[0]["headers"]
    assert headers["Content-Type"] == "text/plain"
    assert not {"Cookie", "Authorization"} & set(headers)


def test_where_no_beacon_goes_out_a_fetch_does(shop: Shop, visit: Open) -> None:
    page = visit(scripts=(NO_BEACON,))
    wait_for(page, "full")
    page.evaluate(HIDE)
    arrived(page, shop)

    options = [
        options
        for url, options in page.evaluate("asked.filter(([url]) => String(url).endsWith('/api/events/'))")
    ]

    assert [event["kind"] for event in events_of(shop)] == ["poster", "preview", "full"]
    assert [(each["credentials"], each["keepalive"]) for each in options] == [("omit", True)]


def test_a_model_on_the_wire_and_one_out_of_the_cache_are_told_apart(shop: Shop, visit: Open) -> None:
    shop.cached = True
    page = visit()
    wait_for(page, "full")
    page.reload()
    wait_for(page, "full")

    full = [event for event in leave(page, shop, batches=2) if event["kind"] == "full"]

    size = len(shop.files["/files/web.glb"])
    assert [event["cache"] for event in full] == ["miss", "hit"]
    assert size < full[0]["wire_bytes"] < size + 1_000
    assert full[1]["wire_bytes"] == 0
    assert full[0]["server_timing"] == [{"name": "cdn", "ms": 4, "say": "HIT from edge"}]


def test_another_origin_that_does_not_tell_is_not_guessed_at(shop: Shop, visit: Open) -> None:
    with serving() as elsewhere:
        shop.product["variants"]["web"]["url"] = f"{elsewhere.address}/files/web.glb"
        page = visit()
        wait_for(page, "full")

        full = next(event for event in leave(page, shop) if event["kind"] == "full")

    assert not {"cache", "wire_bytes", "server_timing"} & set(full)
    assert full["variant"] == "web"


def test_faults_are_told_by_their_kind_and_never_by_their_message(shop: Shop, visit: Open) -> None:
    del shop.product["variants"]["preview"]
    shop.files["/files/web.glb"] = b"<!doctype html>"
    page = visit()
    wait_for(page, "failed")

    events = leave(page, shop)

    assert [event["kind"] for event in events] == ["poster", "error", "failed"]
    assert events[1]["error"] == "model"
    assert "message" not in events[1]


def test_interactions_are_counted_by_kind(shop: Shop, visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    for kind in ("rotate", "zoom", "rotate", "rotate", "sing"):
        tell(page, "vitrine-interaction", kind=kind)

    events = [event for event in leave(page, shop) if event["kind"] == "interaction"]

    assert [(event["action"], event["count"]) for event in events] == [("rotate", 3), ("zoom", 1)]


def test_ar_time_is_told_only_where_it_is_known(shop: Shop, visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    tell(page, "vitrine-ar", kind="webxr", state="placed", ms=2_100)
    tell(page, "vitrine-ar", kind="webxr", state="ended", ms=9_000.4)
    tell(page, "vitrine-ar", kind="quick-look")
    tell(page, "vitrine-ar", kind="quick-look", state="returned", ms=30_000)

    events = [event for event in leave(page, shop) if event["kind"] == "ar"]

    names = ("ar", "state", "ar_ms", "session_ms", "away_ms")
    assert [{name: event[name] for name in names if name in event} for event in events] == [
        {"ar": "webxr", "state": "placed", "ar_ms": 2_100},
        {"ar": "webxr", "state": "ended", "session_ms": 9_000},
        {"ar": "quick-look", "state": "launched"},
        {"ar": "quick-look", "state": "returned", "away_ms": 30_000},
    ]


def test_many_events_do_not_wait_for_the_end(shop: Shop, visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    for _ in range(17):
        tell(page, "vitrine-error", kind="network", message="")
    arrived(page, shop)

    assert [len(sent["batch"]["events"]) for sent in shop.batches] == [20]
    events_of(shop)


def test_few_events_wait_ten_seconds_at_most(shop: Shop, visit: Open) -> None:
    page = visit()
    wait_for(page, "full")

    arrived(page, shop)

    assert len(shop.batches) == 1
    # By the page's own clock, which a busy machine does not make late by seconds.
    assert 10_000 <= max(event["age_ms"] for event in events_of(shop)) < 15_000


@pytest.mark.parametrize(
    "wish",
    [
        "Object.defineProperty(navigator, 'doNotTrack', { value: '1' })",
        "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })",
    ],
    ids=["Do Not Track", "Global Privacy Control"],
)
def test_who_does_not_want_to_be_counted_is_not(shop: Shop, visit: Open, wish: str) -> None:
    page = visit(scripts=(wish,))
    wait_for(page, "full")
    tell(page, "vitrine-interaction", kind="rotate")

    leave(page, shop, batches=0)

    assert shop.batches == []


def test_a_page_may_switch_it_off_and_then_it_is_not_even_loaded(shop: Shop, visit: Open) -> None:
    shop.element = shop.element.replace(">", ' telemetry="off">', 1)
    page = visit()
    wait_for(page, "full")

    leave(page, shop, batches=0)

    assert shop.batches == []
    assert not [path for path in shop.asked if "telemetry" in path]


def test_what_is_switched_off_later_is_not_told_from_then_on(shop: Shop, visit: Open) -> None:
    page = visit()
    wait_for(page, "full")
    page.locator(ELEMENT).evaluate("element => element.setAttribute('telemetry', 'off')")
    tell(page, "vitrine-interaction", kind="rotate")

    assert [event["kind"] for event in leave(page, shop)] == ["poster", "preview", "full"]


def test_without_its_script_the_model_is_shown_all_the_same(shop: Shop, visit: Open) -> None:
    page = visit(wait_until="commit")
    page.route("**/telemetry-*.js", lambda route: route.abort())
    page.reload()

    wait_for(page, "full")

    assert told(page, "vitrine-error") == []


def test_a_phone_on_a_slow_network_says_so(shop: Shop, visit: Open) -> None:
    page = visit(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}, screen={"width": 390, "height": 844},
        scripts=(SLOW,),
    )  # fmt: skip
    wait_for(page, "preview")
    page.get_by_role("button", name="Rotate left").tap()  # on such a network the full model waits for that
    wait_for(page, "full")

    full = next(event for event in leave(page, shop) if event["kind"] == "full")

    batch = shop.batches[0]["batch"]
    assert (batch["device"], batch["network"], "save_data" in batch) == ("phone", "3g", False)
    assert full["variant"] == "mobile"
