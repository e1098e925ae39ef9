"""`rediss://`: the real Valkey behind TLS, as a managed one is. Who cannot show a certificate is not talked to."""

import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from django.conf import settings as chosen
from kombu.exceptions import OperationalError
from pytest_django import Settings

from tests.servers import behind_tls
from vitrine.access.limits import Kind, take
from vitrine.config.celery import app, broker_url
from vitrine.config.tls import provide, tls_of


@pytest.fixture
def trusted(tmp_path: Path) -> Iterator[str]:
    """The address, with the authority that signed its certificate."""
    tls = tls_of(tmp_path)
    provide(tls, ("127.0.0.1", "localhost"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    with behind_tls(urlsplit(chosen.REDIS_URL).path, context) as port:
        yield f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={tls.authority}"


def limits_kept(address: str, settings: Settings) -> int:
    """How many limits the real Valkey keeps for a newcomer who called once while REDIS_URL was `address`."""
    plain, who = settings.REDIS_URL, f"user {uuid.uuid4()}"
    settings.REDIS_URL = address
    take(Kind.UPLOAD, who)
    with redis.Redis.from_url(plain) as client:
        return int(client.exists(f"vitrine:limit:upload:{who}"))


def test_limits_are_kept_by_tls(trusted: str, settings: Settings) -> None:
    assert limits_kept(trusted, settings) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(trusted: str, settings: Settings) -> None:
    assert limits_kept(trusted.partition("?")[0], settings) == 0


def a_door(address: str) -> Celery:
    """A doorbell of its own at `address`, set up as ours is."""
    door = Celery("door", broker=broker_url(address), set_as_current=False)
    door.conf.broker_transport_options = app.conf.broker_transport_options
    return door


def test_the_doorbell_rings_by_tls(trusted: str) -> None:
    queue = f"test-{uuid.uuid4()}"

    with a_door(trusted) as door:
        door.send_task("vitrine.nothing", queue=queue, retry=False)

    with redis.Redis.from_url(chosen.REDIS_URL) as client:
        assert client.llen(queue) == 1
        client.delete(queue)


def test_the_doorbell_is_not_rung_where_nobody_vouches(trusted: str) -> None:
    with a_door(trusted.partition("?")[0]) as door, pytest.raises(OperationalError):
        door.send_task("vitrine.nothing", queue="test", retry=False)
