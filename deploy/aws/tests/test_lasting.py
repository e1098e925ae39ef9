"""What can be had back, what grows cold, and what never ends."""

from typing import Any

from vitrine_aws.sizes import SIZES

from tests.conftest import Made


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
