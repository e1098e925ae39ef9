"""What the stack promises, promise by promise, on the templates that would be deployed."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
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

NAMED_BY_NOBODY = {"ecr:GetAuthorizationToken"}
"""AWS knows no resource for these."""


# --- Encryption ---------------------------------------------------------------------------------------------------


def test_buckets_are_encrypted_closed_and_reached_by_tls_only(made: Made) -> None:
    buckets = made.of("S3::Bucket")
    assert len(buckets) == 2
    for bucket in buckets.values():
        assert bucket["BucketEncryption"]
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    policies = [one["PolicyDocument"]["Statement"] for one in made.of("S3::BucketPolicy").values()]
    for statements in policies:
        refused = [one["Condition"] for one in statements if one["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in refused
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in refused
        assert all(one.get("Principal") != {"AWS": "*"} for one in statements if one["Effect"] == "Allow")


def test_files_are_encrypted_by_a_key_of_ours_that_turns_over(made: Made) -> None:
    made.template.has_resource_properties("AWS::KMS::Key", {"EnableKeyRotation": True})
    rule = made.only("S3::Bucket", "Files")["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["BucketKeyEnabled"] is True


def test_the_database_is_encrypted_and_speaks_tls_only(made: Made) -> None:
    primary = made.only("RDS::DBInstance", "DatabasePrimary")
    assert (primary["StorageEncrypted"], primary["PubliclyAccessible"]) == (True, False)
    made.template.has_resource_properties(
        "AWS::RDS::DBParameterGroup", {"Parameters": Match.object_like({"rds.force_ssl": "1"})}
    )


def test_valkey_is_encrypted_at_rest_and_on_the_way_and_wants_a_password(made: Made) -> None:
    made.template.has_resource_properties(
        "AWS::ElastiCache::ReplicationGroup",
        {
            "Engine": "valkey",
            "TransitEncryptionEnabled": True,
            "TransitEncryptionMode": "required",
            "AtRestEncryptionEnabled": True,
            "AuthToken": Match.any_value(),
        },
    )


def test_addresses_of_database_and_valkey_check_who_answers(made: Made) -> None:
    addresses = [
        json.dumps(one["SecretString"])
        for one in made.of("SecretsManager::Secret").values()
        if "SecretString" in one
    ]
    databases = [one for one in addresses if "postgresql://" in one]
    assert len(databases) == 1 + SIZES[made.size].replica
    assert all("sslmode=verify-full" in one and "sslrootcert=" in one for one in databases)
    assert sum("rediss://" in one for one in addresses) == 1
    assert len(addresses) == len(databases) + 1


def test_no_secret_stands_in_the_template(made: Made) -> None:
    for one in made.of("SecretsManager::Secret").values():
        assert "GenerateSecretString" in one or "{{resolve:secretsmanager:" in json.dumps(one["SecretString"])
    for task in made.of("ECS::TaskDefinition").values():
        for container in task["ContainerDefinitions"]:
            assert {one["Name"] for one in container["Secrets"]} >= {
                "SECRET_KEY",
                "DATABASE_URL",
                "REDIS_URL",
            }
            assert not {one["Name"] for one in container["Environment"]} & {
                "SECRET_KEY",
                "DATABASE_URL",
                "REDIS_URL",
            }


def test_the_outside_comes_by_tls_1_2_at_least(made: Made) -> None:
    distribution = made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    behaviours = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]
    assert {one["ViewerProtocolPolicy"] for one in behaviours} == {"redirect-to-https", "https-only"}
    made.template.has_resource_properties(
        "AWS::CloudFront::VpcOrigin",
        {
            "VpcOriginEndpointConfig": Match.object_like(
                {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]}
            )
        },
    )
    made.template.has_resource_properties(
        "AWS::ElasticLoadBalancingV2::Listener",
        {"Protocol": "HTTPS", "Port": 443, "SslPolicy": Match.string_like_regexp("TLS13")},
    )
    made.template.resource_count_is("AWS::ElasticLoadBalancingV2::Listener", 1)


def test_topics_of_alarms_are_encrypted(made: Made) -> None:
    topics = made.of("SNS::Topic")
    assert len(topics) == 2
    assert all(one["KmsMasterKeyId"] for one in topics.values())


# --- Who may what -------------------------------------------------------------------------------------------------


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


# --- What runs ----------------------------------------------------------------------------------------------------


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


# --- What lasts ---------------------------------------------------------------------------------------------------


def test_the_database_can_be_set_back_and_is_not_deleted_by_mistake(made: Made) -> None:
    size = SIZES[made.size]
    primary = made.only("RDS::DBInstance", "DatabasePrimary")
    assert primary["BackupRetentionPeriod"] == size.backup_days >= 7
    assert primary["DeletionProtection"] is True
    assert primary["DeleteAutomatedBackups"] is False
    assert primary["MultiAZ"] is size.database_standby
    made.template.has_resource("AWS::RDS::DBInstance", {"DeletionPolicy": "Retain"})


def test_there_is_a_replica_and_the_service_is_told(made: Made) -> None:
    size = SIZES[made.size]
    replicas = [one for one in made.of("RDS::DBInstance").values() if "SourceDBInstanceIdentifier" in one]
    assert len(replicas) == size.replica
    for task in made.of("ECS::TaskDefinition").values():
        names = {one["Name"] for one in task["ContainerDefinitions"][0]["Secrets"]}
        assert ("DATABASE_REPLICA_URL" in names) is size.replica


def rules_of(made: Made) -> dict[str, dict[str, Any]]:
    return {one["Id"]: one for one in made.only("S3::Bucket", "Files")["LifecycleConfiguration"]["Rules"]}


def test_what_is_deleted_can_be_had_back_as_long_as_the_database(made: Made) -> None:
    files = made.only("S3::Bucket", "Files")
    assert files["VersioningConfiguration"] == {"Status": "Enabled"}
    days = rules_of(made)["DeletedGoes"]["NoncurrentVersionExpiration"]["NoncurrentDays"]
    assert days == SIZES[made.size].backup_days


def test_only_originals_grow_cold(made: Made) -> None:
    moving = [one for one in rules_of(made).values() if "Transitions" in one]
    assert [one["TagFilters"] for one in moving] == [[{"Key": "vitrine", "Value": "original"}]]
    moves = [(one["StorageClass"], one["TransitionInDays"]) for one in moving[0]["Transitions"]]
    deep = [("GLACIER", 365)] if made.size == "medium" else []
    assert moves == [("STANDARD_IA", 30), ("GLACIER_IR", 90), *deep]


def test_nothing_of_a_model_expires(made: Made) -> None:
    expiring = {name: one.get("Prefix") for name, one in rules_of(made).items() if "ExpirationInDays" in one}

    assert expiring == {"NeverAccepted": "incoming/"}


def test_files_are_copied_elsewhere_when_that_is_said(every_size: dict[str, Made]) -> None:
    copied = every_size["medium"].only("S3::Bucket", "Files")["ReplicationConfiguration"]["Rules"][0]
    assert copied["Destination"]["Bucket"] == "arn:aws:s3:::vitrine-elsewhere"
    assert copied["SourceSelectionCriteria"]["SseKmsEncryptedObjects"] == {"Status": "Enabled"}
    assert "ReplicationConfiguration" not in every_size["small"].only("S3::Bucket", "Files")


# --- The edge -----------------------------------------------------------------------------------------------------


def test_floods_are_stopped_before_they_come_to_us(made: Made) -> None:
    made.edge.has_resource_properties("AWS::WAFv2::WebACL", {"Scope": "CLOUDFRONT"})
    (acl,) = made.edge.find_resources("AWS::WAFv2::WebACL").values()
    rates = {
        one["Name"]: one["Statement"]["RateBasedStatement"]["Limit"]
        for one in acl["Properties"]["Rules"]
        if "RateBasedStatement" in one["Statement"]
    }
    limits = (ROOT / "vitrine/access/limits.py").read_text()
    allowed = dict(re.findall(r"Kind\.(\w+): Limit\(per_s=([\d_]+)", limits))
    assert rates == {"Logins": 300 * int(allowed["AUTH"]), "Requests": 300 * int(allowed["FILES"])}
    assert made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]["WebACLId"]


def behaviour(made: Made, path: str) -> dict[str, Any]:
    found = made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]
    one: dict[str, Any] = next(each for each in found["CacheBehaviors"] if each["PathPattern"] == path)
    return one


def policy(made: Made, used: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = made.of("CloudFront::CachePolicy")[used["CachePolicyId"]["Ref"]][
        "CachePolicyConfig"
    ]
    return config


def test_files_are_kept_long_and_by_their_own_names(made: Made) -> None:
    kept = policy(made, behaviour(made, "/files/*"))
    parameters = kept["ParametersInCacheKeyAndForwardedToOrigin"]
    assert kept["DefaultTTL"] == kept["MaxTTL"] == 365 * 86_400
    assert parameters["EnableAcceptEncodingBrotli"] is True
    for part in ("Headers", "Cookies", "QueryStrings"):
        config = next(value for name, value in parameters.items() if name.startswith(part))
        assert list(config.values()) == ["none"]


def test_answers_are_kept_as_they_say_and_never_for_another_person(made: Made) -> None:
    answers = policy(made, behaviour(made, "/api/*"))
    parameters = answers["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (answers["MinTTL"], answers["DefaultTTL"]) == (0, 0)
    assert "Authorization" in parameters["HeadersConfig"]["Headers"]
    assert parameters["CookiesConfig"]["Cookies"] == ["__Host-sessionid"]
    assert parameters["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert parameters["EnableAcceptEncodingBrotli"] is True
    said = (ROOT / "vitrine/api/answers.py").read_text()
    assert 'PUBLIC = "public, max-age=30, stale-while-revalidate=300"' in said


def test_files_come_from_the_bucket_for_who_has_a_signature_and_for_nobody_else(made: Made) -> None:
    files = behaviour(made, "/files/*")
    distribution = made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]
    origin = next(one for one in distribution["Origins"] if one["Id"] == files["TargetOriginId"])
    assert origin["OriginAccessControlId"]
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    assert [one["EventType"] for one in files["FunctionAssociations"]] == ["viewer-request"]
    assert files["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    made.template.has_resource_properties(
        "AWS::CloudFront::OriginAccessControl",
        {
            "OriginAccessControlConfig": Match.object_like(
                {"SigningBehavior": "always", "SigningProtocol": "sigv4"}
            )
        },
    )


def test_files_say_to_browsers_what_the_service_would_say(made: Made) -> None:
    (config,) = (
        one["ResponseHeadersPolicyConfig"] for one in made.of("CloudFront::ResponseHeadersPolicy").values()
    )
    cors = config["CorsConfig"]
    assert cors["AccessControlAllowOrigins"] == {"Items": ["*"]}
    assert cors["AccessControlAllowCredentials"] is False
    own = {one["Header"]: one["Value"] for one in config["CustomHeadersConfig"]["Items"]}
    served = (ROOT / "vitrine/storefront/delivery.py").read_text()
    for header, value in own.items():
        assert f'"{header}": "{value}"' in served
    assert f'"{", ".join(cors["AccessControlExposeHeaders"]["Items"])}"' in served
    assert config["ServerTimingHeadersConfig"] == {"Enabled": True, "SamplingRate": 100}
    assert config["SecurityHeadersConfig"]["ContentTypeOptions"] == {"Override": True}


def test_requests_are_written_down_where_they_are_counted(made: Made) -> None:
    logging = made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]["Logging"]

    assert (logging["Prefix"], logging.get("IncludeCookies", False)) == ("cdn/", False)


# --- Who is told --------------------------------------------------------------------------------------------------


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
