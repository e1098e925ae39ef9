"""A connection that an event loop shares among all who ask: questions go out at once, answers come in that order.

A line that breaks, or stays silent for too long, fails everybody who waits on it (`LineBroken`) and is opened again for
those who come later. Nobody waits for that: whoever finds the line closed has another way to go.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from typing import Any

import structlog

log = structlog.get_logger()

_PAUSE_S = 1.0


class LineBroken(Exception):
    """No answer comes this way."""


class Line(ABC):
    """What lines to different servers share. Everything here belongs to the loop's thread."""

    def __init__(self, name: str, *, patience_s: float, loop: asyncio.AbstractEventLoop) -> None:
        self._name, self._patience_s, self._loop = name, patience_s, loop
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._answered = 0
        self._watch: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None
        self._away_until = 0.0
        self._broken = False
        self._ended = False
        self.is_open = False

    async def open(self) -> bool:
        """Wait until it is open, or cannot be opened; whether it is."""
        if not self.is_open:
            await asyncio.sleep(max(0.0, self._away_until - self._loop.time()))
            self.open_soon()
            if self._opening is not None:
                await asyncio.wait([self._opening])
        return self.is_open

    def open_soon(self) -> None:
        """Again is harmless, and so is a server that is away: it is asked once a second."""
        if self.is_open or self._ended or self._opening is not None or self._loop.time() < self._away_until:
            return
        self._opening = self._loop.create_task(self._open())

    async def end(self) -> None:
        """Close it for good."""
        self._ended = True
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        self._break("the line was closed")
        await asyncio.sleep(0)  # a transport closes its socket in the loop's next round

    @abstractmethod
    async def _connect(self) -> None:
        """Have a connection, and what every question needs; any exception says that there is none. What was begun when
        it is cancelled must be closed."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Close what there is, once."""

    def _expect(self) -> asyncio.Future[Any]:
        """An answer, after a question was sent."""
        future = self._loop.create_future()
        self._waiting.append(future)
        if self._watch is None:
            self._watch_on()
        return future

    def _answer(self, said: Any) -> None:
        """The first who waits gets it; an exception is raised there."""
        self._answered += 1
        future = self._waiting.popleft()
        if future.done():  # whoever asked has gone
            return
        if isinstance(said, Exception):
            future.set_exception(said)
        else:
            future.set_result(said)

    def _break(self, reason: str) -> None:
        """Again is harmless."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        was_open, self.is_open, self._broken = self.is_open, False, True
        self._disconnect()
        while self._waiting:
            self._answer(LineBroken(f"{self._name}: {reason}"))
        if was_open and not self._ended:
            log.warning("line_broken", line=self._name, reason=reason)

    async def _open(self) -> None:
        self._broken = False
        try:
            async with asyncio.timeout(self._patience_s * 10):
                await self._connect()
            self.is_open = not self._broken  # it may have been lost while it was opened
            # One that breaks at once, whatever it is asked, is not opened anew for every question.
            self._away_until = self._loop.time() + _PAUSE_S
        except Exception as error:  # noqa: BLE001  # whatever it was, the line is closed
            self._away_until = self._loop.time() + _PAUSE_S
            self._break(str(error))
            log.warning("line_closed", line=self._name, reason=str(error) or type(error).__name__)
        finally:
            self._opening = None

    def _watch_on(self) -> None:
        due = self._answered + len(self._waiting)
        self._watch = self._loop.call_later(self._patience_s, self._look, due)

    def _look(self, due: int) -> None:
        """One timer for all: who asked before it was set has an answer now, or the line is dead."""
        self._watch = None
        if self._answered < due:
            self._break(f"no answer for {self._patience_s} s")
        elif self._waiting:
            self._watch_on()
