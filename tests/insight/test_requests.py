"""How fast the service answers, added up from what its processes counted: each request once, and few rows for ever."""

from datetime import timedelta

import pytest
import redis
from django.conf import settings as chosen
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_key
from tests.conftest import Caller
from tests.metrics.counting import nothing_counted
from vitrine.access.doors import DOORS
from vitrine.access.roles import Role, Scope
from vitrine.config.requests import route_of
from vitrine.insight.measures import Every, last_days, last_hours
from vitrine.insight.models import Counted, ResponseTimes
from vitrine.insight.requests import Kind, add_up_requests, kind_of, quantile_ms, response_times
from vitrine.metrics.sending import Sender
from vitrine.metrics.table import REQUESTS

__all__ = ["nothing_counted"]

pytestmark = pytest.mark.django_db

PRODUCT = ("GET", "/api/assets/3d/{product_id}")


def answered(*times_ms: float, route: tuple[str, str] = PRODUCT, status: str = "200") -> None:
    for ms in times_ms:
        REQUESTS.note(ms / 1000, *route, status)
    assert Sender().send()


def counts() -> dict[str, int]:
    return {row["kind"]: row["count"] for row in response_times(last_days(2))}


def test_each_request_is_counted_once_in_its_hour_and_its_day() -> None:
    answered(3)
    assert add_up_requests() == 0, "nobody knows when that was"
    answered(*[4] * 90, *[40] * 10)
    answered(700, route=("POST", "/api/assets/3d/bulk"), status="500")
    answered(1, route=("GET", "/health/live"))
    answered(1, route=("GET", "(static)"))

    assert add_up_requests() == 101
    assert add_up_requests() == 0
    answered(4)
    assert add_up_requests() == 1

    product, write = response_times(last_days(2))
    assert (product["kind"], product["count"], product["failed"]) == ("product", 101, 0)
    assert 2.5 <= product["p50_ms"] <= 5
    assert 25 <= product["p95_ms"] <= 50
    assert (write["kind"], write["count"], write["failed"]) == ("write", 1, 1)
    assert 500 <= write["p50_ms"] <= 1000
    (hour,) = response_times(last_hours(1, every=Every.HOUR))[:1]
    assert {**hour, "start": None} == product
    assert hour["start"] == timezone.now().replace(minute=0, second=0, microsecond=0)


def test_when_redis_begins_anew_what_it_counts_then_is_new() -> None:
    add_up_requests()
    answered(*[4] * 5)
    assert add_up_requests() == 5
    with redis.Redis.from_url(chosen.REDIS_URL) as client:
        client.delete("vitrine:metrics")
    answered(4, 4)

    assert add_up_requests() == 2
    assert counts() == {"product": 7}


def test_of_two_rounds_at_once_one_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    add_up_requests()
    answered(4, 4, 4)
    now = add_up_requests.__globals__["added_up"]

    def another_is_quicker() -> object:
        numbers = now()
        monkeypatch.undo()
        assert add_up_requests() == 3
        return numbers

    monkeypatch.setitem(add_up_requests.__globals__, "added_up", another_is_quicker)

    assert add_up_requests() == 0
    assert counts() == {"product": 3}


def test_while_redis_is_away_nothing_is_lost(settings: Settings) -> None:
    add_up_requests()
    answered(4)
    here, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    assert add_up_requests() == 0
    settings.REDIS_URL = here

    assert add_up_requests() == 1


def test_a_quantile_lies_within_its_bucket_as_prometheus_reads_it() -> None:
    assert quantile_ms({}, 0.5) is None
    assert quantile_ms({"0.1": 10}, 0.5) == 75
    assert quantile_ms({"0.005": 95, "0.5": 5}, 0.95) == 5
    assert quantile_ms({"0.005": 1, "+Inf": 9}, 0.5) == 10_000


def test_every_door_is_of_a_kind_or_of_those_that_nobody_waits_for() -> None:
    kinds = {kind_of(method, route_of(route)) for route, row in DOORS.items() for method in row}
    none = {route for route in DOORS if kind_of("GET", route_of(route)) is None}

    assert kinds == {*Kind, None}
    assert none == {"metrics", "health/live", "health/ready"}
    assert kind_of("GET", "/settings/account") == kind_of("GET", "/") == Kind.CONSOLE
    assert kind_of("PUT", "/api/uploads/{upload_id}/parts/{number}") == Kind.UPLOAD


def test_it_is_read_by_those_who_may_read_metrics_alone(calling: Caller) -> None:
    add_up_requests()
    answered(4)
    add_up_requests()
    _, key = a_key(Scope.METRICS_READ)

    told = calling(Role.ADMIN).get("/api/response-times/?every=day").json()
    by_key = calling(None).get("/api/response-times/", HTTP_AUTHORIZATION=f"Api-Key {key}")
    csv = calling(Role.ADMIN).get("/api/response-times/?as=csv")
    refused = [
        calling(role).get("/api/response-times/").status_code for role in (Role.EDITOR, Role.VIEWER, None)
    ]

    assert [(row["kind"], row["count"]) for row in told["rows"]] == [("product", 1)]
    assert by_key.json()["rows"][0]["start"] is None
    lines = csv.content.decode().split("\r\n")
    assert lines[0] == "start,group,kind,count,p50_ms,p95_ms,failed"
    assert lines[1].startswith(",,product,1,")
    assert refused == [403, 403, 401]
    bad = calling(Role.ADMIN).get("/api/response-times/?every=minute")
    assert bad.status_code == 400


def test_what_is_kept_is_bounded_by_its_kinds_and_hours() -> None:
    add_up_requests()
    for _ in range(3):
        answered(*range(1, 200, 7))
        add_up_requests()

    assert ResponseTimes.objects.filter(span="day").count() <= 2
    assert ResponseTimes.objects.exclude(start__gt=timezone.now() - timedelta(days=2)).count() == 0
    assert Counted.objects.count() == 1
