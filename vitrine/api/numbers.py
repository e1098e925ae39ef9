"""/metrics: the service's own numbers, for Prometheus: what all processes have counted, and how things stand now.

For admins, and for keys with `metrics:read`: the address may lie open, what it says does not.
"""

import shutil
from collections.abc import Iterator

import redis
from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import StaticHTMLRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from vitrine import __version__
from vitrine.api import system
from vitrine.insight import rollup
from vitrine.metrics import table
from vitrine.metrics.kinds import Cell, Gauge
from vitrine.metrics.sending import SENDER, added_up
from vitrine.metrics.table import GAUGES, METRICS
from vitrine.metrics.text import CONTENT_TYPE, text_of
from vitrine.outreach.models import Delivery
from vitrine.processing.models import Job


class PlainText(StaticHTMLRenderer):
    media_type = "text/plain"
    format = "text"


class Metrics(APIView):
    renderer_classes = [PlainText]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        known = counted()
        text = text_of({**(known or {}), **dict(standing())}, METRICS if known is not None else GAUGES)
        return HttpResponse(text, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def counted() -> dict[Cell, float] | None:
    """What all processes have counted; None while Redis is away, which the gauges tell of. A counter must not be told
    as 0 then: when Redis is back it would seem to have gained all that was ever counted."""
    SENDER.send()
    try:
        return added_up()
    except redis.RedisError:
        return None


def standing() -> Iterator[tuple[Cell, float]]:
    """Every gauge."""
    for state, count in Job.open_counts().items():
        yield _at(table.QUEUE_DEPTH, count, state)
    yield _at(table.QUEUE_AGE, Job.oldest_waits_s())
    waiting, overdue_s = Delivery.backlog()
    yield _at(table.WEBHOOKS_WAITING, waiting)
    yield _at(table.WEBHOOKS_OVERDUE, overdue_s)
    yield _at(table.ROLLUP_LAG, rollup.lag_s())
    for part, found in system.parts().items():
        yield _at(table.PART_UP, found["status"] == "ok", part)
    if settings.KEEPS_IN_DATA_DIR:
        disk = shutil.disk_usage(settings.DATA_DIR)
        yield _at(table.DISK_FREE, disk.free)
        yield _at(table.DISK_SIZE, disk.total)
    yield _at(table.BUILD, 1, __version__)


def _at(gauge: Gauge, number: float, *labels: str) -> tuple[Cell, float]:
    return Cell(gauge.name, "", labels), float(number)
