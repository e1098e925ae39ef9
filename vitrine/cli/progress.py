"""Telling how far a cook is: a bar that is drawn again on a terminal, a line for each step elsewhere."""

import time
from dataclasses import dataclass, field
from typing import TextIO

from vitrine.cli.words import doing

_BAR = 32
_DRAW_EVERY_S = 0.1
_WORTH_TELLING_S = 0.05


@dataclass(slots=True)
class Progress:
    """Called with a step's name and the whole's part, 0 to 1. `end` before anything else is written."""

    out: TextIO
    bar: bool
    started: float = field(default_factory=time.monotonic)
    step: str = ""
    step_began: float = 0.0
    drawn: float = 0.0

    def __call__(self, step: str, part: float) -> None:
        now = time.monotonic()
        if step != self.step:
            self._close_step(now)
            self.step, self.step_began, self.drawn = step, now, 0.0
        if self.bar and now - self.drawn >= _DRAW_EVERY_S:
            self._write(f"\r\x1b[2K{line(step, part, now - self.started)}")
            self.drawn = now

    def end(self) -> None:
        if self.bar:
            self._write("\r\x1b[2K")
        else:
            self._close_step(time.monotonic())
        self.step = ""

    def _close_step(self, now: float) -> None:
        """Without a bar a step is told once it is over; one that had nothing to do is not."""
        if self.step and not self.bar and now - self.step_began >= _WORTH_TELLING_S:
            self._write(f"{doing(self.step)}: {now - self.step_began:.1f} s\n")

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()


def line(step: str, part: float, seconds: float) -> str:
    """At most 80 columns: what is being done, the bar, the time since the start."""
    full = round(part * _BAR)
    bar = f"{'━' * full}\x1b[2m{'━' * (_BAR - full)}\x1b[0m"
    return f"  {doing(step)[:28]:<28}  {bar}  {part:4.0%} {seconds:5.0f} s"
