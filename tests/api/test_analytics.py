"""GET /api/analytics/: what viewers told, added up, for those who may see it."""

import csv
import io
import uuid
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.builders import a_key, a_product
from tests.conftest import Caller
from tests.insight.telling import ar, error, full, poster, tell, touch
from vitrine.access.roles import Role, Scope
from vitrine.insight import rollup
from vitrine.insight.topics import COLUMNS, Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair() -> Any:
    """A product with two visits: one all the way into AR, one that came to nothing but an error."""
    product = a_product()
    view = uuid.uuid4()
    tell(poster(product.pk, 120), full(product.pk, 2_000, wire_bytes=70_000, cache="miss"), view=view)
    tell(
        touch(product.pk, count=3), ar(product.pk, "launched"), ar(product.pk, "placed", ar_ms=40), view=view
    )
    tell(ar(product.pk, "ended", session_ms=9_000), view=view)
    tell(poster(product.pk, 30), error(product.pk), device="desktop", network="")
    rollup.roll_up()
    return product


def test_the_whole_of_a_product(calling: Caller, chair: Any) -> None:
    tell(full(a_product().pk))
    rollup.roll_up()

    answer = calling(Role.VIEWER).get(f"/api/assets/3d/{chair.pk}/analytics")

    told = answer.json()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert told["funnel"] == [
        {"start": None, "group": "", "visits": 2, "seen": 2, "in_3d": 1, "touched": 1, "ar": 1, "with_errors": 1}
    ]  # fmt: skip
    loads = {row["stage"]: (row["count"], row["p50_ms"], row["p95_ms"]) for row in told["loads"]}
    assert loads == {
        "poster": (2, 30, pytest.approx(120, rel=0.01)),
        "full": (1, *[pytest.approx(2_000, rel=0.01)] * 2),
    }
    assert told["ar"] == [
        {
            "start": None, "group": "", "ar": "webxr", "launched": 1, "started": 0, "placed": 1, "sessions": 1,
            "returned": 0, "refused": 0, "failed": 0,
            **{f"placed_{name}_ms": 40 for name in ("p50", "p75", "p95")},
            **{f"session_{name}_ms": pytest.approx(9_000, rel=0.01) for name in ("p50", "p75", "p95")},
            **{f"away_{name}_ms": None for name in ("p50", "p75", "p95")},
        }
    ]  # fmt: skip
    assert told["errors"] == [{"start": None, "group": "", "error": "model", "count": 1, "per_visit": 0.5}]
    assert told["interactions"] == [{"start": None, "group": "", "action": "rotate", "count": 3}]
    assert told["cache"][0]["browser_hit_ratio"] == 0
    assert (told["cache"][0]["wire_bytes"], told["cache"][0]["edge_hit_ratio"]) == (70_000, None)


def test_all_products_together_and_nothing_yet(calling: Caller, chair: Any) -> None:
    viewer = calling(Role.VIEWER)
    tell(poster(a_product().pk))
    rollup.roll_up()

    assert viewer.get("/api/analytics/").json()["funnel"][0]["visits"] == 3
    empty = viewer.get("/api/analytics/?since=2020-01-01T00:00:00Z&until=2020-02-01T00:00:00Z").json()
    assert {name: rows for name, rows in empty.items() if name not in {"since", "until"}} == {
        topic.value: [] for topic in Topic
    }
    assert (empty["since"], empty["until"]) == ("2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z")


@pytest.mark.parametrize("every", ["day", "hour"])
def test_a_topic_over_time(calling: Caller, chair: Any, every: str) -> None:
    since = (timezone.now() - timedelta(days=2)).isoformat()

    answer = calling(Role.VIEWER).get("/api/analytics/funnel/", {"every": every, "since": since})

    (row,) = answer.json()["rows"]
    now = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    assert row["start"] == (now if every == "hour" else now.replace(hour=0)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert row["visits"] == 2


def test_a_topic_by_device_and_narrowed_down(calling: Caller, chair: Any) -> None:
    viewer = calling(Role.VIEWER)

    by_device = viewer.get("/api/analytics/loads", {"group_by": "device", "product": chair.pk}).json()["rows"]
    of_phones = viewer.get("/api/analytics/loads", {"device": "phone", "group_by": "variant"}).json()["rows"]

    assert [(row["group"], row["stage"], row["count"]) for row in by_device] == [
        ("desktop", "poster", 1),
        ("phone", "poster", 1),
        ("phone", "full", 1),
    ]
    assert [(row["group"], row["stage"]) for row in of_phones] == [("", "poster"), ("web", "full")]


def test_by_product_the_most_visited_are_told(
    calling: Caller, chair: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(poster(a_product().pk))
    rollup.roll_up()
    monkeypatch.setattr("vitrine.insight.measures.MOST_PRODUCTS", 1)

    rows = calling(Role.VIEWER).get("/api/analytics/funnel", {"group_by": "product"}).json()["rows"]

    assert [(row["group"], row["visits"]) for row in rows] == [(str(chair.pk), 2)]


@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_is_csv_too(calling: Caller, chair: Any, topic: Topic) -> None:
    viewer = calling(Role.VIEWER)

    answer = viewer.get(f"/api/analytics/{topic}/?as=csv&group_by=device")
    asked_for = viewer.get(f"/api/analytics/{topic}/?group_by=device", headers={"Accept": "text/csv"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    rows = viewer.get(f"/api/analytics/{topic}/?group_by=device").json()["rows"]
    assert lines == [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]
    assert list(lines[0]) == ["start", "group", *COLUMNS[topic]]
    assert asked_for.content == answer.content


@pytest.mark.parametrize(
    ("query", "pointer", "said"),
    [
        ("every=minute", "/every", "minute"),
        ("device=fridge", "/device", "fridge"),
        ("since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "/until", "later than"),
        ("since=2020-01-01T00:00:00Z&until=2026-01-01T00:00:00Z", "/since", "2,192 days, and at most 762"),
        ("since=2026-01-01T00:00:00Z&until=2026-03-01T00:00:00Z&every=hour", "/since", "1,416 hours, and at most 744"),
        ("product=chair", "/product", "UUID"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_named(calling: Caller, query: str, pointer: str, said: str) -> None:
    answer = calling(Role.VIEWER).get(f"/api/analytics/loads/?{query}")

    assert answer.status_code == 400
    assert [(one["pointer"], said in one["detail"]) for one in answer.json()["errors"]] == [(pointer, True)]


def test_a_topic_that_is_none_says_which_there_are(calling: Caller) -> None:
    answer = calling(Role.VIEWER).get("/api/analytics/weather/")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert "loads, ar, errors" in answer.json()["detail"]


def test_a_product_that_is_not_there_has_none(calling: Caller, chair: Any) -> None:
    chair.remove()

    assert calling(Role.VIEWER).get(f"/api/assets/3d/{chair.pk}/analytics").status_code == 404


def test_a_key_needs_the_scope(client: Any, chair: Any) -> None:
    def status(scope: Scope) -> int:
        key = a_key(scope)[1]
        return int(client.get("/api/analytics/", headers={"Authorization": f"Api-Key {key}"}).status_code)

    assert (status(Scope.ANALYTICS_READ), status(Scope.ASSETS_READ)) == (200, 403)
    assert client.get("/api/analytics/").status_code == 401
