"""The edge: the firewall's rules (which AWS keeps in us-east-1), and CloudFront before bucket and balancer."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from vitrine_aws.choices import Choices
from vitrine_aws.files import CDN_LOGS, Logs

SESSION, CSRF = "__Host-sessionid", "__Host-csrftoken"
_FIVE_MINUTES_S = 300
LOGINS_A_S, REQUESTS_A_S = 2, 500
"""Of one address: what `AUTH` and `FILES` of vitrine/access/limits.py let through for ever. The service counts finer;
this keeps a flood from it."""
_YEAR = Duration.days(365)


class Firewall(Construct):
    """Floods and what is known to be bad stay outside. Bodies are not judged: they are models."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Firewall")
        rules = [
            _rate("Logins", 0, LOGINS_A_S * _FIVE_MINUTES_S, path="/api/auth/"),
            _rate("Requests", 1, REQUESTS_A_S * _FIVE_MINUTES_S),
            _managed("AWSManagedRulesAmazonIpReputationList", 2),
            _managed("AWSManagedRulesKnownBadInputsRuleSet", 3),
        ]
        self.acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            rules=rules,
            visibility_config=_seen("Vitrine"),
        )


def _seen(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _rate(name: str, priority: int, most: int, *, path: str | None = None) -> wafv2.CfnWebACL.RuleProperty:
    """At most so many from one address in five minutes; the next ones hear 429, as from the service itself."""
    only = None
    if path:
        only = wafv2.CfnWebACL.StatementProperty(
            byte_match_statement=wafv2.CfnWebACL.ByteMatchStatementProperty(
                field_to_match=wafv2.CfnWebACL.FieldToMatchProperty(uri_path={}),
                positional_constraint="STARTS_WITH",
                search_string=path,
                text_transformations=[wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
            )
        )
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        action=wafv2.CfnWebACL.RuleActionProperty(
            block=wafv2.CfnWebACL.BlockActionProperty(
                custom_response=wafv2.CfnWebACL.CustomResponseProperty(response_code=429)
            )
        ),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP",
                limit=most,
                evaluation_window_sec=_FIVE_MINUTES_S,
                scope_down_statement=only,
            )
        ),
        visibility_config=_seen(name),
    )


def _managed(name: str, priority: int) -> wafv2.CfnWebACL.RuleProperty:
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                name=name, vendor_name="AWS"
            )
        ),
        visibility_config=_seen(name),
    )


class Cdn(Construct):
    """Files from the bucket, by signed addresses; all else from the balancer, kept where the answer says so."""

    def __init__(
        self,
        scope: Construct,
        choices: Choices,
        *,
        bucket: s3.IBucket,
        balancer: elb.ApplicationLoadBalancer,
        logs: Logs,
        firewall_arn: str,
    ) -> None:
        super().__init__(scope, "Cdn")
        self._name = Stack.of(self).stack_name
        service = origins.VpcOrigin.with_application_load_balancer(
            balancer,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            https_port=443,
            read_timeout=Duration.seconds(60),
            keepalive_timeout=Duration.seconds(55),
        )
        answers = self._answers("Pages", ["Accept-Language"], cookies=[SESSION, CSRF])
        programs = self._answers("Api", ["Authorization", "Accept", "Origin"], cookies=[SESSION])
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Vitrine",
            domain_names=[choices.domain],
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", choices.edge_certificate),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
            web_acl_id=firewall_arn,
            enable_logging=True,
            log_bucket=logs.bucket,
            log_file_prefix=CDN_LOGS,
            log_includes_cookies=False,
            default_behavior=self._served(service, answers),
            additional_behaviors={
                "/api/*": self._served(service, programs),
                "/oembed*": self._served(service, programs),
                "/files/*": self._files(choices, bucket),
            },
        )

    def _answers(self, name: str, headers: list[str], *, cookies: list[str]) -> cloudfront.CachePolicy:
        """As long as the answer's Cache-Control says (30 s, and 5 minutes more while it is fetched anew), and not at
        all where it says nothing. One for each way in which answers differ: who asks, and in which language."""
        return cloudfront.CachePolicy(
            self,
            f"{name}Policy",
            cache_policy_name=f"{self._name}-{name}",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=_YEAR,
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(*headers),
            cookie_behavior=cloudfront.CacheCookieBehavior.allow_list(*cookies),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )

    def _served(
        self, service: cloudfront.IOrigin, policy: cloudfront.CachePolicy
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=service,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cached_methods=cloudfront.CachedMethods.CACHE_GET_HEAD,
            cache_policy=policy,
            # With the Host that was asked for: the balancer's certificate is for that one.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            compress=True,
        )

    def _files(self, choices: Choices, bucket: s3.IBucket) -> cloudfront.BehaviorOptions:
        """The function looks before the cache does, at every request: what is kept is kept by the file's own name, so
        a new signature finds what an older one fetched, and one that has ended finds nothing."""
        function = cloudfront.Function(
            self,
            "SignedFiles",
            code=cloudfront.FunctionCode.from_file(file_path=str(choices.edge_function)),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            comment="Vitrine: lets through what vitrine/catalog/signatures.py signed",
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
            cache_policy=cloudfront.CachePolicy(
                self,
                "FilesPolicy",
                cache_policy_name=f"{self._name}-Files",
                min_ttl=Duration.days(1),
                default_ttl=_YEAR,
                max_ttl=_YEAR,
                enable_accept_encoding_brotli=True,
                enable_accept_encoding_gzip=True,
            ),
            response_headers_policy=self._open_to_all(),
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
                )
            ],
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            compress=True,
        )

    def _open_to_all(self) -> cloudfront.ResponseHeadersPolicy:
        """What vitrine/storefront/delivery.py says of files that it serves itself."""
        own = {"Cross-Origin-Resource-Policy": "cross-origin", "Timing-Allow-Origin": "*"}
        return cloudfront.ResponseHeadersPolicy(
            self,
            "OpenToAll",
            response_headers_policy_name=f"{self._name}-Files",
            cors_behavior=cloudfront.ResponseHeadersCorsBehavior(
                access_control_allow_credentials=False,
                access_control_allow_headers=["If-None-Match", "If-Range", "Range"],
                access_control_allow_methods=["GET", "HEAD", "OPTIONS"],
                access_control_allow_origins=["*"],
                access_control_expose_headers=[
                    *("Accept-Ranges", "Content-Length", "Content-Range", "ETag", "Server-Timing")
                ],
                access_control_max_age=Duration.days(1),
                origin_override=True,
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=header, value=value, override=True)
                    for header, value in own.items()
                ]
            ),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=_YEAR, include_subdomains=False, override=True
                ),
            ),
            server_timing_sampling_rate=100,  # viewers tell by it whether the CDN had the file
        )
