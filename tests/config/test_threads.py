"""The threads behind the event loop: begun when needed, and none counted on that is busy."""

import asyncio
from collections.abc import Iterator
from functools import partial
from threading import Barrier

import pytest

from vitrine.config.threads import Threads

MOST = 6


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture
def threads(loop: asyncio.AbstractEventLoop) -> Iterator[Threads]:
    made = Threads(loop, MOST)
    yield made
    made.end()


def test_as_many_work_at_once_as_may_whatever_came_before(
    loop: asyncio.AbstractEventLoop, threads: Threads
) -> None:
    async def busy() -> None:
        for _ in range(300):  # work that ends just as the next is brought
            await asyncio.gather(*(threads.run(int) for _ in range(3)))
        meeting = Barrier(MOST, timeout=60)
        await asyncio.gather(*(threads.run(meeting.wait) for _ in range(MOST)))

    loop.run_until_complete(busy())


def test_more_than_may_work_at_once_wait_for_their_turn(
    loop: asyncio.AbstractEventLoop, threads: Threads
) -> None:
    async def crowd() -> list[int]:
        return await asyncio.gather(*(threads.run(partial(abs, number)) for number in range(50)))

    assert loop.run_until_complete(crowd()) == [*range(50)]


def test_what_work_raises_is_raised_where_it_is_waited_for(
    loop: asyncio.AbstractEventLoop, threads: Threads
) -> None:
    async def ask() -> int:
        return await threads.run(lambda: int("seven"))

    with pytest.raises(ValueError, match="seven"):
        loop.run_until_complete(ask())
    assert loop.run_until_complete(_of(threads)) == 7


async def _of(threads: Threads) -> int:
    return await threads.run(lambda: 7)
