"""Metrics from nought: what other tests of this process have counted is taken away, here and in Redis."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from vitrine.metrics.kinds import take
from vitrine.metrics.table import METRICS


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete("vitrine:metrics")
        take(METRICS)
        yield
        client.delete("vitrine:metrics")
