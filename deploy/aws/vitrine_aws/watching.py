"""What somebody is told of: the objectives of docs/operations.md, the parts we stand on, and the bill.

The numbers of the objectives are those of deploy/prometheus/alerts.yml; a test holds them together.
"""

from aws_cdk import Duration
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from vitrine_aws import numbers
from vitrine_aws.choices import Choices
from vitrine_aws.data import Cache, Database
from vitrine_aws.services import Services

FAILING, BURNS_FAST, BURNS_SLOWLY = 0.001, 14.4, 6
SLOW_READS = 0.05
"""Of 100 reads 5 may take longer than 50 ms: the metric counts those that did."""
LATE_UPLOADS = 0.05
QUEUE_STANDS_S = 1800
_LIVES, _DIES = cloudwatch.TreatMissingData.NOT_BREACHING, cloudwatch.TreatMissingData.BREACHING
_MORE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
_LESS = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


class Watching(Construct):
    """Pages want somebody now, tickets somebody today. Each has its line in docs/aws.md."""

    def __init__(
        self,
        scope: Construct,
        choices: Choices,
        key: kms.Key,
        *,
        database: Database,
        cache: Cache,
        services: Services,
    ) -> None:
        super().__init__(scope, "Watching")
        self.choices = choices
        self.pages = self._topic("Pages", key)
        self.tickets = self._topic("Tickets", key)
        self._objectives()
        self._jobs()
        self._parts(database, cache, services)
        self._bill()

    def _topic(self, name: str, key: kms.Key) -> sns.Topic:
        topic = sns.Topic(
            self, name, master_key=key, enforce_ssl=True, display_name=f"Vitrine: {name.lower()}"
        )
        if self.choices.alarms_to:
            topic.add_subscription(subscriptions.EmailSubscription(self.choices.alarms_to))
        key.grant(iam.ServicePrincipal("cloudwatch.amazonaws.com"), "kms:Decrypt", "kms:GenerateDataKey")
        return topic

    def _sum(self, name: str, period: Duration) -> cloudwatch.Metric:
        return numbers.number(self.choices, name, cloudwatch.Stats.SUM, period)

    def _share(self, part: str, whole: str, period: Duration) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression="IF(whole > 0, part / whole, 0)",
            using_metrics={"part": self._sum(part, period), "whole": self._sum(whole, period)},
            period=period,
            label=f"{part} of {whole}",
        )

    def _alarm(
        self,
        name: str,
        means: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        *,
        periods: int = 1,
        page: bool = False,
        compared: cloudwatch.ComparisonOperator = _MORE,
        missing: cloudwatch.TreatMissingData = _LIVES,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_description=f"{means} docs/aws.md, Alarms: {name}.",
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=compared,
            treat_missing_data=missing,
        )
        to = actions.SnsAction(self.pages if page else self.tickets)
        alarm.add_alarm_action(to)
        alarm.add_ok_action(to)

    def _objectives(self) -> None:
        hour, six, ten = Duration.hours(1), Duration.hours(6), Duration.minutes(10)
        failing = (numbers.FAILED, numbers.REQUESTS)
        self._alarm(
            *("FailsMany", "A month's budget of failures is gone in two days."),
            *(self._share(*failing, hour), BURNS_FAST * FAILING),
            page=True,
        )
        self._alarm(
            *("FailsSome", "A month's budget of failures is gone in five days."),
            *(self._share(*failing, six), BURNS_SLOWLY * FAILING),
        )
        self._alarm(
            *("ReadsSlow", "More than 5 of 100 product reads take longer than 50 ms."),
            *(self._share(numbers.SLOW_READS, numbers.READS, ten), SLOW_READS),
            periods=2,
        )
        self._alarm(
            *("UploadsSlow", "More than 5 of 100 uploads were not ready within 5 minutes."),
            *(self._share(numbers.LATE, numbers.READY, six), LATE_UPLOADS),
        )

    def _jobs(self) -> None:
        five = Duration.minutes(5)
        age = numbers.number(self.choices, numbers.OLDEST_AGE, cloudwatch.Stats.MINIMUM, five)
        self._alarm("QueueStands", "A job has waited half an hour.", age, QUEUE_STANDS_S)
        self._alarm(
            *("NumbersAway", "No metric has come for a quarter of an hour, so workers do not scale either."),
            *(self._count(numbers.OLDEST_AGE, five), 1),
            periods=3,
            compared=_LESS,
            missing=_DIES,
        )
        self._alarm(
            *("NoWorker", "No worker lives: no upload becomes ready and no webhook is sent."),
            *(self._sum(numbers.ROUNDS, five), 1),
            periods=3,
            page=True,
            compared=_LESS,
            missing=_DIES,
        )
        down = numbers.number(self.choices, numbers.PARTS_DOWN, cloudwatch.Stats.MINIMUM, five)
        self._alarm("PartAway", "A part of /health/ready does not answer.", down, 0, page=True)

    def _count(self, name: str, period: Duration) -> cloudwatch.Metric:
        return numbers.number(self.choices, name, cloudwatch.Stats.SAMPLE_COUNT, period)

    def _parts(self, database: Database, cache: Cache, services: Services) -> None:
        five = Duration.minutes(5)
        primary = database.primary
        left = self.choices.size.database_gb * 10**9 * 0.1
        free = primary.metric_free_storage_space(period=five, statistic=cloudwatch.Stats.MINIMUM)
        self._alarm(
            *(
                "DatabaseFull",
                "The database's disk is nine tenths full, and grows by itself at most fourfold.",
            ),
            *(free, left),
            page=True,
            compared=_LESS,
        )
        busy = primary.metric_cpu_utilization(period=five)
        self._alarm("DatabaseBusy", "The database is at its limit.", busy, 80, periods=3)
        if database.replica is not None:
            lag = database.replica.metric("ReplicaLag", period=five, statistic=cloudwatch.Stats.MINIMUM)
            self._alarm(
                "ReplicaLate", "The replica is a minute behind; lists come from the primary.", lag, 60
            )
        memory = cloudwatch.Metric(
            namespace="AWS/ElastiCache",
            metric_name="DatabaseMemoryUsagePercentage",
            dimensions_map={"ReplicationGroupId": cache.group.ref},
            statistic=cloudwatch.Stats.MAXIMUM,
            period=five,
        )
        self._alarm("CacheFull", "Valkey's memory is nearly full.", memory, 85, periods=3)
        unwell = services.balancer.metrics.http_code_elb(
            elb.HttpCodeElb.ELB_5XX_COUNT, period=five, statistic=cloudwatch.Stats.SUM
        )
        self._alarm("BalancerFails", "The balancer finds no server to ask.", unwell, 10, page=True)

    def _bill(self) -> None:
        address = self.choices.alarms_to
        if address is None:
            return
        to = budgets.CfnBudget.SubscriberProperty(address=address, subscription_type="EMAIL")
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=self.choices.size.budget_usd, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:vitrine${self.choices.size.name}"]},
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        comparison_operator="GREATER_THAN", notification_type=kind, threshold=percent
                    ),
                    subscribers=[to],
                )
                for kind, percent in (("ACTUAL", 80), ("FORECASTED", 100))
            ],
        )
