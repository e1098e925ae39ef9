"""Where everything stands: public subnets hold nothing but the way out, the data's subnets have none."""

from aws_cdk import Fn
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from vitrine_aws.sizes import Size


class Network(Construct):
    """The VPC, and one security group for each kind of thing in it: none lets in more than it must."""

    def __init__(self, scope: Construct, size: Size) -> None:
        super().__init__(scope, "Network")
        kinds = (
            ("Out", ec2.SubnetType.PUBLIC),
            ("Tasks", ec2.SubnetType.PRIVATE_WITH_EGRESS),
            ("Data", ec2.SubnetType.PRIVATE_ISOLATED),
        )
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            # Whichever the region has: who asks an account for their names needs credentials to write a template.
            availability_zones=[Fn.select(number, Fn.get_azs()) for number in range(size.zones)],
            nat_gateways=size.nat_gateways,
            subnet_configuration=[
                ec2.SubnetConfiguration(name=name, subnet_type=kind, cidr_mask=22) for name, kind in kinds
            ],
            # Files do not go through the NAT gateways, which charge for each GB.
            gateway_endpoints={
                "Files": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
            flow_logs={
                "Refused": ec2.FlowLogOptions(
                    traffic_type=ec2.FlowLogTrafficType.REJECT,
                )
            },
        )
        self.balancer = self._group("Balancer", "CloudFront, to the balancer")
        self.servers = self._group("Servers", "The balancer, to web and API servers")
        self.workers = self._group("Workers", "Nobody, to workers and what is run by hand")
        self.database = self._group("Database", "Ours, to PostgreSQL", goes_out=False)
        self.cache = self._group("Cache", "Ours, to Valkey", goes_out=False)
        # CloudFront comes through interfaces of its own inside the VPC.
        self.balancer.add_ingress_rule(
            ec2.Peer.ipv4(self.vpc.vpc_cidr_block), ec2.Port.tcp(443), "CloudFront, from inside the VPC"
        )
        self.servers.add_ingress_rule(self.balancer, ec2.Port.tcp(8000), "The balancer")
        for ours in (self.servers, self.workers):
            self.database.add_ingress_rule(ours, ec2.Port.tcp(5432), "Ours")
            self.cache.add_ingress_rule(ours, ec2.Port.tcp(6379), "Ours")

    def _group(self, name: str, who: str, *, goes_out: bool = True) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(self, name, vpc=self.vpc, description=who, allow_all_outbound=goes_out)

    @property
    def tasks(self) -> ec2.SubnetSelection:
        return ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)

    @property
    def data(self) -> ec2.SubnetSelection:
        return ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
