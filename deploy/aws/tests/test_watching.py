"""Alarms, budgets and tags: who is told, and of what."""

import re
from typing import Any

from aws_cdk.assertions import Match, Template
from vitrine_aws.sizes import SIZES
from vitrine_aws.watching import (
    BURNS_FAST,
    BURNS_SLOWLY,
    FAILING,
    LATE_UPLOADS,
    QUEUE_STANDS_S,
    SLOW_READS,
)

from tests.conftest import ROOT, Made


def alarms(made: Made) -> dict[str, dict[str, Any]]:
    return {
        re.sub(r"^Watching|[0-9A-F]{8}$", "", name): one
        for name, one in made.of("CloudWatch::Alarm").items()
        if name.startswith("Watching")
    }


def test_the_objectives_are_the_ones_that_prometheus_watches(made: Made) -> None:
    found = alarms(made)
    rules = (ROOT / "deploy/prometheus/alerts.yml").read_text()
    told = {
        "FailsMany": (BURNS_FAST * FAILING, f"ratio_1h > {BURNS_FAST} * {FAILING}"),
        "FailsSome": (BURNS_SLOWLY * FAILING, f"ratio_6h > {BURNS_SLOWLY} * {FAILING}"),
        "ReadsSlow": (SLOW_READS, "product_read:p95_10m > 0.05"),
        "UploadsSlow": (LATE_UPLOADS, f"in_time_ratio_6h < {1 - LATE_UPLOADS}"),
        "QueueStands": (QUEUE_STANDS_S, f"queue_oldest_age_seconds > {QUEUE_STANDS_S}"),
    }
    for name, (threshold, rule) in told.items():
        assert found[name]["Threshold"] == threshold
        assert rule in rules, name


def test_every_alarm_tells_somebody_and_stands_in_the_runbook(made: Made) -> None:
    found = alarms(made)
    page = (ROOT / "docs/aws.md").read_text()
    expected = {
        *("FailsMany", "FailsSome", "ReadsSlow", "UploadsSlow", "QueueStands", "NumbersAway", "NoWorker"),
        *("PartAway", "DatabaseFull", "DatabaseBusy", "CacheFull", "BalancerFails"),
        *(("ReplicaLate",) if SIZES[made.size].replica else ()),
    }
    assert set(found) == expected
    for name, one in found.items():
        assert len(one["AlarmActions"]) == len(one["OKActions"]) == 1, name
        assert f"| `{name}` |" in page


def test_silence_is_an_alarm(made: Made) -> None:
    found = alarms(made)

    assert {name for name, one in found.items() if one["TreatMissingData"] == "breaching"} == {
        "NumbersAway",
        "NoWorker",
    }


def test_mails_go_out_before_the_budget_is_spent(made: Made) -> None:
    made.template.has_resource_properties(
        "AWS::Budgets::Budget",
        {
            "Budget": Match.object_like(
                {"BudgetLimit": {"Amount": SIZES[made.size].budget_usd, "Unit": "USD"}}
            ),
            "NotificationsWithSubscribers": [
                Match.object_like(
                    {"Notification": Match.object_like({"NotificationType": "ACTUAL", "Threshold": 80})}
                ),
                Match.object_like(
                    {"Notification": Match.object_like({"NotificationType": "FORECASTED", "Threshold": 100})}
                ),
            ],
        },
    )


def test_everything_is_tagged_with_its_size(medium: Made) -> None:
    template: Template = medium.template
    template.has_resource_properties(
        "AWS::ECS::Cluster", {"Tags": Match.array_with([{"Key": "vitrine", "Value": "medium"}])}
    )
