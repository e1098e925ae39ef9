"""Numbers of several processes become one, each batch once, and none gets lost while Redis is away."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.conf import settings as chosen
from pytest_django import Settings

from tests.metrics.counting import nothing_counted
from tests.servers import NOBODY
from vitrine.metrics import kinds, sending
from vitrine.metrics.kinds import Cell, take
from vitrine.metrics.sending import SENDER, Sender, added_up
from vitrine.metrics.table import LIMITS_HIT, METRICS, REQUESTS
from vitrine.metrics.text import text_of

__all__ = ["nothing_counted"]

ASKED = Cell(LIMITS_HIT.name, "", ("read",))


def in_a_child(count: int, sender: Callable[[], Sender] = Sender) -> None:
    """As a worker's process does: forked, it counts, sends and goes; with exit code 1 where anything of it failed, and
    by a signal where it hangs."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(30)
            for _ in range(count):
                LIMITS_HIT.count("read")
            code = 0 if sender().send() else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_what_several_processes_counted_is_added_up_though_they_are_gone() -> None:
    LIMITS_HIT.count("read", amount=2)
    in_a_child(3)
    in_a_child(4)

    assert Sender().send()

    assert added_up()[ASKED] == 9


def test_a_child_is_not_held_up_by_what_its_parent_was_at_when_it_forked() -> None:
    """A worker forks while another of its threads counts, and while one waits for Redis."""
    with kinds._lock, SENDER._lock:
        in_a_child(3, lambda: SENDER)

    assert added_up()[ASKED] == 3


def test_what_waits_in_the_parent_is_the_parent_s_to_send(settings: Settings) -> None:
    here = settings.REDIS_URL
    settings.REDIS_URL = f"redis://{NOBODY}/0"
    LIMITS_HIT.count("read", amount=5)
    assert not SENDER.send()
    settings.REDIS_URL = here

    in_a_child(2, lambda: SENDER)

    assert added_up()[ASKED] == 2
    assert SENDER.send()
    assert added_up()[ASKED] == 7


def test_a_child_that_fails_is_noticed() -> None:
    def broken() -> Sender:
        raise RuntimeError("so it was wished")

    with pytest.raises(AssertionError):
        in_a_child(1, broken)


def test_threads_lose_nothing() -> None:
    def count() -> None:
        for _ in range(2_000):
            LIMITS_HIT.count("read")

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert take(METRICS) == {ASKED: 16_000}


def test_while_redis_is_away_numbers_wait_and_come_later(settings: Settings) -> None:
    sender, here = Sender(), settings.REDIS_URL
    LIMITS_HIT.count("read")
    settings.REDIS_URL = f"redis://{NOBODY}/0"
    away = sender.send()
    LIMITS_HIT.count("read")
    settings.REDIS_URL = here

    came = sender.send()

    assert (away, came) == (False, True)
    assert added_up()[ASKED] == 2


def test_a_batch_whose_answer_was_lost_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = Sender()
    LIMITS_HIT.count("read", amount=5)
    asked, eval_ = sending._redis(chosen.REDIS_URL), redis.Redis.eval

    def deaf(*arguments: Any) -> None:
        eval_(*arguments)
        raise redis.TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(type(asked), "eval", deaf)
        assert not sender.send()

    assert sender.send()
    assert added_up()[ASKED] == 5


def test_the_text_is_prometheus_own_with_buckets_that_hold_all_below_them() -> None:
    for seconds in (0.0009, 0.001, 0.3, 60):
        REQUESTS.note(seconds, "GET", '/a"b\\c', "200")

    lines = text_of(take(METRICS)).splitlines()

    labels = r'method="GET",route="/a\"b\\c",status="200"'
    assert f"# TYPE {REQUESTS.name} histogram" in lines
    assert f'{REQUESTS.name}_bucket{{{labels},le="0.001"}} 2' in lines
    assert f'{REQUESTS.name}_bucket{{{labels},le="0.25"}} 2' in lines
    assert f'{REQUESTS.name}_bucket{{{labels},le="0.5"}} 3' in lines
    assert f'{REQUESTS.name}_bucket{{{labels},le="10.0"}} 3' in lines
    assert f'{REQUESTS.name}_bucket{{{labels},le="+Inf"}} 4' in lines
    assert f"{REQUESTS.name}_count{{{labels}}} 4" in lines


def test_what_another_release_counted_is_left_out() -> None:
    numbers = {
        Cell("vitrine_of_yesterday_total", "", ()): 1.0,
        Cell(REQUESTS.name, "1.0", ("/a",)): 1.0,
    }

    text = text_of(numbers)

    assert "of_yesterday" not in text
    assert 'route="/a"' not in text
