"""What AWS asks, in USD, us-east-1, on demand, each with where and when it was read. Other regions ask 5 to 20 % more.

`of` says what one unit is. Check them before you plan with them: they change.
"""

from typing import NamedTuple


class Price(NamedTuple):
    usd: float
    of: str
    source: str
    read: str
    """Year and month of the source."""


_FARGATE = ("wring.co/blog/aws-fargate-pricing-guide", "2026-03")
_RDS = ("infratally.com/articles/aws-rds-pricing-explained-2026.html", "2026")
_RDS_CLASSES = ("price comments in terraform-provider-aws, internal/service/rds", "2024-02")
_CACHE = ("upstash.com/blog/aws-elasticache-pricing-explained-2026-full-cost-breakdown", "2026")
_CACHE_LIST = ("the list price for Redis OSS, less the 20 % by which Valkey is cheaper", "unchecked")
_ELB = ("awsnegotiations.com/elastic-load-balancer-cost.html", "2026-05")
_WAF = ("awsnegotiations.com/waf-pricing-strategy.html", "2026")
_CDN = ("aws.amazon.com/cloudfront/pricing", "undated copy")
_CDN_REQUESTS = ("kindatechnical.com/aws-certification-associate-developer, lesson 87", "undated")
_CDN_FUNCTIONS = ("cur.vantage.sh/aws/amazoncloudfront", "undated")
_S3 = ("go-cloud.io/?p=10624", "after 2025-09")
_S3_CLASSES = ("a table of S3's classes in public notes, the same in several", "undated")
_NAT = ("a cost table in public notes, the same in several", "undated")
_WATCH = ("signoz.io/guides/cloudwatch-pricing", "2026-02")
_LOGS = ("factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards", "2026")
_KNOWN = ("widely published; no dated source was at hand", "unchecked")

PRICES = {
    "vcpu": Price(0.04048, "vCPU and hour, Fargate", *_FARGATE),
    "memory": Price(0.004445, "GiB and hour, Fargate", *_FARGATE),
    "spot": Price(0.30, "of that, Fargate Spot (it varies; at most 70 % less)", *_FARGATE),
    "db.t4g.medium": Price(0.065, "hour", *_RDS),
    "db.m7g.large": Price(0.168, "hour", *_RDS_CLASSES),
    "db.r7g.2xlarge": Price(0.956, "hour (twice db.r7g.xlarge)", *_RDS_CLASSES),
    "db.storage": Price(0.115, "GB and month, gp3", "usage.ai/blogs/aws/reserved-instances/rds", "2026-06"),
    "cache.t4g.small": Price(0.0256, "hour", *_CACHE_LIST),
    "cache.m7g.large": Price(0.1264, "hour", *_CACHE_LIST),
    "cache.r7g.large": Price(0.174, "hour", *_CACHE),
    "balancer": Price(0.0225, "hour", *_ELB),
    "balancer.unit": Price(0.008, "LCU and hour", *_ELB),
    "nat": Price(0.045, "hour", *_NAT),
    "waf.acl": Price(5.0, "web ACL and month", *_WAF),
    "waf.rule": Price(1.0, "rule and month", *_WAF),
    "waf.request": Price(0.60e-6, "request", *_WAF),
    "cdn.gb": Price(0.085, "GB out, North America and Europe, first 10 TB (the first TB is free)", *_CDN),
    "cdn.request": Price(1.0e-6, "HTTPS request (the first ten million are free)", *_CDN_REQUESTS),
    "cdn.function": Price(0.10e-6, "run of the function", *_CDN_FUNCTIONS),
    "s3.gb": Price(0.023, "GB and month, Standard", *_S3),
    "s3.cold": Price(0.0125, "GB and month, Standard-IA", *_S3_CLASSES),
    "s3.archive": Price(0.004, "GB and month, Glacier Instant Retrieval", *_S3_CLASSES),
    "s3.get": Price(0.4e-6, "GET", *_KNOWN),
    "metric": Price(0.30, "metric and month", *_WATCH),
    "alarm": Price(0.10, "alarm metric and month", *_KNOWN),
    "log.gb": Price(0.50, "GB written to a log", *_LOGS),
    "secret": Price(0.40, "secret and month", *_KNOWN),
    "key": Price(1.0, "key and month", *_KNOWN),
}
