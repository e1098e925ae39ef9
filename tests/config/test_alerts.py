"""Each alert fires on what it is for and is quiet on a healthy day, by promtool's own file and without promtool."""

from typing import Any

import pytest
import yaml

from tests.config.prometheus import fired_at, seconds_of
from tests.config.promql import selectors
from vitrine.config.environment import ROOT
from vitrine.metrics.kinds import Histogram
from vitrine.metrics.table import METRICS

HERE = ROOT / "deploy" / "prometheus"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((HERE / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
TESTS: list[dict[str, Any]] = yaml.safe_load((HERE / "alerts_test.yml").read_text())["tests"]
ALERTS = {rule["alert"] for rule in RULES if "alert" in rule}
HEALTHY = "a healthy day"


@pytest.mark.parametrize("test", TESTS, ids=[test["name"] for test in TESTS])
def test_what_happens_fires_what_it_should(test: dict[str, Any]) -> None:
    wanted = {
        (one["alertname"], seconds_of(one["eval_time"])): [
            (alert["exp_labels"], alert["exp_annotations"]) for alert in one["exp_alerts"]
        ]
        for one in test["alert_rule_test"]
    }

    found = {
        (name, at): [(fired.labels, fired.annotations) for fired in firing]
        for name, at, firing in fired_at(RULES, test)
    }

    assert found == wanted


def test_every_alert_is_seen_to_fire_and_to_be_quiet_on_a_healthy_day() -> None:
    asked = [(test["name"], one) for test in TESTS for one in test["alert_rule_test"]]

    assert {one["alertname"] for _, one in asked if one["exp_alerts"]} == ALERTS
    assert {one["alertname"] for name, one in asked if name == HEALTHY} == ALERTS
    assert not any(one["exp_alerts"] for name, one in asked if name == HEALTHY)


def test_a_healthy_day_has_all_that_any_rule_asks_for() -> None:
    """Or it would be quiet for want of numbers."""
    (healthy,) = (test for test in TESTS if test["name"] == HEALTHY)
    there = [one for series in healthy["input_series"] for one in selectors(series["series"])]
    labels = [{name: value for name, (_, value) in one.matchers.items()} for one in there]
    recorded = {rule["record"] for rule in RULES if "record" in rule}

    missing = [
        asked
        for rule in RULES
        for asked in selectors(rule["expr"])
        if asked.metric not in recorded
        and not any(
            one.metric == asked.metric and asked.takes(told) for one, told in zip(there, labels, strict=True)
        )
    ]

    assert missing == []


def test_the_numbers_are_such_as_the_service_tells() -> None:
    known = {
        series: {*one.labels, *(["le"] if series.endswith("_bucket") else [])}
        for one in METRICS
        for series in one.series
    } | {"up": {"job", "instance"}}
    bounds = {
        f"{one.name}_bucket": {*map(str, one.bounds), "+Inf"} for one in METRICS if isinstance(one, Histogram)
    }

    for test in TESTS:
        for one in (one for series in test["input_series"] for one in selectors(series["series"])):
            assert set(one.matchers) <= known[one.metric], one
            if "le" in one.matchers:
                assert one.matchers["le"][1] in bounds[one.metric], one


def test_what_begins_with_a_value_has_not_increased() -> None:
    """As Prometheus sees it: why a counter that must not miss its first is told as 0 before."""
    (rule,) = (rule for rule in RULES if rule.get("alert") == "VitrineWorkersDie")
    born = {
        "interval": "1m",
        "input_series": [{"series": "vitrine_job_given_up_total", "values": "_x30 1x60"}],
        "alert_rule_test": [{"eval_time": "35m", "alertname": "VitrineWorkersDie"}],
    }

    ((_, _, firing),) = fired_at([rule], born)

    assert firing == []
