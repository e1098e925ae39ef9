"""What watches the service: every panel and every rule asks for what a living /metrics really tells."""

import json
import re
import shutil
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, cast

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests.api.entering import entering
from tests.api.test_events import a_batch, an_event
from tests.builders import a_job, a_key, a_product, a_user
from tests.config.promql import selectors
from tests.conftest import Caller
from tests.gltf_builders import a_plain_ball
from tests.outreach.receiver import a_receiver
from vitrine.access.limits import LIMITS, Kind, Limit
from vitrine.access.roles import Role, Scope
from vitrine.catalog import files
from vitrine.config import rounds
from vitrine.config.celery import Sweeper
from vitrine.config.environment import ROOT
from vitrine.metrics.table import METRICS
from vitrine.outreach import endpoints
from vitrine.outreach.courier import Courier
from vitrine.outreach.posting import Network
from vitrine.pipeline.bench import Bench
from vitrine.processing.models import Job
from vitrine.processing.runner import run

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "vitrine.json"
ALWAYS_ONE_OF = {"part", "le", "recipe", "method", "route"}
"""Labels whose values must really be there; others (a status of 5xx, an outcome) may not have happened."""

Series = dict[str, list[dict[str, str]]]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Whose it is, and what is asked."""
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


# --- A living /metrics -----------------------------------------------------------------------------------------------


def shoppers_come(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    product, client = a_product(), Client()
    with entering() as door:
        door.get(f"/api/assets/3d/{product.pk}/")
    for path in (
        f"/api/assets/3d/{product.pk}/",
        files.url_to_read(product.shown_version.key, "", public=True),
    ):
        b"".join(cast(Iterable[bytes], client.get(path)))
    monkeypatch.setitem(LIMITS, Kind.EVENTS, Limit(per_s=0.001, burst=1))
    for _ in range(2):
        batch = json.dumps(a_batch(an_event(product.pk)))
        client.post("/api/events/", batch, content_type="text/plain", REMOTE_ADDR="198.51.100.7")


def a_job_is_done(calling: Caller, settings: Settings) -> None:
    settings.PIPELINE = Bench()
    model = SimpleUploadedFile("ball.glb", a_plain_ball().bytes())
    calling(Role.EDITOR).post(
        "/api/assets/3d/", {"name": "Ball", "model_file": model, "optimize": "false"}, format="multipart"
    )
    run(Job.objects.get().pk)
    a_job()


def a_webhook_is_sent(settings: Settings) -> None:
    settings.WEBHOOKS_TO = "private"
    with a_receiver() as receiver:
        endpoints.test(endpoints.make(by=a_user(Role.ADMIN), url=receiver.url)[0])
        courier = Courier(Network(private=True, whole_s=2))
        while courier.round():
            courier.finish()


def a_round_fails(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sweeper, settings.JOB_SWEEP_S = Sweeper(None), 0.01

    def broken() -> None:
        sweeper.stopped.set()
        raise RuntimeError("so it was wished")

    monkeypatch.setattr(rounds, "ROUNDS", (broken,))
    sweeping = threading.Thread(target=sweeper._sweep_until_stopped)
    sweeping.start()
    sweeping.join()


@pytest.fixture
def living(calling: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Series:
    """What /metrics tells once all of it has happened."""
    shoppers_come(settings, monkeypatch)
    a_job_is_done(calling, settings)
    a_webhook_is_sent(settings)
    a_round_fails(settings, monkeypatch)
    _, key = a_key(Scope.METRICS_READ)
    text = Client().get("/metrics", headers={"Authorization": f"Api-Key {key}"}).content.decode()
    told: Series = defaultdict(list)
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        told[name].append(dict(re.findall(r'(\w+)="([^"]*)"', labels)))
    return told


# --- What is asked of it ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_metric_of_the_table_is_told_and_every_panel_and_rule_asks_for_one(living: Series) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}

    assert [one.name for one in METRICS if not all(living.get(series) for series in one.series)] == []
    for owner, expression in expressions():
        asked = selectors(expression.replace("$__rate_interval", "5m"))
        assert asked, owner
        for one in asked:
            if one.metric in recorded | {"up"}:  # what Prometheus itself makes
                continue
            labels = living[one.metric]
            assert labels, (owner, one.metric)
            assert set(one.matchers) <= set().union(*labels), (owner, one)
            sure = {name: how for name, how in one.matchers.items() if name in ALWAYS_ONE_OF}
            told = [those for those in labels if type(one)(one.metric, sure).takes(those)]
            assert told, (owner, one)


def test_every_metric_stands_on_the_dashboard() -> None:
    shown = {
        one.metric for panel in panels() for target in panel["targets"] for one in selectors(target["expr"])
    }

    left_out = [one.name for one in METRICS if not shown & set(one.series)]

    assert left_out == []


def test_every_alert_has_its_line_in_the_runbook_and_no_line_is_without_one() -> None:
    table = (ROOT / "docs" / "operations.md").read_text().split("## Alerts")[1].split("\n## ")[0]
    alerts = [rule for rule in rules() if "alert" in rule]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [rule["alert"] for rule in alerts]
    for rule in alerts:
        assert rule["annotations"]["runbook"] == "docs/operations.md#alerts"
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_each_objective_is_watched() -> None:
    watched = {rule["labels"].get("objective") for rule in rules() if "alert" in rule} - {None}

    assert watched == {"availability", "product-read", "upload-ready"}


def test_panels_have_their_own_place_and_name() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels()]

    assert len(set(places)) == len(places)
    assert len({panel["title"] for panel in panels()}) == len(places)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels())


@pytest.mark.parametrize("broken", ['rate(a{b="c"}[5m]', "a{b=c}", "a ? b", "a)"])
def test_what_is_no_promql_is_found(broken: str) -> None:
    with pytest.raises(ValueError, match=r"no PromQL|not closed|closes nothing|no matcher"):
        selectors(broken)


def test_prometheus_own_tool_agrees_where_it_is_installed() -> None:
    """`apt-get install prometheus` brings it; elsewhere the tests above must do."""
    tool = shutil.which("promtool")
    commands = [["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]] if tool else []

    ended = [
        subprocess.run([str(tool), *command], cwd=ALERTS.parent, capture_output=True, check=False).returncode
        for command in commands
    ]

    assert not any(ended)
    named = {test["alertname"] for one in _rule_tests() for test in one["alert_rule_test"]}
    assert named <= {rule.get("alert") for rule in rules()}


def _rule_tests() -> list[dict[str, Any]]:
    tests: list[dict[str, Any]] = yaml.safe_load((ALERTS.parent / "alerts_test.yml").read_text())["tests"]
    return tests
