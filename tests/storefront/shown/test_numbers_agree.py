"""From a shopper's hand to the numbers: what the page saw happen is what the API tells, to the event."""

import math
import time
from collections import Counter
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.browsing import Visiting
from tests.builders import a_user
from tests.viewer.phones import HAND, PIXEL, WEBXR_PHONE
from tests.viewer.sight import wait_for
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.insight import days, rollup
from vitrine.insight.models import Event

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_HEAR = """window.heard = [];
for (const name of ["stage", "error", "interaction", "ar"])
  addEventListener(`vitrine-${name}`, ({ detail }) => heard.push([name, detail]), true);"""

# A function that the page waits for itself: its policy lets nobody evaluate texts.
_UNTIL = """state => new Promise((done) => {
  const look = () =>
    heard.some(([name, detail]) => name === "ar" && detail.state === state) ? done() : setTimeout(look, 20);
  look();
})"""


def shopped(visiting: Visiting, slab: Product) -> list[tuple[str, dict[str, Any]]]:
    """Opens the page on a phone, turns the model, puts it into the room, and leaves. All that the page heard."""
    page = visiting(None, "/nothing", user_agent=PIXEL, **HAND)
    for script in (_HEAR, *WEBXR_PHONE):
        page.add_init_script(script)
    page.goto(f"/p/{slab.pk}")
    wait_for(page, "full")
    for _ in range(2):
        page.get_by_role("button", name="Rotate right").tap()
    page.get_by_role("button", name="View in your room").click()
    page.evaluate(_UNTIL, "placed")
    page.get_by_role("button", name="Close AR").click()
    page.evaluate(_UNTIL, "ended")
    heard: list[tuple[str, dict[str, Any]]] = page.evaluate("heard")
    page.goto("about:blank")
    return heard


def wait_for_events(count: int) -> None:
    deadline = time.monotonic() + 10
    while Event.objects.count() < count and time.monotonic() < deadline:
        time.sleep(0.05)


def rows(client: APIClient, topic: str, slab: Product) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/analytics/{topic}/", {"product": str(slab.pk)}).json()[
        "rows"
    ]
    return found


def test_the_numbers_agree_with_what_happened(visiting: Visiting, slab: Product) -> None:
    days.keep_ahead()
    heard = shopped(visiting, slab)
    stages = {detail["stage"]: detail["ms"] for name, detail in heard if name == "stage"}
    states = Counter(detail["state"] for name, detail in heard if name == "ar")
    times = {detail["state"]: detail.get("ms") for name, detail in heard if name == "ar"}
    actions = Counter(detail["kind"] for name, detail in heard if name == "interaction")
    wait_for_events(3 + len(actions) + states.total())
    client = APIClient()
    client.force_authenticate(a_user(Role.VIEWER))
    client.credentials(HTTP_AUTHORIZATION="Forced")

    rollup.roll_up()

    near = {
        name: pytest.approx(math.floor(ms + 0.5), rel=0.01) for name, ms in (stages | times).items() if ms
    }
    loads = {row["stage"]: row for row in rows(client, "loads", slab)}
    assert {name: (row["count"], row["p50_ms"], row["p95_ms"]) for name, row in loads.items() if name != "file"} == {
        name: (1, near[name], near[name]) for name in ("poster", "preview", "full")
    }  # fmt: skip
    assert {row["action"]: row["count"] for row in rows(client, "interactions", slab)} == dict(actions)
    assert actions["rotate"] == 2
    (ar,) = rows(client, "ar", slab)
    counted = {
        "launched": 1,
        "started": 1,
        "placed": 1,
        "sessions": 1,
        "refused": 0,
        "failed": 0,
        "returned": 0,
    }
    assert {name: ar[name] for name in counted} == counted
    assert {state: states[state] for state in ("launched", "started", "placed", "ended")} == dict.fromkeys(
        ("launched", "started", "placed", "ended"), 1
    )
    assert (ar["ar"], ar["placed_p50_ms"], ar["session_p50_ms"]) == ("webxr", near["placed"], near["ended"])
    (funnel,) = rows(client, "funnel", slab)
    assert funnel | {"start": None, "group": ""} == {
        "start": None, "group": "", "visits": 1, "seen": 1, "in_3d": 1, "touched": 1, "ar": 1, "with_errors": 0,
    }  # fmt: skip
    assert rows(client, "errors", slab) == []
    (cache,) = rows(client, "cache", slab)
    assert (cache["browser_hits"], cache["browser_misses"]) == (0, 2)
    (phones,) = client.get("/api/analytics/funnel/", {"device": "phone", "network": "4g"}).json()["rows"]
    assert phones["visits"] == 1
