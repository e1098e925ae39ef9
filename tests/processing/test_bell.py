"""A bell that was heard is heard, whatever becomes of Redis at that moment."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.conf import settings
from kombu import Message

from tests.chaos.proxy import Proxy, Way
from vitrine.processing.tasks import Bell, cook

QUEUE = "bells-heard"


@pytest.fixture
def way() -> Iterator[Proxy]:
    with Proxy(urlsplit(settings.REDIS_URL).path).running() as proxy:
        yield proxy


def test_a_worker_takes_the_next_bell_though_redis_hung_while_it_heard_one(way: Proxy) -> None:
    with Celery("bells", broker=f"redis://{way.place}/0", set_as_current=False) as door:
        door.conf.broker_transport_options = {"max_retries": 0, "socket_timeout": 0.3}
        with door.connection_for_read() as connection, connection.SimpleQueue(QUEUE) as queue:
            channel: Any = queue.channel
            channel.basic_qos(0, 1, False)
            queue.put({"id": "1"})
            message: Message = queue.get(timeout=60)
            full = channel.qos.can_consume()
            bell = Bell(
                message,
                app=door,
                task=cook,
                body=((), {}, {}),
                headers={"id": "1", "task": cook.name},
                decoded=True,
                on_ack=message.ack_log_error,
                connection_errors=connection.connection_errors,
            )

            way.go(Way.HANGING)
            bell.acknowledge()
            way.go(Way.OPEN)

            assert (full, message.acknowledged, bell.acknowledged) == (False, False, True)
            assert channel.qos.can_consume()
