"""What lasts: the database, the cache that may be lost, and the secrets that open them."""

from aws_cdk import Duration, Fn, RemovalPolicy, SecretValue
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from vitrine_aws.network import Network
from vitrine_aws.sizes import Size

DATABASE_CA = "/etc/ssl/rds.pem"
"""Where the image of this folder's Dockerfile keeps Amazon's authorities for databases."""


def a_password(
    scope: Construct, name: str, key: kms.IKey, *, letters: int, what: str
) -> secretsmanager.Secret:
    """Letters and digits, which no address needs to escape."""
    return secretsmanager.Secret(
        scope,
        name,
        description=what,
        encryption_key=key,
        generate_secret_string=secretsmanager.SecretStringGenerator(
            password_length=letters, exclude_punctuation=True, include_space=False
        ),
    )


def an_address(
    scope: Construct, name: str, key: kms.IKey, *, what: str, parts: list[str]
) -> secretsmanager.Secret:
    """A secret made of other secrets; CloudFormation puts them in, and no template holds them."""
    return secretsmanager.Secret(
        scope,
        name,
        description=what,
        encryption_key=key,
        secret_string_value=SecretValue.unsafe_plain_text(Fn.join("", parts)),
    )


class Database(Construct):
    """PostgreSQL: encrypted, TLS only, set back to any second of the days that are kept."""

    def __init__(self, scope: Construct, size: Size, network: Network, key: kms.IKey) -> None:
        super().__init__(scope, "Database")
        self.password = a_password(self, "Password", key, letters=48, what="Vitrine: PostgreSQL's password")
        engine = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_7)
        parameters = rds.ParameterGroup(
            self,
            "Parameters",
            engine=engine,
            parameters={"rds.force_ssl": "1", "log_min_duration_statement": "500", "log_lock_waits": "1"},
        )
        instance = ec2.InstanceType(size.database)
        self.primary = rds.DatabaseInstance(
            self,
            "Primary",
            engine=engine,
            instance_type=instance,
            vpc=network.vpc,
            vpc_subnets=network.data,
            security_groups=[network.database],
            credentials=rds.Credentials.from_password("vitrine", self.password.secret_value),
            database_name="vitrine",
            parameter_group=parameters,
            ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
            allocated_storage=size.database_gb,
            max_allocated_storage=size.database_gb * 4,
            storage_type=rds.StorageType.GP3,
            storage_encrypted=True,
            storage_encryption_key=key,
            multi_az=size.database_standby,
            backup_retention=Duration.days(size.backup_days),
            delete_automated_backups=False,
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
            auto_minor_version_upgrade=True,
            publicly_accessible=False,
            cloudwatch_logs_exports=["postgresql"],
            cloudwatch_logs_retention=None,
        )
        self.replica = self._replica(size, network, instance, parameters) if size.replica else None

    def _replica(
        self, size: Size, network: Network, instance: ec2.InstanceType, parameters: rds.ParameterGroup
    ) -> rds.DatabaseInstanceReadReplica:
        """As encrypted as the primary, by the same key: a replica cannot be otherwise."""
        return rds.DatabaseInstanceReadReplica(
            self,
            "Replica",
            source_database_instance=self.primary,
            instance_type=instance,
            vpc=network.vpc,
            vpc_subnets=network.data,
            security_groups=[network.database],
            parameter_group=parameters,
            ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
            max_allocated_storage=size.database_gb * 4,
            storage_type=rds.StorageType.GP3,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
            auto_minor_version_upgrade=True,
            publicly_accessible=False,
        )

    def address(self, name: str, endpoint: rds.Endpoint, key: kms.IKey) -> secretsmanager.Secret:
        """DATABASE_URL, or DATABASE_REPLICA_URL: the server's certificate and name are checked."""
        parts = ["postgresql://vitrine:", self.password.secret_value.unsafe_unwrap(), "@", endpoint.hostname]
        tls = f":5432/vitrine?sslmode=verify-full&sslrootcert={DATABASE_CA}"
        return an_address(self, name, key, what=f"Vitrine: {name}", parts=[*parts, tls])


class Cache(Construct):
    """Valkey, by TLS and with a password. It may be lost: nothing in it would be missed."""

    def __init__(self, scope: Construct, size: Size, network: Network, key: kms.IKey) -> None:
        super().__init__(scope, "Cache")
        self.password = a_password(self, "Password", key, letters=64, what="Vitrine: Valkey's password")
        subnets = elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            description="Vitrine: Valkey",
            subnet_ids=network.vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED).subnet_ids,
        )
        several = size.cache_nodes > 1
        self.group = elasticache.CfnReplicationGroup(
            self,
            "Valkey",
            replication_group_description="Vitrine: what is kept for a while, limits, and the workers' doorbell",
            engine="valkey",
            engine_version="8.0",
            cache_node_type=f"cache.{size.cache}",
            num_cache_clusters=size.cache_nodes,
            automatic_failover_enabled=several,
            multi_az_enabled=several,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[network.cache.security_group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=key.key_id,
            auth_token=self.password.secret_value.unsafe_unwrap(),
            auto_minor_version_upgrade=True,
        )

    def address(self, key: kms.IKey) -> secretsmanager.Secret:
        """REDIS_URL. Its certificate is Amazon's own and vouched for by every system's authorities."""
        parts = [
            *("rediss://:", self.password.secret_value.unsafe_unwrap()),
            *("@", self.group.attr_primary_end_point_address, ":6379/0"),
        ]
        return an_address(self, "Url", key, what="Vitrine: REDIS_URL", parts=parts)


def a_key(scope: Construct) -> kms.Key:
    """One key for all that lasts; it turns over once a year by itself."""
    return kms.Key(
        scope,
        "Key",
        description="Vitrine: database, cache, files, secrets, alarms",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN,
    )


def a_log(scope: Construct, name: str) -> logs.LogGroup:
    """Thirty days, as LOG_DAYS has it. Encrypted by CloudWatch's own key."""
    return logs.LogGroup(
        scope, name, retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
    )
