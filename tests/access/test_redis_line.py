"""The line to Redis that an event loop has: whole answers, and none that is waited for too long."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from redis import Redis

from tests.servers import NOBODY, hanging
from vitrine.access import redis_line
from vitrine.access.limits import SCRIPT
from vitrine.access.lines import LineBroken
from vitrine.access.redis_line import RedisLine
from vitrine.config.settings import REDIS_URL


def on_a_line(url: str, ask: Callable[[RedisLine], Awaitable[None]], script: str = SCRIPT) -> None:
    async def run() -> None:
        line = RedisLine(url, script, loop=asyncio.get_running_loop())
        try:
            await ask(line)
        finally:
            await line.end()

    asyncio.run(run())


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may pause longer than a shopper should wait."""
    monkeypatch.setattr(redis_line, "_PATIENCE_S", 30)


@pytest.mark.usefixtures("_patient")
def test_a_quota_is_taken_and_something_else_fetched_by_one_question() -> None:
    kept, who = f"test:{uuid4()}", f"test:{uuid4()}"
    with Redis.from_url(REDIS_URL) as client:
        client.set(kept, b"x" * 300_000, ex=60)  # comes in many pieces
        client.expire(who, 60)

    async def ask(line: RedisLine) -> None:
        assert await line.open()
        at_once = [line.run([who, kept], [1_000_000, 2_500_000]) for _ in range(3)]
        answers = await asyncio.gather(*at_once)
        assert [wait > 0 for wait, _, _ in answers] == [False, False, True]
        assert {found for _, _, found in answers} == {b"x" * 300_000}
        assert await line.run([f"{kept}0"], []) == [None]

    on_a_line(REDIS_URL, ask)


@pytest.mark.usefixtures("_patient")
def test_a_connection_that_redis_ended_is_replaced() -> None:
    async def ask(line: RedisLine) -> None:
        assert await line.open()
        own = await line._said("CLIENT", "ID")
        with Redis.from_url(REDIS_URL) as client:
            client.client_kill_filter(_id=own)
        with pytest.raises(LineBroken):
            await line.run([], [1])
        assert await line.open()
        assert await line.run([], [1]) == b"1"

    on_a_line(REDIS_URL, ask, "return ARGV[1]")


@pytest.mark.usefixtures("_patient")
def test_who_stops_waiting_takes_nobody_elses_answer() -> None:
    async def ask(line: RedisLine) -> None:
        assert await line.open()
        first, second = line.run([], [1]), line.run([], [2])
        first.cancel()
        assert await second == b"2"

    on_a_line(REDIS_URL, ask, "return ARGV[1]")


def test_a_redis_that_hangs_is_not_waited_for() -> None:
    async def ask(line: RedisLine) -> None:
        assert not await line.open()
        with pytest.raises(LineBroken):
            line.run([], [])

    with hanging() as server:
        on_a_line(f"redis://{server.place}/0", ask)


def test_a_redis_that_is_not_there_is_not_waited_for() -> None:
    async def ask(line: RedisLine) -> None:
        assert not await line.open()

    on_a_line(f"redis://{NOBODY}/0", ask)


def test_an_answer_that_does_not_come_breaks_the_line_for_all_who_wait() -> None:
    async def begin_and_hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert b"LOAD" in await reader.read(10_000)
        writer.write(b"$4\r\nfake\r\n")
        while await reader.read(10_000):
            pass
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(begin_and_hang, "127.0.0.1") as server:
            port = server.sockets[0].getsockname()[1]
            line = RedisLine(f"redis://127.0.0.1:{port}", SCRIPT, loop=asyncio.get_running_loop())
            assert await line.open()
            waiting = await asyncio.gather(line.run([], []), line.run([], []), return_exceptions=True)
            assert [type(one) for one in waiting] == [LineBroken] * 2
            assert not line.is_open
            await line.end()

    asyncio.run(run())
