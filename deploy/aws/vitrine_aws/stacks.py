"""Two stacks: the firewall's rules in us-east-1, where CloudFront looks for them, and all else in the region."""

from aws_cdk import App, CfnOutput, Environment, Stack, Tags
from constructs import Construct

from vitrine_aws.choices import Choices
from vitrine_aws.data import Cache, Database, a_key
from vitrine_aws.edge import Cdn, Firewall
from vitrine_aws.files import Files, Logs
from vitrine_aws.network import Network
from vitrine_aws.services import Services, surroundings
from vitrine_aws.watching import Watching

FLAGS = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/core:checkSecretUsage": True,
    "@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm": True,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/core:validateAgainstDefaultRules": True,
}
"""Of the ways in which CDK can do a thing, the newer ones."""


class Edge(Stack):
    def __init__(self, scope: Construct, choices: Choices) -> None:
        super().__init__(
            scope,
            "VitrineEdge",
            env=Environment(account=choices.account, region="us-east-1"),
            cross_region_references=True,
        )
        self.firewall = Firewall(self)


class Vitrine(Stack):
    def __init__(self, scope: Construct, choices: Choices, edge: Edge) -> None:
        super().__init__(
            scope,
            "Vitrine",
            env=Environment(account=choices.account, region=choices.region),
            cross_region_references=True,
            termination_protection=True,
        )
        key = a_key(self)
        network = Network(self, choices.size)
        logs = Logs(self)
        files = Files(self, choices, key, logs)
        database = Database(self, choices.size, network, key)
        cache = Cache(self, choices.size, network, key)
        given = surroundings(self, choices, files, database, cache)
        services = Services(self, choices, network, given, files, logs)
        cdn = Cdn(
            self,
            choices,
            bucket=files.bucket,
            balancer=services.balancer,
            logs=logs,
            firewall_arn=edge.firewall.acl.attr_arn,
        )
        Watching(self, choices, key, database=database, cache=cache, services=services)
        told = {
            "PointDomainTo": cdn.distribution.distribution_domain_name,
            "SecretKeyArn": given.secrets["SECRET_KEY"].arn,
            "ClusterName": services.cluster.cluster_name,
            "SetupTask": services.setup.task_definition_arn,
            "TaskSubnets": ",".join(
                network.vpc.select_subnets(subnet_type=network.tasks.subnet_type).subnet_ids
            ),
            "TaskSecurityGroup": network.workers.security_group_id,
        }
        for name, value in told.items():
            CfnOutput(self, name, value=value)


def an_app(outdir: str | None = None) -> App:
    return App(outdir=outdir, context=FLAGS)


def add_stacks(app: App, choices: Choices) -> tuple[Edge, Vitrine]:
    # Nobody asks AWS for a region's zones: the template says "the first, the second" instead.
    zones = f"availability-zones:account={choices.account}:region={choices.region}"
    app.node.set_context(zones, [f"{choices.region}{letter}" for letter in "abc"])
    edge = Edge(app, choices)
    vitrine = Vitrine(app, choices, edge)
    Tags.of(app).add("vitrine", choices.size.name)
    return edge, vitrine
