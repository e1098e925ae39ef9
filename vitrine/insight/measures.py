"""What was measured, as numbers to read: added up over a period, in hours or days, for all products or one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from vitrine.insight.buckets import QUANTILES, TOTAL, value_of
from vitrine.insight.models import ALL_PRODUCTS

MOST_PRODUCTS = 100


class Every(StrEnum):
    """How the time is parted: not at all, or by UTC's hours and days."""

    PERIOD = "period"
    DAY = "day"
    HOUR = "hour"


class Group(StrEnum):
    NOTHING = ""
    DEVICE = "device"
    NETWORK = "network"
    VARIANT = "variant"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`since` and `until` stand at whole hours; days are taken where both stand at midnight, hours where not. `device`,
    `network` and `variant` narrow down what has one."""

    since: datetime
    until: datetime
    product_id: UUID | None = None
    every: Every = Every.PERIOD
    group: Group = Group.NOTHING
    only: dict[str, str] = field(default_factory=dict)

    @property
    def span(self) -> str:
        whole_days = all(_whole_day(one) for one in (self.since, self.until))
        return "day" if self.every == Every.DAY or (whole_days and self.every == Every.PERIOD) else "hour"

    @property
    def starts(self) -> list[datetime]:
        """Of each part of the period, whether anything happened in it or not; none when it is not parted."""
        step = {Every.DAY: timedelta(days=1), Every.HOUR: timedelta(hours=1)}.get(self.every)
        return (
            [self.since + number * step for number in range((self.until - self.since) // step)]
            if step
            else []
        )


@dataclass(frozen=True, slots=True)
class Found:
    """`times` in milliseconds by QUANTILES' names, None where nothing had a time; `timed` is how many had one."""

    start: datetime | None
    group: str
    name: str
    what: str
    n: int
    total: int
    timed: int
    times: dict[str, float | None]


def last_days(days: int, **fields: Any) -> Asked:
    """Today and so many days before, whole ones."""
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    until = midnight + timedelta(days=1)
    return Asked(since=until - timedelta(days=days), until=until, **fields)


def last_hours(hours: int, **fields: Any) -> Asked:
    """This hour and so many before."""
    until = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Asked(since=until - timedelta(hours=hours), until=until, **fields)


def measured(asked: Asked, names: Sequence[str]) -> list[Found]:
    """In the order of time, then of groups; the most first within them."""
    sql, parameters = _query(asked, names)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(map(_found, cursor.fetchall()))


_SQL = """
WITH added AS (
    SELECT {start} AS start, {group} AS of_group, key, sum(value::bigint) AS n
    FROM insight_measure, jsonb_each_text(told)
    WHERE product_id = ANY(%(products)s) AND span = %(span)s AND family = ANY(%(families)s)
      AND start >= %(since)s AND start < %(until)s {only}
    GROUP BY 1, 2, 3
),
named AS (
    SELECT start, of_group, split_part(key, '|', 1) AS name, split_part(key, '|', 2) AS what,
           split_part(key, '|', 3) AS variant, split_part(key, '|', 4)::smallint AS bucket, n
    FROM added
),
rows AS (
    SELECT start, {regroup} AS of_group, name, what, bucket, sum(n) AS n
    FROM named WHERE name = ANY(%(names)s) {of_variant} GROUP BY 1, 2, 3, 4, 5
),
ranked AS (
    SELECT *, sum(n) FILTER (WHERE bucket >= 0) OVER (PARTITION BY start, of_group, name, what ORDER BY bucket) AS upto,
           sum(n) FILTER (WHERE bucket >= 0) OVER (PARTITION BY start, of_group, name, what) AS timed
    FROM rows
)
SELECT start, of_group, name, what, coalesce(sum(n) FILTER (WHERE bucket <> {total}), 0),
       coalesce(sum(n) FILTER (WHERE bucket = {total}), 0), max(timed), {quantiles}
FROM ranked GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 5 DESC, 4
"""
_QUANTILES = ", ".join(
    f"min(bucket) FILTER (WHERE bucket >= 0 AND upto >= ceil({share} * timed))"
    for share in QUANTILES.values()
)
_OF_ROWS = {Group.PRODUCT: "product_id::text", Group.DEVICE: "device", Group.NETWORK: "network"}


def _query(asked: Asked, names: Sequence[str]) -> tuple[str, dict[str, Any]]:
    narrow = [Group(name) for name in asked.only if name != Group.VARIANT]
    parameters = {
        "products": _products(asked),
        "span": asked.span,
        "families": sorted({family_of(name) for name in names}),
        "names": list(names),
        "since": asked.since,
        "until": asked.until,
        **{f"only_{name}": value for name, value in asked.only.items()},
    }
    sql = _SQL.format(
        start="NULL::timestamptz" if asked.every == Every.PERIOD else "start",
        group=_OF_ROWS.get(asked.group, "''"),
        regroup="variant" if asked.group == Group.VARIANT else "of_group",
        only=" ".join(f"AND {one.value} = %(only_{one.value})s" for one in narrow),
        of_variant="AND variant = %(only_variant)s" if Group.VARIANT in asked.only else "",
        quantiles=_QUANTILES,
        total=TOTAL,
    )
    return sql, parameters


def family_of(name: str) -> str:
    """Where `rollup.py` puts what has that name."""
    return "load" if name in {"load", "odd"} else "more"


def _products(asked: Asked) -> list[UUID]:
    if asked.product_id is not None:
        return [asked.product_id]
    return most_visited(asked) if asked.group == Group.PRODUCT else [ALL_PRODUCTS]


def most_visited(asked: Asked) -> list[UUID]:
    """The MOST_PRODUCTS that were opened most often in the period."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT product_id FROM insight_measure"
            " WHERE visits > 0 AND span = %s AND start >= %s AND start < %s"
            " AND product_id <> %s GROUP BY 1 ORDER BY sum(visits) DESC, 1 LIMIT %s",
            [asked.span, asked.since, asked.until, ALL_PRODUCTS, MOST_PRODUCTS],
        )
        return [row[0] for row in cursor.fetchall()]


def _found(row: Sequence[Any]) -> Found:
    start, group, name, what, n, total, timed, *buckets = row
    times = {
        quantile: None if bucket is None else value_of(bucket)
        for quantile, bucket in zip(QUANTILES, buckets, strict=True)
    }
    return Found(start, group, name, what, int(n), int(total), int(timed or 0), times)


def _whole_day(moment: datetime) -> bool:
    return moment.astimezone(UTC).time() == datetime.min.time()
