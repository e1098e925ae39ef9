"""How long the service itself takes to answer, by hour and day: what the metrics' counters gain is added up, so that an
admin sees it without Prometheus.

Redis counts requests by route (`metrics/table.py`); each round the difference to the last one goes to the hour in which
it was read. A round that dies halfway has done nothing, and of two at once one does it. A percentile is read off the
counters' buckets: within one, times are taken to lie evenly.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any, TypeAlias

import redis
from django.db import connection, transaction
from django.utils import timezone

from vitrine.insight.measures import Asked, Every
from vitrine.insight.models import Counted, ResponseTimes
from vitrine.metrics.kinds import SUM, Cell
from vitrine.metrics.sending import added_up
from vitrine.metrics.table import REQUESTS

QUANTILES = {"p50": 0.5, "p95": 0.95}
COLUMNS = ("kind", "count", *(f"{one}_ms" for one in QUANTILES), "failed")
_FAILED = "failed"
_REST = "+Inf"
_LEFT_OUT = ("/health/", "/metrics", "(")

Row: TypeAlias = dict[str, Any]
Told: TypeAlias = dict[str, dict[str, int]]
"""How many by kind, and within that by a bucket's upper bound in seconds; `failed` of them by our fault."""


class Kind(StrEnum):
    """What was asked for. Few, so that a day takes few rows."""

    PRODUCT = "product"
    LIST = "list"
    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"
    EVENTS = "events"
    FILE = "file"
    SHOP = "shop"
    CONSOLE = "console"


_PRODUCTS = "/api/assets/3d"
_EXACTLY = {
    ("GET", f"{_PRODUCTS}/{{product_id}}"): Kind.PRODUCT,
    ("GET", _PRODUCTS): Kind.LIST,
    ("POST", _PRODUCTS): Kind.UPLOAD,
    ("POST", f"{_PRODUCTS}/{{product_id}}/versions"): Kind.UPLOAD,
    ("POST", "/api/events"): Kind.EVENTS,
}
_UNDER = {
    "/api/uploads/": Kind.UPLOAD,
    "/files/": Kind.FILE,
    "/viewer/": Kind.FILE,
    "/p/": Kind.SHOP,
    "/embed/": Kind.SHOP,
    "/oembed/": Kind.SHOP,
    "/privacy/": Kind.SHOP,
    "/branding/": Kind.SHOP,
}


def kind_of(method: str, route: str) -> Kind | None:
    """None for what nobody waits for: health checks, static files, addresses that are none."""
    if route.startswith(_LEFT_OUT):
        return None
    if exactly := _EXACTLY.get(("GET" if method == "HEAD" else method, route)):
        return exactly
    if under := next((kind for start, kind in _UNDER.items() if f"{route}/".startswith(start)), None):
        return under
    if not route.startswith("/api/"):
        return Kind.CONSOLE
    return Kind.READ if method in {"GET", "HEAD", "OPTIONS"} else Kind.WRITE


# --- In -------------------------------------------------------------------------------------------------------------

_ADD = """
INSERT INTO insight_responsetimes (span, start, kind, told)
SELECT span, date_trunc(span, %(at)s::timestamptz, 'UTC'), kind, told
FROM jsonb_each(%(more)s::jsonb) AS more (kind, told) CROSS JOIN (VALUES ('hour'), ('day')) AS spans (span)
ON CONFLICT (span, start, kind) DO UPDATE SET told = insight_sum(insight_responsetimes.told, excluded.told)
"""


def add_up_requests() -> int:
    """How many requests came since the last time. The very first time only remembers: what was counted before, nobody
    knows when."""
    last = Counted.objects.first()
    try:
        now = _told(added_up())
    except redis.RedisError:
        return 0  # the numbers wait where they are
    if last is None:
        Counted.objects.bulk_create([Counted(told=now)], ignore_conflicts=True)
        return 0
    more = _gained(now, last.told)
    at = timezone.now()
    with transaction.atomic():
        mine = Counted.objects.filter(pk=last.pk, round=last.round)
        if not more or not mine.update(told=now, round=last.round + 1, at=at):
            return 0  # another was quicker
        with connection.cursor() as cursor:
            cursor.execute(_ADD, {"at": at, "more": json.dumps(more)})
    return sum(_count(told) for told in more.values())


def _told(numbers: Mapping[Cell, float]) -> Told:
    told: Told = {}
    for cell, amount in numbers.items():
        if cell.name != REQUESTS.name or cell.part == SUM or len(cell.labels) != len(REQUESTS.labels):
            continue
        method, route, status = cell.labels
        if kind := kind_of(method, route):
            here = told.setdefault(kind.value, {})
            here[cell.part] = here.get(cell.part, 0) + round(amount)
            if status.startswith("5"):
                here[_FAILED] = here.get(_FAILED, 0) + round(amount)
    return told


def _gained(now: Told, before: Told) -> Told:
    """All of it where a counter fell: then Redis began anew."""
    anew = any(
        now.get(kind, {}).get(part, 0) < n for kind, told in before.items() for part, n in told.items()
    )
    known = {} if anew else before
    more = {
        kind: {part: n - known.get(kind, {}).get(part, 0) for part, n in told.items()}
        for kind, told in now.items()
    }
    gained = {kind: {part: n for part, n in told.items() if n} for kind, told in more.items()}
    return {kind: told for kind, told in gained.items() if told}


def _count(told: Mapping[str, int]) -> int:
    return sum(n for part, n in told.items() if part != _FAILED)


# --- Out ------------------------------------------------------------------------------------------------------------


def response_times(asked: Asked) -> list[Row]:
    """Flat rows as of the other topics, one for each start and kind; of `asked` only the period and its parts count.

    `p50_ms` and the like are at most those of the largest bucket.
    """
    found = ResponseTimes.objects.filter(span=asked.span, start__gte=asked.since, start__lt=asked.until)
    whole = asked.every == Every.PERIOD
    order = list(Kind)
    rows = sorted(
        ((None if whole else start, order.index(Kind(kind)), told) for start, kind, told in _known(found)),
        key=lambda row: (row[0] or asked.since, row[1]),
    )
    return [
        _row(start, order[place], [told for *_, told in some])
        for (start, place), some in groupby(rows, key=lambda row: row[:2])
    ]


def _known(found: Any) -> Iterator[tuple[datetime, str, dict[str, int]]]:
    """Without kinds of another release."""
    return ((*row,) for row in found.values_list("start", "kind", "told") if row[1] in set(Kind))


def _row(start: datetime | None, kind: Kind, parts: Sequence[Mapping[str, int]]) -> Row:
    told: dict[str, int] = {}
    for part, n in (pair for one in parts for pair in one.items()):
        told[part] = told.get(part, 0) + n
    failed = told.pop(_FAILED, 0)
    times = {f"{name}_ms": quantile_ms(told, share) for name, share in QUANTILES.items()}
    return {
        "start": start,
        "group": "",
        "kind": kind.value,
        "count": sum(told.values()),
        **times,
        "failed": failed,
    }


def quantile_ms(told: Mapping[str, int], share: float) -> float | None:
    """As Prometheus' histogram_quantile reads it off buckets; None where nothing was counted."""
    bounds = [0.0, *REQUESTS.bounds]
    counts = {float(part): n for part, n in told.items() if part != _REST}
    wanted, so_far = share * sum(told.values()), 0.0
    if not wanted:
        return None
    for low, high in pairwise(bounds):
        here = counts.get(high, 0)
        if here and so_far + here >= wanted:
            return round(1000 * (low + (high - low) * (wanted - so_far) / here), 1)
        so_far += here
    return 1000 * bounds[-1]
