"""The pages of numbers: what stands in them, why there is nothing yet, and how they look in a real browser."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from tests.axe import faults
from tests.browsing import Visiting
from tests.builders import a_product, a_user
from tests.insight.telling import ar, error, full, poster, tell, touch
from vitrine.access.roles import Role
from vitrine.console.panels import FAULTS, chart_of, share_words, time_words, value_in
from vitrine.insight import rollup
from vitrine.insight.models import Event, ResponseTimes

pytestmark = pytest.mark.django_db

HOSTILE = "<img src=x onerror=alert(1)> كرسي " + "long " * 30


@pytest.fixture
def viewer(client: Client) -> Client:
    client.force_login(a_user(Role.VIEWER))
    return client


def visits(product: object, count: int = 4, *, days_old: int = 0) -> None:
    """One in four goes into AR, every other one touches it."""
    for number in range(count):
        view = uuid.uuid4()
        shown = full(product, 1_500 + 10 * number, wire_bytes=400_000, cache="miss")
        tell(poster(product, 80), shown, view=view)
        if number % 2 == 0:
            tell(touch(product), view=view)
        if number % 4 == 0:
            into_ar = (ar(product, "launched"), ar(product, "ended", session_ms=65_000))
            tell(*into_ar, error(product, "network"), view=view)
    young = Event.objects.filter(at__gt=timezone.now() - timedelta(minutes=5))
    young.update(at=timezone.now() - timedelta(days=days_old))
    rollup.roll_up()


def test_the_page_says_what_happened(viewer: Client) -> None:
    chair, lamp = a_product(name=HOSTILE), a_product(name="Lamp")
    visits(chair.pk)
    visits(lamp.pk, 1)

    page = viewer.get("/numbers?period=7d").text

    for said in (
        "Visits",
        "5</span>",
        "100 %",
        "60 %",
        "1 min 5 s",
        "40 %",
        "2.0 MB",
        "The connection broke",
    ):
        assert said in page, said
    assert f'href="/products/{chair.pk}/numbers?period=7d"' in page
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


def test_a_product_has_a_page_of_its_own(viewer: Client) -> None:
    chair, lamp = a_product(name="Chair"), a_product(name="Lamp")
    visits(chair.pk)

    mine, others = (viewer.get(f"/products/{one.pk}/numbers").text for one in (chair, lamp))

    assert "4</span>" in mine
    assert f"product={chair.pk}" in mine
    assert "Lamp" not in mine
    assert "Nothing yet" in others
    assert viewer.get(f"/products/{uuid.uuid4()}/numbers").status_code == 404


def test_every_fault_that_the_element_tells_has_words() -> None:
    source = (Path(__file__).parents[2] / "viewer" / "src" / "fault.ts").read_text()
    kinds = re.findall(r'^  \| "([a-z-]+)"', source, re.MULTILINE)

    assert sorted(kinds) == sorted(FAULTS)


def test_nothing_says_why(viewer: Client) -> None:
    product, hidden = a_product(), a_product(published=False)

    assert "about half a minute later" in viewer.get("/numbers").text
    assert "not published" in viewer.get(f"/products/{hidden.pk}/numbers").text
    visits(product.pk, 1, days_old=20)
    assert "Nothing in this period" in viewer.get("/numbers?period=7d").text
    assert "Nothing in this period" not in viewer.get("/numbers?period=30d").text


def test_strangers_are_led_to_the_login(client: Client) -> None:
    assert client.get("/numbers").headers["Location"] == "/login?next=/numbers"


def test_the_csv_of_a_panel_is_what_it_shows(viewer: Client) -> None:
    visits(a_product().pk)
    page = viewer.get("/numbers?period=24h").text
    link = page.split('href="/api/analytics/funnel/')[1].split('"')[0].replace("&amp;", "&")

    lines = viewer.get(f"/api/analytics/funnel/{link}").content.decode().splitlines()

    assert lines[0] == "start,group,visits,seen,in_3d,touched,ar,with_errors"
    assert [line.split(",")[2:] for line in lines[1:]] == [["4", "4", "4", "2", "1", "1"]]


def test_times_and_shares_are_as_exact_as_anybody_cares_for() -> None:
    assert [time_words(ms) for ms in (None, 0, 840.4, 999.6, 2_149, 59_940, 200_000)] == [
        *("–", "0 ms", "840 ms", "1.0 s", "2.1 s", "59.9 s", "3 min 20 s"),
    ]
    assert [share_words(share) for share in (None, 0, 0.0312, 0.5, 0.996, 1)] == [
        *("–", "0 %", "3.1 %", "50 %", "99.6 %", "100 %"),
    ]


def test_a_day_on_which_nothing_happened_is_nothing_in_counts_and_no_time_at_all() -> None:
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3)]
    rows = [{"start": day, "count": 4, "ms": 80.0} for day in (days[0], days[2])]

    counts = chart_of("count", days, rows, {"Errors": value_in("count")})
    times = chart_of("ms", days, rows, {"Picture": value_in("ms")})

    assert counts is not None
    assert times is not None
    assert (counts.lines, times.lines) == ({"Errors": [4, 0, 4]}, {"Picture": [80.0, None, 80.0]})
    assert [said for _start, said in times.rows] == [["80 ms"], ["–"], ["80 ms"]]
    assert chart_of("count", days, [], {"Errors": value_in("count")}) is None


def test_how_fast_we_answer_is_shown_to_admins_alone_even_before_anybody_visits(client: Client) -> None:
    at = timezone.now().replace(minute=0, second=0, microsecond=0)
    for kind, told in (("product", {"0.005": 96, "0.1": 4}), ("write", {"0.25": 9, "+Inf": 1, "failed": 1})):
        ResponseTimes.objects.create(span="hour", start=at, kind=kind, told=told)
        ResponseTimes.objects.create(span="day", start=at.replace(hour=0), kind=kind, told=told)
    pages = {}
    for role in (Role.ADMIN, Role.EDITOR):
        client.force_login(a_user(role))
        pages[role] = {period: client.get(f"/numbers?period={period}").text for period in ("24h", "30d")}

    for page in pages[Role.ADMIN].values():
        for said in (
            "How fast we answer",
            "A product, read",
            "3 ms",
            "5 ms",
            "Changes by the API",
            "10.0 s",
            "10 %",
        ):
            assert said in page, said
        assert 'href="/api/response-times/?as=csv&amp;every=' in page
        assert page.count("/uPlot.") == 2, "its style and its script"
    assert "every=hour" in pages[Role.ADMIN]["24h"]
    assert not any("How fast we answer" in page for page in pages[Role.EDITOR].values())


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_charts_are_drawn_and_everything_can_be_read_without_them(visiting: Visiting) -> None:
    product = a_product(name=HOSTILE)
    for days_old in (3, 2, 0):
        visits(product.pk, days_old=days_old)

    page = visiting(Role.VIEWER, "/numbers?period=7d")
    charts = page.locator(".chart canvas")
    expect(charts).to_have_count(5)
    assert faults(page) == []
    page.get_by_role("link", name="24 hours").click()
    expect(page.get_by_role("link", name="24 hours")).to_have_attribute("aria-current", "true")
    page.set_viewport_size({"width": 360, "height": 800})
    expect(charts.first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    plain = visiting(Role.VIEWER, "/numbers?period=7d", java_script_enabled=False)
    assert not plain.locator(".chart").first.is_visible()
    plain.locator("summary").first.click()
    expect(plain.locator(".over-time tbody tr").first).to_be_visible()
