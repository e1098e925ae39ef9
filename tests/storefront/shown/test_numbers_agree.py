"""From a shopper's hand to the numbers: what the page saw happen is what the API tells and the console's page shows, to
the event."""

import math
import time
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from rest_framework.test import APIClient

from tests.browsing import Visiting
from tests.builders import a_user
from tests.viewer.phones import HAND, PIXEL, WEBXR_PHONE
from tests.viewer.sight import HIDE, wait_for
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.console.panels import ACTIONS, STAGES, time_words
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
    # As a phone leaves: another app comes before it. A navigation may lose what it sends last, and says nothing of it.
    with page.expect_response("**/api/events/"):
        page.evaluate(HIDE)
    page.goto("about:blank")
    return heard


def wait_for_events(count: int) -> None:
    deadline = time.monotonic() + 60
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
    the_console_shows(visiting, slab, loads, ar, actions)


def the_console_shows(
    visiting: Visiting,
    slab: Product,
    loads: dict[str, dict[str, Any]],
    ar: dict[str, Any],
    actions: Counter[str],
) -> None:
    """The same on the page of the product and on that of all products, in words for people."""

    def times(row: dict[str, Any], name: str = "") -> list[str]:
        return [time_words(row[f"{name}{one}_ms"]) for one in ("p50", "p75", "p95")]

    full = ["1", *times(loads["full"])]
    pages = {
        path: shown_on(visiting(Role.VIEWER, path)) for path in ("/numbers", f"/products/{slab.pk}/numbers")
    }
    for path, (tiles, tables) in pages.items():
        assert tiles == {
            "Visits": "1",
            "Saw it in 3D": "100 %",
            "Touched it": "100 %",
            "Asked for AR": "100 %",
            "Full 3D after": time_words(loads["full"]["p75_ms"]),
        }, path
        steps = ("Opened the page", "Saw picture or model", "Saw it in 3D", "Touched it", "Asked for AR")
        assert tables["Shoppers"] == {step: ["1", "100 %"] for step in steps}
        assert tables["What they did"] == {str(ACTIONS[kind]): [str(n)] for kind, n in actions.items()}
        assert tables["Stage"] == {
            str(STAGES[name]): [str(row["count"]), *times(row)] for name, row in loads.items()
        }
        assert tables["Stage"]["Full 3D"] == full
        assert (tables["Device, full 3D"], tables["Network, full 3D"]) == ({"Phone": full}, {"4g": full})
        assert tables["AR"] == {"In the page": ["1", "1", "0", "0"]}
        assert tables["How long"] == {
            "In the page: tap until placed": times(ar, "placed_"),
            "In the page: time in AR": times(ar, "session_"),
        }
        assert tables["Cache"] == {"Browser": ["0", "2", "0 %"]}
        assert "Kind" not in tables, "no error"
    assert pages["/numbers"][1]["Product"] == {"Slab": ["1", "1", "1", "1"]}


def shown_on(page: Page) -> tuple[dict[str, str], dict[str, dict[str, list[str]]]]:
    """The tiles, and each table by its first heading: its rows by what stands before them. Not those over time."""
    expect(page.locator(".tile")).to_have_count(5)
    tiles, tables = page.evaluate(
        """() => {
          const text = (node) => node.textContent.trim();
          const cells = (row) => [...row.cells].map(text);
          const tiles = [...document.querySelectorAll(".tile")].map(
            (tile) => [text(tile.querySelector("dt")), text(tile.querySelector(".much"))]);
          const tables = [...document.querySelectorAll("table")].filter((table) => !table.closest(".over-time")).map(
            (table) => [text(table.tHead.rows[0].cells[0]), [...table.tBodies[0].rows].map(cells)]);
          return [tiles, tables];
        }"""
    )
    return dict(tiles), {heading: {name: rest for name, *rest in rows} for heading, rows in tables}
