"""What both ways of counting promise, and how one stands in for the other."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import redis
from django.conf import settings

from vitrine.access import counting
from vitrine.access.counting import Bucket, Counts, EitherCounts, LocalCounts, RedisCounts

AWAY = "redis://127.0.0.1:1/0"


@pytest.fixture(params=["redis", "local", "redis is away"])
def counts(request: pytest.FixtureRequest) -> Counts:
    made: dict[str, Counts] = {
        "redis": RedisCounts(settings.REDIS_URL),
        "local": LocalCounts(),
        "redis is away": EitherCounts(AWAY),
    }
    return made[request.param]


def a_bucket(burst: int, every_s: float = 1000) -> Bucket:
    return Bucket(f"test:{uuid4()}", burst=burst, every_s=every_s)


def test_a_bucket_holds_its_burst_and_says_when_the_next_may_come(counts: Counts) -> None:
    bucket = a_bucket(burst=3)

    waits = [counts.take([bucket]) for _ in range(4)]

    assert waits[:3] == [0, 0, 0]
    assert 990 < waits[3] <= 1000


def test_waiting_helps(counts: Counts) -> None:
    bucket = a_bucket(burst=1, every_s=0.05)
    counts.take([bucket])

    time.sleep(0.06)

    assert counts.take([bucket]) == 0


def test_of_several_buckets_all_give_or_none(counts: Counts) -> None:
    small, large = a_bucket(burst=1), a_bucket(burst=2)
    counts.take([small, large])

    assert counts.take([small, large]) > 0

    assert counts.take([large]) == 0
    assert counts.take([large]) > 0


def test_what_is_given_back_can_be_taken_again(counts: Counts) -> None:
    bucket = a_bucket(burst=1)
    counts.take([bucket])

    counts.give_back([bucket])

    assert counts.take([bucket]) == 0
    assert counts.take([bucket]) > 0


def test_a_name_is_known_for_a_while(counts: Counts) -> None:
    name = str(uuid4())
    assert not counts.knows(name)

    counts.remember(name, 1)
    assert counts.knows(name)

    time.sleep(1.1)
    assert not counts.knows(name)


def test_tries_at_once_take_no_more_than_there_are(counts: Counts) -> None:
    bucket = a_bucket(burst=5)

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: counts.take([bucket]), range(40)))

    assert waits.count(0) == 5


def test_strangers_cannot_fill_the_memory() -> None:
    counts = LocalCounts()

    for number in range(10_050):
        counts.take([Bucket(str(number), burst=2, every_s=1000)])

    assert len(counts._until) <= 10_000


def test_redis_is_not_waited_for_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, bucket = EitherCounts(AWAY), a_bucket(burst=100)
    tries = []

    def away(_self: RedisCounts, buckets: Sequence[Bucket]) -> float:
        tries.append(buckets)
        raise redis.ConnectionError

    monkeypatch.setattr(RedisCounts, "take", away)
    monkeypatch.setattr(counting, "_AWAY_S", 600)
    for _ in range(50):
        counts.take([bucket])

    assert len(tries) == 1
