"""GCRA: exact in Redis however many ask at once, and the same in each process while Redis is away."""

import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import redis
from django.conf import settings as chosen
from pytest_django import Settings

from tests.servers import NOBODY, hanging
from vitrine.access import limits
from vitrine.access.limits import LIMITS, Kind, Limit, take, take_each
from vitrine.config.environment import ROOT

AWAY = f"redis://{NOBODY}/0"


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What Redis itself is asked for here; a busy machine may pause longer than a shopper should wait."""
    monkeypatch.setattr(limits, "_PATIENCE_S", 30)
    limits._made.cache_clear()
    yield
    limits._made.cache_clear()


@pytest.fixture(params=["in Redis", "here"])
def _kept(request: pytest.FixtureRequest, settings: Settings, _patient: None) -> None:
    if request.param == "here":
        settings.REDIS_URL = AWAY


@pytest.fixture
def who(monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody new, who may write three times at once, and then once in a thousand seconds."""
    monkeypatch.setitem(LIMITS, Kind.WRITE, Limit(per_s=0.001, burst=3))
    return f"user {uuid.uuid4()}"


@pytest.mark.usefixtures("_kept")
def test_a_burst_is_taken_and_what_is_over_it_told_when_to_come_again(who: str) -> None:
    taken = [take(Kind.WRITE, who) for _ in range(5)]

    assert [one.allowed for one in taken] == [True, True, True, False, False]
    assert [one.remaining for one in taken] == [2, 1, 0, 0, 0]
    assert 990 < taken[-1].retry_after_s <= 1000
    assert 2990 < taken[-1].reset_s <= 3000


@pytest.mark.usefixtures("_kept")
def test_a_quota_comes_back_steadily(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, Kind.WRITE, Limit(per_s=20, burst=1))
    take(Kind.WRITE, who)

    refused = 0
    while not take(Kind.WRITE, who).allowed:
        refused += 1

    assert refused > 0


@pytest.mark.usefixtures("_patient")
def test_threads_that_come_and_go_do_not_use_up_the_ways_to_redis(who: str) -> None:
    """A pool of redis-py's counts a hundred connections made, and then makes no more."""
    quotas = limits.Quotas(chosen.REDIS_URL)
    one = limits.asked_of(Kind.READ, who)
    assert one is not None

    for _ in range(120):
        with ThreadPoolExecutor(1) as thread:
            thread.submit(quotas.take, [one]).result()
        assert not quotas.away


@pytest.mark.usefixtures("_kept")
def test_nobody_uses_up_what_is_another_s(who: str) -> None:
    for _ in range(5):
        take(Kind.WRITE, who)

    assert take(Kind.WRITE, f"{who}0").allowed
    assert take(Kind.READ, who).allowed


@pytest.mark.usefixtures("_kept")
def test_several_are_taken_each_for_itself(who: str) -> None:
    taken = take_each(Kind.WRITE, {who: 3, f"{who}0": 4, f"{who}1": 1})

    assert [one.allowed for one in taken.values()] == [True, False, True]


@pytest.mark.usefixtures("_kept")
def test_many_at_once_get_exactly_the_burst(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, Kind.WRITE, Limit(per_s=0.001, burst=50))

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(Kind.WRITE, who).allowed, range(200)))

    assert sum(taken) == 50


@pytest.mark.usefixtures("_patient")
def test_the_limits_can_be_widened_and_switched_off(who: str, settings: Settings) -> None:
    settings.RATE_LIMITS = 2
    wide = [take(Kind.WRITE, who).allowed for _ in range(7)]
    settings.RATE_LIMITS = 0

    assert wide == [True] * 6 + [False]
    assert all(take(Kind.WRITE, who).allowed for _ in range(9))


@pytest.mark.usefixtures("_patient")
def test_a_quota_that_is_whole_again_leaves_nothing_behind(who: str) -> None:
    take(Kind.WRITE, who)

    with redis.Redis.from_url(chosen.REDIS_URL) as client:
        left_ms = client.pttl(f"vitrine:limit:write:{who}")
    assert 990_000 < left_ms <= 1_000_000


def test_a_redis_that_hangs_is_waited_for_once_and_then_left_alone(
    who: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_PAUSE_S", 60)  # a busy machine may take a second between two calls
    with hanging() as server:
        settings.REDIS_URL = f"redis://{server.place}/0"
        taken = [take(Kind.WRITE, who).allowed for _ in range(5)]

        assert taken == [True, True, True, False, False]
        assert len(server.taken) == 1


@pytest.mark.usefixtures("_patient")
def test_connections_that_redis_ended_are_replaced_and_nothing_is_counted_here_meanwhile(who: str) -> None:
    name = uuid.uuid4().hex
    quotas = limits.Quotas(f"{chosen.REDIS_URL}{'&' if '?' in chosen.REDIS_URL else '?'}client_name={name}")
    asked, together = limits.asked_of(Kind.WRITE, who), Barrier(2)
    assert asked is not None

    def take_one(_: int) -> limits.Taken:
        together.wait(30)  # so that each thread takes one
        return quotas.take([asked])[0]

    with ThreadPoolExecutor(2) as threads, redis.Redis.from_url(chosen.REDIS_URL) as client:
        list(threads.map(take_one, range(2)))
        ours = [one["id"] for one in client.client_list() if one["name"] == name]
        for one in ours:
            client.client_kill_filter(_id=one)
        left = sorted(one.remaining for one in threads.map(take_one, range(2)))

    assert len(ours) == 2
    assert left == [0, 0]
    assert not quotas.away


def test_a_crowd_without_redis_fills_no_memory(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = AWAY
    monkeypatch.setattr(limits, "_MOST_KEPT", 100)

    for number in range(1_000):
        assert take(Kind.READ, f"address {number}").allowed

    assert len(limits._quotas(AWAY)._here._whole_at) <= 101


def test_the_guides_table_is_the_one_in_code() -> None:
    guide = (ROOT / "docs" / "backend.md").read_text().split("### Limits")[1].split("\n##")[0]
    rows = re.findall(r"^\| `([a-z-]+)`[^|]*\| ([\d,]+) \| ([\d,]+) \|", guide, re.MULTILINE)

    told = {kind: (int(burst.replace(",", "")), int(per_s.replace(",", ""))) for kind, burst, per_s in rows}
    assert told == {str(kind): (limit.burst, limit.per_s) for kind, limit in LIMITS.items()}
