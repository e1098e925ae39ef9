"""The whole way of an event: from a shopper's hand into the database."""

import math
import time
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browsing import Visiting
from tests.viewer.sight import HIDE, wait_for
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.insight.models import Event
from vitrine.metrics.kinds import Cell, take
from vitrine.metrics.table import EVENTS, METRICS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_HEAR = """window.heard = [];
for (const name of ["stage", "error", "interaction", "ar"])
  addEventListener(`vitrine-${name}`, ({ detail }) => heard.push([name, detail]), true);"""


def shown(visiting: Visiting, who: Role | None, path: str) -> Page:
    """The page with its full model, and all that its element tells in `heard`."""
    page = visiting(who, "/nothing")
    page.add_init_script(_HEAR)
    page.goto(path)
    wait_for(page, "full")
    return page


def kept(count: int) -> list[Event]:
    """The events in the database, as soon as there are so many."""
    deadline = time.monotonic() + 60
    while Event.objects.count() < count and time.monotonic() < deadline:
        time.sleep(0.1)
    return list(Event.objects.order_by("at", "id"))


def test_what_the_page_heard_is_what_the_database_holds(visiting: Visiting, slab: Product) -> None:
    page = shown(visiting, None, f"/p/{slab.pk}")
    page.get_by_role("button", name="Rotate right").click()
    page.locator("vitrine-viewer").evaluate(
        "viewer => { for (const kind of ['share', 'share', 'dimensions']) viewer.dispatchEvent("
        "new CustomEvent('vitrine-interaction', { detail: { kind }, bubbles: true })); }"
    )
    heard: list[tuple[str, dict[str, Any]]] = page.evaluate("heard")
    violations = page.evaluate("violations")
    page.goto("about:blank")

    stages = {detail["stage"]: detail for name, detail in heard if name == "stage"}
    actions = [detail["kind"] for name, detail in heard if name == "interaction"]
    events = kept(3 + len(set(actions)))

    assert violations == []
    told = {event.kind: event for event in events if event.kind != "interaction"}
    assert set(told) == {"poster", "preview", "full"}
    for kind, event in told.items():
        assert (event.product_id, event.version, event.device) == (slab.pk, 1, "desktop")
        assert event.ms == math.floor(stages[kind]["ms"] + 0.5)  # as JavaScript rounds
    assert (told["preview"].variant, told["full"].variant) == ("preview", "web")
    assert told["full"].bytes == stages["full"]["bytes"]
    assert told["full"].cache == "miss"
    counts = {event.what: event.count for event in events if event.kind == "interaction"}
    assert counts == {action: actions.count(action) for action in actions}
    assert counts["share"] == 2
    assert len({event.view for event in events}) == 1


def test_the_second_visit_comes_out_of_the_cache_and_is_another_view(
    visiting: Visiting, slab: Product
) -> None:
    page = shown(visiting, None, f"/p/{slab.pk}")
    page.reload()
    wait_for(page, "full")
    page.goto("about:blank")

    full = [event for event in kept(6) if event.kind == "full"]

    assert [event.cache for event in full] == ["miss", "hit"]
    assert full[0].view != full[1].view


@pytest.mark.parametrize("door", ["p", "embed"])
@pytest.mark.parametrize("wish", ["doNotTrack", "globalPrivacyControl"])
def test_who_does_not_want_to_be_counted_is_not(
    visiting: Visiting, slab: Product, door: str, wish: str
) -> None:
    page = visiting(None, "/nothing")
    value = "'1'" if wish == "doNotTrack" else "true"
    page.add_init_script(f"Object.defineProperty(navigator, '{wish}', {{ value: {value} }})")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/{door}/{slab.pk}")
    wait_for(page, "full")

    page.goto("about:blank")
    time.sleep(1)

    assert not [url for url in asked if "/api/events" in url]
    assert Event.objects.count() == 0


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_what_a_browser_says_by_its_header_alone_is_heeded_by_the_service(
    visiting: Visiting, slab: Product, header: str
) -> None:
    """Some tell pages nothing of the wish that they send along: then the element tells, and the service forgets."""
    take(METRICS)
    page = visiting(None, "/nothing", extra_http_headers={header: "1"})
    page.goto(f"/p/{slab.pk}")
    wait_for(page, "full")
    with page.expect_response("**/api/events/") as answer:
        page.evaluate(HIDE)

    assert answer.value.json() == {"accepted": 0, "dropped": 3}
    assert Event.objects.count() == 0
    assert take(METRICS)[Cell(EVENTS.name, "", ("dropped", "unwanted"))] == 3


def test_staff_are_not_counted(visiting: Visiting, slab: Product) -> None:
    page = shown(visiting, Role.VIEWER, f"/p/{slab.pk}")

    page.goto("about:blank")
    time.sleep(1)

    assert Event.objects.count() == 0
