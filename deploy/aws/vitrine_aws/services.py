"""What runs: web and API servers behind one balancer, workers on Spot, and what is done once, hourly, or by hand."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from vitrine_aws.choices import Choices
from vitrine_aws.data import Cache, Database, a_log, a_password
from vitrine_aws.files import BALANCER_LOGS, CDN_LOGS, Files, Logs
from vitrine_aws.network import Network
from vitrine_aws.numbers import OLDEST_AGE, number
from vitrine_aws.sizes import Task

PORT = 8000
DATA = "/data"
"""Of each process: docs/operations.md, On your own servers."""
STOP_S = 120
"""The longest that Fargate waits between TERM and KILL, and the warning that Spot gives."""
API_PATHS = ("/api/*", "/oembed*", "/metrics", "/health/*")
WORKER = (
    *("python", "-m", "celery", "-A", "vitrine.config.celery", "worker", "-n", "vitrine@%h"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"),
)
MANAGE = ("python", "manage.py")


def server(processes: int) -> tuple[str, ...]:
    """granian's command, as `make run` has it."""
    return (
        *("python", "-m", "granian", "--interface", "rsgi", "--host", "0.0.0.0", "--port", str(PORT)),
        *("--workers", str(processes), "--no-ws", "--no-access-log"),
        *("--respawn-failed-workers", "--log-level", "warning", "vitrine.config.rsgi:application"),
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every task of ours is given: the variables of vitrine/config/environment.py, and the secrets among them."""

    variables: dict[str, str]
    secrets: dict[str, ecs.Secret]


def surroundings(
    scope: Construct, choices: Choices, files: Files, database: Database, cache: Cache
) -> Surroundings:
    key = files.bucket.encryption_key
    assert key is not None
    url = f"https://{choices.domain}"
    variables = {
        "HOST": "0.0.0.0",  # the balancer asks a task by its own address
        "DATA_DIR": DATA,
        "PUBLIC_URL": url,
        "CDN_URL": url,
        "TRUSTED_PROXIES": "2",  # CloudFront and the balancer
        "AWS_BUCKET_NAME": files.bucket.bucket_name,
        "AWS_REGION": choices.region,
        "AWS_TAG_ORIGINALS": "1",
        "STORAGE_PRICE": "0.023 USD",
        "DEMO": "0",
    }
    signing = a_password(scope, "SecretKey", key, letters=64, what="Vitrine: SECRET_KEY")
    primary = database.address("Url", database.primary.instance_endpoint, key)
    secrets = {"SECRET_KEY": signing, "DATABASE_URL": primary, "REDIS_URL": cache.address(key)}
    if database.replica is not None:
        secrets["DATABASE_REPLICA_URL"] = database.address(
            "ReplicaUrl", database.replica.instance_endpoint, key
        )
    if choices.email_url_secret:
        secrets["EMAIL_URL"] = secretsmanager.Secret.from_secret_complete_arn(
            scope, "EmailUrl", choices.email_url_secret
        )
        variables["EMAIL_FROM"] = f"vitrine@{choices.domain}"
    return Surroundings(
        variables, {name: ecs.Secret.from_secrets_manager(secret) for name, secret in secrets.items()}
    )


class Services(Construct):
    """One cluster. Everything in it runs the same release, with no more rights than its kind needs."""

    def __init__(
        self,
        scope: Construct,
        choices: Choices,
        network: Network,
        given: Surroundings,
        files: Files,
        logs: Logs,
    ) -> None:
        super().__init__(scope, "Services")
        self.choices, self.network, self.given, self.files, self.logs = choices, network, given, files, logs
        self.images = ecr.Repository.from_repository_name(self, "Images", choices.repository)
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=network.vpc,
            enable_fargate_capacity_providers=True,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        self.balancer = self._balancer()
        self.listener = self.balancer.add_listener(
            "Https",
            port=443,
            protocol=elb.ApplicationProtocol.HTTPS,
            certificates=[acm.Certificate.from_certificate_arn(self, "Certificate", choices.certificate)],
            ssl_policy=elb.SslPolicy.TLS13_RES,
            open=False,
            default_action=elb.ListenerAction.fixed_response(404, content_type="text/plain"),
        )
        size = choices.size
        self.web = self._serves("Web", size.web, priority=20, paths=("/*",))
        self.api = self._serves("Api", size.api, priority=10, paths=API_PATHS)
        self.workers = self._works()
        self.numbers = self._tells_numbers()
        self.setup = self._task("Setup", cpu=512, memory_mib=1024, command=(*MANAGE, "migrate", "--noinput"))
        self._counts_cdn_logs()

    def _balancer(self) -> elb.ApplicationLoadBalancer:
        """Not on the internet: only CloudFront comes to it, through the VPC, where the firewall has looked first."""
        balancer = elb.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=self.network.vpc,
            vpc_subnets=self.network.tasks,
            internet_facing=False,
            security_group=self.network.balancer,
            drop_invalid_header_fields=True,
            deletion_protection=True,
            idle_timeout=Duration.seconds(60),
        )
        balancer.log_access_logs(self.logs.bucket, BALANCER_LOGS)
        return balancer

    def _task(
        self,
        name: str,
        *,
        cpu: int,
        memory_mib: int,
        command: tuple[str, ...],
        image: str = "",
        more: dict[str, str] | None = None,
        stop_s: int = 30,
        disk_gib: int = 21,
    ) -> ecs.FargateTaskDefinition:
        """A task that may read and write models' files, is nobody special, and writes to nothing but its scratch."""
        task = ecs.FargateTaskDefinition(
            self,
            f"{name}Task",
            cpu=cpu,
            memory_limit_mib=memory_mib,
            ephemeral_storage_gib=disk_gib,
            volumes=[ecs.Volume(name="data"), ecs.Volume(name="tmp")],
        )
        container = task.add_container(
            "vitrine",
            image=ecs.ContainerImage.from_ecr_repository(self.images, self.choices.tag + image),
            command=list(command),
            environment=self.given.variables | (more or {}),
            secrets=self.given.secrets,
            logging=ecs.LogDrivers.aws_logs(stream_prefix=name.lower(), log_group=a_log(self, f"{name}Log")),
            stop_timeout=Duration.seconds(stop_s),
            readonly_root_filesystem=True,
            linux_parameters=ecs.LinuxParameters(self, f"{name}Linux", init_process_enabled=True),
        )
        container.add_mount_points(
            ecs.MountPoint(source_volume="data", container_path=DATA, read_only=False),
            ecs.MountPoint(source_volume="tmp", container_path="/tmp", read_only=False),
        )
        key = self.files.bucket.encryption_key
        assert key is not None
        self.files.let_in(task.task_role, key)
        return task

    def _serves(self, name: str, task: Task, *, priority: int, paths: tuple[str, ...]) -> ecs.FargateService:
        definition = self._task(
            name, cpu=task.cpu, memory_mib=task.memory_mib, command=server(task.processes)
        )
        assert definition.default_container is not None
        definition.default_container.add_port_mappings(ecs.PortMapping(container_port=PORT))
        service = ecs.FargateService(
            self,
            name,
            cluster=self.cluster,
            task_definition=definition,
            desired_count=task.least,
            security_groups=[self.network.servers],
            vpc_subnets=self.network.tasks,
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            health_check_grace_period=Duration.seconds(120),
        )
        group = self.listener.add_targets(
            f"{name}Targets",
            priority=priority,
            conditions=[elb.ListenerCondition.path_patterns(list(paths))],
            port=PORT,
            protocol=elb.ApplicationProtocol.HTTP,
            targets=[service],
            # Not /health/ready: with the database away, ECS would replace every task for nothing.
            health_check=elb.HealthCheck(path="/health/live", interval=Duration.seconds(15)),
            deregistration_delay=Duration.seconds(30),
            load_balancing_algorithm_type=elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
        )
        grows = service.auto_scale_task_count(min_capacity=task.least, max_capacity=task.most)
        grows.scale_on_cpu_utilization(
            "Cpu", target_utilization_percent=60, scale_in_cooldown=Duration.minutes(5)
        )
        grows.scale_on_request_count(
            "Requests",
            target_group=group,
            requests_per_target=60 * _REQUESTS_A_S * task.processes,
            scale_in_cooldown=Duration.minutes(5),
        )
        return service

    def _works(self) -> ecs.FargateService:
        """TERM, from Spot or from a deployment, ends a worker well within two minutes: it takes no new job, has ten
        seconds for the one it cooks, and gives it back for another to take at once."""
        task = self.choices.size.worker
        definition = self._task(
            "Worker",
            cpu=task.cpu,
            memory_mib=task.memory_mib,
            command=WORKER,
            image="-worker",
            more={"WORKER_CONCURRENCY": str(task.processes)},
            stop_s=STOP_S,
            disk_gib=40,
        )
        steady = self.choices.size.steady_workers
        strategies = [ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)]
        if steady:
            strategies.append(
                ecs.CapacityProviderStrategy(capacity_provider="FARGATE", weight=0, base=steady)
            )
        service = ecs.FargateService(
            self,
            "Worker",
            cluster=self.cluster,
            task_definition=definition,
            desired_count=task.least,
            capacity_provider_strategies=strategies,
            security_groups=[self.network.workers],
            vpc_subnets=self.network.tasks,
            min_healthy_percent=50,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
        )
        self._grows_with_the_queue(service, task)
        return service

    def _grows_with_the_queue(self, service: ecs.FargateService, task: Task) -> None:
        """By how long the oldest job has waited, not by how many wait: a campaign of small models is no hurry."""
        grows = service.auto_scale_task_count(min_capacity=task.least, max_capacity=task.most)
        grows.scale_on_metric(
            "QueueAge",
            metric=number(self.choices, OLDEST_AGE, cloudwatch.Stats.MAXIMUM, Duration.minutes(1)),
            adjustment_type=scaling.AdjustmentType.CHANGE_IN_CAPACITY,
            scaling_steps=[
                scaling.ScalingInterval(upper=10, change=-1),
                scaling.ScalingInterval(lower=60, upper=180, change=1),
                scaling.ScalingInterval(lower=180, upper=600, change=max(2, task.most // 8)),
                scaling.ScalingInterval(lower=600, change=max(3, task.most // 4)),
            ],
            evaluation_periods=3,
            datapoints_to_alarm=2,
            cooldown=Duration.minutes(3),
        )

    def _tells_numbers(self) -> ecs.FargateService:
        """One small task that writes our own metrics to its log, where CloudWatch reads them off."""
        definition = self._task("Numbers", cpu=256, memory_mib=512, command=(*MANAGE, "cloudwatch"))
        return ecs.FargateService(
            self,
            "Numbers",
            cluster=self.cluster,
            task_definition=definition,
            desired_count=1,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)
            ],
            security_groups=[self.network.workers],
            vpc_subnets=self.network.tasks,
            # Never two at once: each would count what the other counts.
            min_healthy_percent=0,
            max_healthy_percent=100,
        )

    def _counts_cdn_logs(self) -> None:
        where = f"s3://{self.logs.bucket.bucket_name}/{CDN_LOGS}"
        definition = self._task("CdnLogs", cpu=256, memory_mib=512, command=(*MANAGE, "cdn_logs", where))
        self.logs.let_count(definition.task_role)
        events.Rule(
            self,
            "Hourly",
            description="Vitrine: CloudFront's logs are added to the numbers",
            schedule=events.Schedule.rate(Duration.hours(1)),
            targets=[
                targets.EcsTask(
                    cluster=self.cluster,
                    task_definition=definition,
                    subnet_selection=self.network.tasks,
                    security_groups=[self.network.workers],
                    platform_version=ecs.FargatePlatformVersion.LATEST,
                )
            ],
        )


_REQUESTS_A_S = 100  # of a process, kept up for a minute: a third of what bench/results.md finds on one core
