"""Metrics from nought: what other tests of this process have counted is taken away, here and in Redis."""

import threading
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from vitrine.metrics.kinds import take
from vitrine.metrics.table import METRICS


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    assert "metrics" not in {thread.name for thread in threading.enumerate()}, "this process sends by itself"
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete("vitrine:metrics")
        take(METRICS)
        yield
        client.delete("vitrine:metrics")
