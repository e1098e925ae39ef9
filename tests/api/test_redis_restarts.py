"""Redis itself stops and comes back with nothing in it, under a web server that goes on."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from redis import Redis, RedisError

from tests.api.sending import GLB
from tests.api.served import Served, quick, start
from tests.api.test_reading import address, bearing
from tests.builders import a_product, a_user
from tests.journey.processes import wait_until
from tests.journey.service import a_free_port
from vitrine.access.limits import LIMITS, Kind
from vitrine.access.roles import Role
from vitrine.api.reading import name_of
from vitrine.catalog.models import Product
from vitrine.config.embedded.valkey import Valkey
from vitrine.processing.models import Job, State

pytestmark = pytest.mark.django_db(transaction=True)

AWAY_S = 5.0


class Redises:
    """One after the other at one port, each without what the one before knew."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, a_free_port()
        self._program = Valkey(folder).program
        self._process: subprocess.Popen[bytes] | None = None
        self.client = Redis(port=self.port)

    def begin(self) -> None:
        nothing_kept = ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            [self._program, "--port", str(self.port), "--bind", "127.0.0.1", *nothing_kept],
            stdout=subprocess.DEVNULL,
        )
        assert wait_until(self._answers, limit_s=30)

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        with suppress(RedisError):
            return bool(self.client.ping())
        return False

    def counted(self) -> int:
        """How often something was taken of a quota there; a metric is sent by another command."""
        stats = self.client.info("commandstats").get("cmdstat_evalsha", {"calls": 0, "failed_calls": 0})
        return int(stats["calls"]) - int(stats["failed_calls"])


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redises]:
    redises = Redises(tmp_path)
    redises.begin()
    yield redises
    redises.client.close()
    redises.end()


@pytest.fixture
def server(tmp_path: Path, redis: Redises) -> Iterator[Served]:
    served = start(tmp_path, REDIS_URL=f"redis://127.0.0.1:{redis.port}/0")
    yield served
    served.kill()


def assert_redis_is_used_by_both_ways(server: Served, redis: Redises, product: Product) -> None:
    who = bearing(a_user(Role.VIEWER))

    def counts_there(path: str) -> bool:
        before = redis.counted()
        assert server.ask("GET", path, **who)[0].status == 200
        return redis.counted() > before

    assert wait_until(lambda: quick(server.ask("GET", address(product), **who)[0]), limit_s=30)
    assert counts_there(address(product))
    assert redis.client.exists(name_of(product.pk))
    assert wait_until(lambda: counts_there("/api/tasks/"), limit_s=30)


def test_a_redis_that_is_restarted_empty_is_used_again_and_no_read_fails(
    server: Served, redis: Redises
) -> None:
    product = a_product()
    assert_redis_is_used_by_both_ways(server, redis, product)

    redis.end()
    redis.begin()

    assert server.ask("GET", address(product))[0].status == 200
    assert_redis_is_used_by_both_ways(server, redis, product)


def test_while_redis_is_away_reads_and_uploads_go_on_and_limits_hold(server: Served, redis: Redises) -> None:
    product, editor = a_product(), a_user(Role.EDITOR)
    assert_redis_is_used_by_both_ways(server, redis, product)

    redis.end()
    gone_at = time.monotonic()
    reads: list[HTTPResponse] = []

    sent = encode_multipart(BOUNDARY, {"name": "Chair", "model_file": SimpleUploadedFile("a.glb", GLB)})
    kind, a_json = {"Content-Type": MULTIPART_CONTENT}, {"Content-Type": "application/json"}
    assert server.send("/api/assets/3d/", sent, **kind, **bearing(editor)).status == 201
    assert Job.objects.get().state == State.QUEUED
    guesses: list[int] = []
    while not guesses or guesses[-1] == 401:
        guesses.append(server.send("/api/auth/token/refresh/", b'{"refresh": "none"}', **a_json).status)
        assert len(guesses) < LIMITS[Kind.AUTH].burst * 20
    assert (guesses[-1], len(guesses) > LIMITS[Kind.AUTH].burst) == (429, True)
    while time.monotonic() < gone_at + AWAY_S or not reads:
        reads.append(server.ask("GET", address(product))[0])
    assert {read.status for read in reads} == {200}
    assert not any(quick(read) for read in reads)

    redis.begin()

    assert server.ask("GET", address(product))[0].status == 200
    assert_redis_is_used_by_both_ways(server, redis, product)
