"""What runs where, how it grows, and how it ends."""

import json
import re
from typing import Any

import pytest
from vitrine_aws.sizes import SIZES

from tests.conftest import ROOT, Made


def service(made: Made, name: str) -> dict[str, Any]:
    (one,) = (
        given for key, given in made.of("ECS::Service").items() if re.match(f"Services{name}Service", key)
    )
    return one


def test_workers_are_on_spot_but_for_the_steady_ones(made: Made) -> None:
    strategy = service(made, "Worker")["CapacityProviderStrategy"]
    steady = SIZES[made.size].steady_workers
    expected = [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
    assert strategy == expected + (
        [{"Base": steady, "CapacityProvider": "FARGATE", "Weight": 0}] if steady else []
    )


@pytest.mark.parametrize("name", ["Web", "Api"])
def test_servers_are_never_on_spot(made: Made, name: str) -> None:
    assert service(made, name)["LaunchType"] == "FARGATE"


def test_a_worker_has_two_minutes_from_term_to_kill(made: Made) -> None:
    (container,) = made.only("ECS::TaskDefinition", "ServicesWorkerTask")["ContainerDefinitions"]
    given = {one["Name"]: one["Value"] for one in container["Environment"]}
    assert container["StopTimeout"] == 120
    assert "REMAP_SIGTERM" not in given, "Celery would end at once, and put nothing back"
    recall = (ROOT / "vitrine/processing/recall.py").read_text()
    most_s = sum(float(one) for one in re.findall(r"^(?:GRACE_S|LET_GO_S) = ([\d.]+)$", recall, re.MULTILINE))
    assert 0 < most_s < container["StopTimeout"]


def test_the_three_services_grow(made: Made) -> None:
    size = SIZES[made.size]
    targets = made.of("ApplicationAutoScaling::ScalableTarget")
    bounds = [(one["MinCapacity"], one["MaxCapacity"]) for one in targets.values()]
    wanted = (size.web, size.api, size.worker)
    assert sorted(bounds) == sorted((one.least, one.most) for one in wanted)
    kinds = [
        one["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"][
            "PredefinedMetricType"
        ]
        for one in made.of("ApplicationAutoScaling::ScalingPolicy").values()
        if "TargetTrackingScalingPolicyConfiguration" in one
    ]
    assert sorted(kinds) == sorted(["ECSServiceAverageCPUUtilization", "ALBRequestCountPerTarget"] * 2)


def test_workers_grow_with_the_age_of_the_queue(made: Made) -> None:
    growing = [one for name, one in made.of("CloudWatch::Alarm").items() if name.startswith("ServicesWorker")]
    assert {one["MetricName"] for one in growing} == {"QueueOldestAge"}
    assert {(one["ComparisonOperator"], one["Threshold"]) for one in growing} == {
        ("GreaterThanOrEqualToThreshold", 60),
        ("LessThanOrEqualToThreshold", 10),
    }
    assert {one["Namespace"] for one in growing} == {"Vitrine"}


def test_web_and_api_are_apart_and_the_same_image(made: Made) -> None:
    rules = made.of("ElasticLoadBalancingV2::ListenerRule").values()
    by_priority = {one["Priority"]: one["Conditions"][0]["PathPatternConfig"]["Values"] for one in rules}
    assert by_priority == {10: ["/api/*", "/oembed*", "/metrics", "/health/*"], 20: ["/*"]}
    images = {
        name: json.dumps(
            made.only("ECS::TaskDefinition", f"Services{name}Task")["ContainerDefinitions"][0]["Image"]
        )
        for name in ("Web", "Api", "Worker")
    }
    assert images["Web"] == images["Api"]
    assert images["Worker"] == images["Web"].replace(":0.1.0", ":0.1.0-worker")


def test_the_balancer_asks_whether_a_server_lives_not_whether_the_database_does(made: Made) -> None:
    groups = made.of("ElasticLoadBalancingV2::TargetGroup").values()

    assert [one["HealthCheckPath"] for one in groups] == ["/health/live"] * 2


def test_cdn_logs_are_counted_every_hour(made: Made) -> None:
    made.template.has_resource_properties(
        "AWS::Events::Rule", {"ScheduleExpression": "rate(1 hour)", "State": "ENABLED"}
    )
    (container,) = made.only("ECS::TaskDefinition", "ServicesCdnLogsTask")["ContainerDefinitions"]
    command = container["Command"]
    assert command[:3] == ["python", "manage.py", "cdn_logs"]
    assert command[3]["Fn::Join"][1][0] == "s3://"
    assert command[3]["Fn::Join"][1][2] == "/cdn/"
