"""What is kept and what travels is encrypted, and no secret is written down."""

import json

from aws_cdk.assertions import Match
from vitrine_aws.sizes import SIZES

from tests.conftest import Made


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
