"""/metrics: who may read it, and that it tells what happened."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from tests.api.entering import entering
from tests.api.test_problems import assert_problem
from tests.builders import a_job, a_key, a_product
from tests.conftest import Caller
from tests.metrics.counting import nothing_counted
from tests.servers import NOBODY
from vitrine.access.roles import Role, Scope

__all__ = ["nothing_counted"]

pytestmark = pytest.mark.django_db


def read() -> dict[str, float]:
    """Each series with its labels, as Prometheus reads it with a key."""
    _, key = a_key(Scope.METRICS_READ)
    response = Client().get("/metrics", headers={"Authorization": f"Api-Key {key}"})
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    lines = [line for line in response.content.decode().splitlines() if not line.startswith("#")]
    return {series: float(number) for series, _, number in (line.rpartition(" ") for line in lines)}


def test_strangers_and_keys_for_other_things_learn_nothing(calling: Caller) -> None:
    _, other = a_key(Scope.ANALYTICS_READ)

    stranger = Client().get("/metrics")
    with_other_key = Client().get("/metrics", headers={"Authorization": f"Api-Key {other}"})

    assert_problem(stranger, 401, "login-needed")
    assert_problem(with_other_key, 403, "not-allowed")
    assert calling(Role.EDITOR).get("/metrics").status_code == 403
    assert calling(Role.ADMIN).get("/metrics").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_requests_are_told_by_route_and_status_and_nobody_makes_up_names() -> None:
    product = a_product()
    with entering() as door:
        door.get(f"/api/assets/3d/{product.pk}/")
        door.get(f"/api/assets/3d/{product.pk}")
        door.get(f"/api/assets/3d/{product.pk}", {"Accept": "image/png"})
    Client().get("/made-up-by-a-stranger")
    Client().generic("BREW", "/api/tasks/")

    told = read()

    counted = {
        series: number for series, number in told.items() if "http_request" in series and "_count" in series
    }
    assert counted == {
        'vitrine_http_request_duration_seconds_count{method="GET",route="/api/assets/3d/{product_id}",status="200"}': 2,
        'vitrine_http_request_duration_seconds_count{method="GET",route="/api/assets/3d/{product_id}",status="406"}': 1,
        'vitrine_http_request_duration_seconds_count{method="GET",route="(none)",status="404"}': 1,
        'vitrine_http_request_duration_seconds_count{method="(other)",route="/api/tasks",status="405"}': 1,
    }
    assert told['vitrine_product_read_total{answer="made"}'] == 1
    assert told['vitrine_product_read_total{answer="kept"}'] == 1
    assert told['vitrine_product_read_total{answer="long"}'] == 1


def test_the_queue_the_parts_and_the_disk_are_told_as_they_stand() -> None:
    a_job()
    a_job()

    told = read()

    assert told['vitrine_queue_jobs{state="queued"}'] == 2
    assert told['vitrine_queue_jobs{state="processing"}'] == 0
    assert 0 < told["vitrine_queue_oldest_age_seconds"] < 60
    assert told['vitrine_part_up{part="database"}'] == 1
    assert 0 < told["vitrine_disk_free_bytes"] <= told["vitrine_disk_size_bytes"]
    assert re.fullmatch(r'vitrine_build_info\{version="[\d.]+"\}', next(s for s in told if "build" in s))


def test_without_redis_the_gauges_still_tell(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://{NOBODY}/0"

    told = read()

    assert told['vitrine_part_up{part="queue"}'] == 0
    assert told['vitrine_part_up{part="database"}'] == 1
    # A counter that seems to be 0 would seem to gain all of itself when Redis is back, and to stand still until then.
    assert not [series for series in told if series.split("{")[0].endswith(("_total", "_count", "_bucket"))]


def test_a_counter_that_must_not_miss_its_first_is_told_before_it() -> None:
    assert read()["vitrine_job_given_up_total"] == 0
