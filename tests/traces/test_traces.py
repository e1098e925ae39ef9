"""One trace from a request through its job to the engine, as a collector gets it; and none where nobody collects."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests.builders import a_job
from tests.conftest import Caller
from tests.gltf_builders import a_plain_ball
from tests.outreach.receiver import Receiver, a_receiver
from tests.servers import NOBODY
from vitrine.access.roles import Role
from vitrine.pipeline.bench import Bench
from vitrine.processing.models import Job
from vitrine.processing.runner import run
from vitrine.traces.sending import Collector
from vitrine.traces.spans import Place, SpanKind, Tracing, current_place, span, trace_by

pytestmark = pytest.mark.django_db

GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as one:
        yield one


@pytest.fixture
def collector(receiver: Receiver) -> Iterator[Collector]:
    made = Collector(f"http://127.0.0.1:{receiver.port}", {"x-key": "ours"})
    trace_by(Tracing(made.keep, 1.0))
    yield made
    trace_by(None)


def spans(collector: Collector, receiver: Receiver) -> list[dict[str, Any]]:
    """What the collector got, in one request."""
    collector.send()
    (came,) = receiver.received
    assert (came.path, came.headers["x-key"]) == ("/v1/traces", "ours")
    (resource,) = json.loads(came.body)["resourceSpans"]
    found: list[dict[str, Any]] = resource["scopeSpans"][0]["spans"]
    return found


def test_a_request_its_job_each_step_and_the_engine_stand_in_one_trace(
    calling: Caller, settings: Settings, collector: Collector, receiver: Receiver
) -> None:
    settings.PIPELINE = Bench()
    model = SimpleUploadedFile("ball.glb", a_plain_ball().bytes())
    form = {"name": "Ball", "model_file": model, "optimize": "false"}
    calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")
    run(Job.objects.get().pk)

    told = spans(collector, receiver)

    named = {one["name"]: one for one in told}
    by_id = {one["spanId"]: one["name"] for one in told}
    above = {name: by_id.get(one.get("parentSpanId", "")) for name, one in named.items()}
    assert len({one["traceId"] for one in told}) == 1
    assert above["POST /api/assets/3d"] is None
    assert above["job check"] == "POST /api/assets/3d"
    assert above["step gate"] == "job check"
    assert above["engine inspect"] == "step gate"
    assert above["engine convert"] == "step convert"
    gate, inspect = named["step gate"], named["engine inspect"]
    assert int(gate["startTimeUnixNano"]) <= int(inspect["startTimeUnixNano"]) + 50_000_000
    assert int(inspect["endTimeUnixNano"]) <= int(gate["endTimeUnixNano"])
    assert (named["POST /api/assets/3d"]["kind"], named["job check"]["kind"]) == (2, 5)


def test_a_job_that_fails_marks_its_span_and_the_step_it_failed_in(
    settings: Settings, collector: Collector, receiver: Receiver
) -> None:
    settings.PIPELINE = Bench()
    run(a_job(recipe="check").pk)

    failed = {one["name"] for one in spans(collector, receiver) if one["status"] == {"code": 2}}

    assert any(name.startswith("step ") for name in failed)


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_trace_is_taken_from_a_proxy_of_ours_only(
    settings: Settings, collector: Collector, receiver: Receiver, proxies: int
) -> None:
    settings.TRUSTED_PROXIES = proxies
    Client().get("/health/live?token=hush", headers={"traceparent": GIVEN})

    (one,) = spans(collector, receiver)

    assert (one["traceId"] == GIVEN.split("-")[1]) is bool(proxies)
    assert (one.get("parentSpanId") == GIVEN.split("-")[2]) is bool(proxies)
    assert one["name"] == "GET /health/live"
    assert "hush" not in json.dumps(one)


@pytest.mark.parametrize(
    "header", ["", "00-0-0-01", GIVEN.upper(), f"01{GIVEN[2:]}", f"00-{'0' * 32}-{'1' * 16}-01"]
)
def test_a_bad_traceparent_is_none(header: str) -> None:
    assert Place.of(header) is None


def test_what_is_not_in_the_share_is_handed_on_and_told_to_nobody(receiver: Receiver) -> None:
    told: list[object] = []
    trace_by(Tracing(told.append, 0.0))
    try:
        with span("a") or pytest.fail("somebody traces"):
            place = current_place()
            assert place is not None
            assert place.header.endswith("-00")
            child = span("b", SpanKind.INTERNAL)
            assert child is not None
            assert child.place.trace_id == place.trace_id
            child.end()
    finally:
        trace_by(None)

    assert told == []


def test_where_nobody_collects_nothing_is_traced(client: Client) -> None:
    client.get("/health/live")

    assert span("a") is None
    assert current_place() is None
    assert a_job().trace == ""


def test_a_collector_that_is_away_holds_up_nobody_and_loses_what_it_did_not_take() -> None:
    away = Collector(f"http://{NOBODY}", {})
    trace_by(Tracing(away.keep, 1.0))
    try:
        answered = Client().get("/health/live").status_code
        away.send()
        away.send()
    finally:
        trace_by(None)

    assert answered == 200
