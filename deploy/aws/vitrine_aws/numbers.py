"""The metrics that `manage.py cloudwatch` tells: vitrine/config/cloudwatch.py has the same names."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from vitrine_aws.choices import Choices

NAMESPACE = "Vitrine"
INSTALLATION = "Installation"
OLDEST_AGE = "QueueOldestAge"
REQUESTS, FAILED = "Requests", "RequestsFailed"
READS, SLOW_READS = "ProductReads", "ProductReadsSlow"
READY, LATE = "UploadsReady", "UploadsLate"
ROUNDS = "WorkerRounds"
PARTS_DOWN = "PartsDown"
NAMES = (OLDEST_AGE, REQUESTS, FAILED, READS, SLOW_READS, READY, LATE, ROUNDS, PARTS_DOWN)


def number(choices: Choices, name: str, statistic: str, period: Duration) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={INSTALLATION: choices.domain},
        statistic=statistic,
        period=period,
    )
