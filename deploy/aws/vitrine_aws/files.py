"""The models' bucket, and the one for what CloudFront and the balancer write down of requests."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from vitrine_aws.choices import Choices

ORIGINAL = {"vitrine": "original"}
"""The tag that the service puts on what was uploaded, with AWS_TAG_ORIGINALS=1. Variants carry none: their names begin
as the originals' do, so no rule by names could tell them apart."""
CDN_LOGS = "cdn/"
BALANCER_LOGS = "balancer"
_PLACES = ("models", "incoming", "check")
"""Every beginning of a key: models' files, what is on its way in, and what /health/ready and the doctor try it with."""
_INFREQUENT_DAYS = 30  # sooner, S3 moves nothing to Standard-IA


class Logs(Construct):
    """What CloudFront writes is counted and deleted each hour; what is left of it goes after thirty days."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Logs")
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,  # the balancer writes with no other
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # CloudFront's standard logs come by an ACL, and in no other way.
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
            lifecycle_rules=[s3.LifecycleRule(id="Logs", expiration=Duration.days(30))],
            removal_policy=RemovalPolicy.RETAIN,
        )

    def let_count(self, role: iam.IGrantable) -> None:
        """CloudFront's logs, to be read and then deleted: whose addresses stand in them is nobody's business."""
        role.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["s3:GetObject", "s3:DeleteObject"],
                resources=[self.bucket.arn_for_objects(f"{CDN_LOGS}*")],
            )
        )
        role.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self.bucket.bucket_arn])
        )


class Files(Construct):
    """Versioned, so that what is deleted or overwritten can be had back for as long as the database can."""

    def __init__(self, scope: Construct, choices: Choices, key: kms.IKey, logs: Logs) -> None:
        super().__init__(scope, "Files")
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            lifecycle_rules=[*_tiers(choices), *_sweeping(choices)],
            cors=[_uploads_from(choices.domain)],
            server_access_logs_bucket=logs.bucket,
            server_access_logs_prefix="files/",
            replication_rules=_copies(self, choices),
            removal_policy=RemovalPolicy.RETAIN,
        )

    def let_in(self, role: iam.IGrantable, key: kms.IKey) -> None:
        """What docs/operations.md says that the service needs, by name, and nothing else."""
        role.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=[
                    *("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
                    *("s3:GetObjectTagging", "s3:PutObjectTagging"),  # a copy takes its tags along
                    *("s3:ListMultipartUploadParts", "s3:AbortMultipartUpload", "s3:RestoreObject"),
                ],
                resources=[self.bucket.arn_for_objects(f"{place}/*") for place in _PLACES],
            )
        )
        role.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["s3:ListBucket", "s3:ListBucketMultipartUploads"], resources=[self.bucket.bucket_arn]
            )
        )
        key.grant(role, "kms:Decrypt", "kms:GenerateDataKey")


def _tiers(choices: Choices) -> list[s3.LifecycleRule]:
    moves = [(s3.StorageClass.INFREQUENT_ACCESS, _INFREQUENT_DAYS)]
    moves += (
        [(s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, choices.archive_days)] if choices.archive_days else []
    )
    moves += [(s3.StorageClass.GLACIER, choices.deep_archive_days)] if choices.deep_archive_days else []
    return [
        s3.LifecycleRule(
            id="OriginalsGrowCold",
            tag_filters=ORIGINAL,
            transitions=[
                s3.Transition(storage_class=where, transition_after=Duration.days(days))
                for where, days in moves
            ],
        )
    ]


def _sweeping(choices: Choices) -> list[s3.LifecycleRule]:
    kept = Duration.days(choices.size.backup_days)
    return [
        s3.LifecycleRule(
            id="DeletedGoes", noncurrent_version_expiration=kept, expired_object_delete_marker=True
        ),
        s3.LifecycleRule(id="PartsOfNothing", abort_incomplete_multipart_upload_after=Duration.days(3)),
        # The service sweeps them after a day; this is for one that stands still.
        s3.LifecycleRule(id="NeverAccepted", prefix="incoming/", expiration=Duration.days(7)),
    ]


def _uploads_from(domain: str) -> s3.CorsRule:
    """Browsers put parts straight into the bucket, by addresses that the service signed."""
    return s3.CorsRule(
        allowed_origins=[f"https://{domain}"],
        allowed_methods=[s3.HttpMethods.PUT],
        allowed_headers=["content-type", "content-length"],
        exposed_headers=["ETag"],
        max_age=3600,
    )


def _copies(scope: Construct, choices: Choices) -> list[s3.ReplicationRule] | None:
    if choices.replicate_to is None or choices.replicate_key is None:
        return None
    return [
        s3.ReplicationRule(
            id="ElsewhereToo",
            destination=s3.Bucket.from_bucket_arn(scope, "Elsewhere", choices.replicate_to),
            kms_key=kms.Key.from_key_arn(scope, "ElsewhereKey", choices.replicate_key),
            sse_kms_encrypted_objects=True,
            delete_marker_replication=False,
            priority=1,
        )
    ]
