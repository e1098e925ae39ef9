"""Who may what, and who reaches what."""

import json
from collections.abc import Iterator
from typing import Any

from vitrine_aws.sizes import SIZES

from tests.conftest import Made

NAMED_BY_NOBODY = {"ecr:GetAuthorizationToken"}
"""AWS knows no resource for these."""


def statements(made: Made) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("IAM::Policy", "IAM::Role"):
        for name, given in made.of(kind).items():
            documents = [
                given.get("PolicyDocument"),
                *(one["PolicyDocument"] for one in given.get("Policies", ())),
            ]
            yield from ((name, one) for document in documents if document for one in document["Statement"])


def a_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_no_role_may_anything_to_everything(made: Made) -> None:
    tried = 0
    for name, one in statements(made):
        tried += 1
        if "*" in a_list(one["Resource"]):
            assert set(a_list(one["Action"])) <= NAMED_BY_NOBODY, name
    assert tried > 20


def test_what_a_task_may_is_named_action_by_action(made: Made) -> None:
    tasks = [(name, one) for name, one in statements(made) if "TaskTaskRole" in name]
    assert len({name for name, _ in tasks}) == 6
    for name, one in tasks:
        assert all("*" not in action for action in a_list(one["Action"])), name
    bucket = [
        one for name, one in tasks if name.startswith("ServicesWebTask") and "s3:GetObject" in one["Action"]
    ]
    assert len(bucket) == 1
    places = [place["Fn::Join"][1][1] for place in bucket[0]["Resource"]]
    assert sorted(places) == ["/check/*", "/incoming/*", "/models/*"]
    assert not {"s3:DeleteObjectVersion", "s3:PutBucketPolicy"} & set(bucket[0]["Action"])


def test_only_the_counting_of_logs_may_read_logs(made: Made) -> None:
    readers = {name for name, one in statements(made) if "LogsBucket" in json.dumps(one.get("Resource"))}

    assert {name.split("Task")[0] for name in readers} == {"ServicesCdnLogs"}


def test_nothing_but_cloudfront_reaches_the_balancer_and_nothing_outside_the_data(made: Made) -> None:
    balancer = made.only("ElasticLoadBalancingV2::LoadBalancer", "Services")
    assert balancer["Scheme"] == "internal"
    for group in made.of("EC2::SecurityGroup").values():
        for rule in group.get("SecurityGroupIngress", ()):
            assert rule["CidrIp"] != "0.0.0.0/0"
    for rule in made.of("EC2::SecurityGroupIngress").values():
        assert "SourceSecurityGroupId" in rule
    isolated = [one for name, one in made.of("EC2::Subnet").items() if "DataSubnet" in name]
    assert len(isolated) == SIZES[made.size].zones
    routes = [name for name in made.of("EC2::Route") if "DataSubnet" in name]
    assert routes == []


def test_containers_are_read_only_but_for_their_scratch(made: Made) -> None:
    for task in made.of("ECS::TaskDefinition").values():
        (container,) = task["ContainerDefinitions"]
        assert container["ReadonlyRootFilesystem"] is True
        assert {one["ContainerPath"] for one in container["MountPoints"]} == {"/data", "/tmp"}
        assert container["LinuxParameters"]["InitProcessEnabled"] is True
