"""What CloudWatch is told: what alarms ask for, counted exactly, and each minute's own."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from tests.builders import a_job
from tests.metrics.counting import nothing_counted
from vitrine.config.cloudwatch import READ_S, READY_S, grown, line_of
from vitrine.config.environment import ROOT
from vitrine.metrics import table
from vitrine.metrics.kinds import Cell, take
from vitrine.metrics.sending import SENDER

__all__ = ["nothing_counted"]

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
STANDING = {
    Cell(table.QUEUE_AGE.name, "", ()): 42.0,
    Cell(table.QUEUE_DEPTH.name, "", ("queued",)): 3.0,
    Cell(table.PART_UP.name, "", ("database",)): 1.0,
    Cell(table.PART_UP.name, "", ("files",)): 0.0,
    Cell(table.PART_UP.name, "", ("studio",)): 0.0,
}


def told(before: dict[Cell, float], now: dict[Cell, float]) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(
        line_of(STANDING, before, now, at=AT, installation="assets.example.com")
    )
    return line


def counted_now() -> dict[Cell, float]:
    return take(table.METRICS)


def test_the_line_is_one_that_cloudwatch_reads_metrics_off() -> None:
    line = told({}, {})

    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert line["_aws"]["Timestamp"] == 1_795_608_000_000
    assert (described["Namespace"], described["Dimensions"]) == ("Vitrine", [["Installation"]])
    assert line["Installation"] == "assets.example.com"
    assert all(isinstance(line[one["Name"]], int | float) for one in described["Metrics"])
    assert (line["QueueOldestAge"], line["QueueJobs"], line["PartsDown"]) == (42, 3, 1)


def test_requests_and_those_that_failed_by_our_fault_are_counted() -> None:
    for status, count in (("200", 7), ("404", 2), ("503", 1)):
        for _ in range(count):
            table.REQUESTS.note(0.01, "GET", "/p/{product_id}", status)
    table.REQUESTS.note(0.01, "GET", "/health/ready", "503")

    line = told({}, counted_now())

    assert (line["Requests"], line["RequestsFailed"], line["ProductReads"]) == (10, 1, 0)


def test_slow_reads_and_late_uploads_are_counted_exactly() -> None:
    for seconds in (0.001, READ_S, READ_S + 0.0001, 20.0):
        table.REQUESTS.note(seconds, "GET", "/api/assets/3d/{product_id}", "200")
    for seconds in (1.0, READY_S, READY_S + 0.1):
        table.READY.note(seconds, "standard")
    assert READ_S in table.REQUESTS.bounds
    assert READY_S in table.READY.bounds

    line = told({}, counted_now())

    assert (line["ProductReads"], line["ProductReadsSlow"]) == (4, 2)
    assert (line["UploadsReady"], line["UploadsLate"]) == (3, 1)


def test_only_what_has_grown_is_told_and_all_of_it_when_counting_began_anew() -> None:
    rounds = Cell(table.WORKER_ROUNDS.name, "", ())

    assert told({rounds: 5.0}, {rounds: 8.0})["WorkerRounds"] == 3
    assert told({rounds: 5.0}, {rounds: 2.0})["WorkerRounds"] == 2
    assert told({rounds: 5.0}, {rounds: 5.0})["WorkerRounds"] == 0
    assert grown({rounds: 5.0}, {}) == {}


@pytest.mark.django_db
def test_the_command_tells_of_the_queue_and_of_what_came_since(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PUBLIC_URL = "https://assets.example.com"
    table.WORKER_ROUNDS.count()
    assert SENDER.send()
    a_job()

    call_command("cloudwatch", "--every", "0.01", "--lines", "2")

    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["Installation"] == "assets.example.com"
    assert first["QueueJobs"] == 1
    assert first["QueueOldestAge"] > 0
    assert (first["WorkerRounds"], second["WorkerRounds"]) == (0, 0)


def test_the_stack_asks_for_what_is_told() -> None:
    source = (ROOT / "deploy/aws/vitrine_aws/numbers.py").read_text()
    asked = set(re.findall(r'"([A-Z]\w+)"', source)) - {"Vitrine", "Installation"}

    assert len(asked) == 9
    assert asked <= set(told({}, {}))
