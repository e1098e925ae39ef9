"""Telling how far bytes and jobs are: one line drawn again on a terminal, a line for each thing done elsewhere."""

import threading
import time
from dataclasses import dataclass, field
from typing import TextIO

from vitrine.cli.words import printable, size

_NAME, _BAR, _TOLD = 18, 16, 33  # 79 columns in all: a line that wraps cannot be drawn again
_DRAW_EVERY_S = 0.1


@dataclass(slots=True)
class Meter:
    """For many threads at once. `clear` before anything else is written."""

    out: TextIO
    bar: bool
    _drawn: float = 0.0
    _dirty: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def part(self, doing: str, done: float, told: str) -> None:
        """`done` from 0 to 1."""
        now = time.monotonic()
        with self._lock:
            if not self.bar or now - self._drawn < _DRAW_EVERY_S:
                return
            self._drawn, self._dirty = now, True
            full = round(min(max(done, 0.0), 1.0) * _BAR)
            bar = f"{'━' * full}\x1b[2m{'━' * (_BAR - full)}\x1b[0m"
            self._write(f"\r\x1b[2K  {printable(doing)[:_NAME]:<{_NAME}}  {bar}  {done:4.0%}  {told[:_TOLD]}")

    def line(self, text: str) -> None:
        """Told for good."""
        with self._lock:
            self._wipe()
            self._write(f"{printable(text)}\n")

    def clear(self) -> None:
        with self._lock:
            self._wipe()

    def _wipe(self) -> None:
        if self._dirty:
            self._write("\r\x1b[2K")
            self._dirty = False

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()


class Bytes:
    """One file's way, of `total` bytes: call it with how many are there. What was there at first is not our speed."""

    def __init__(self, meter: Meter, name: str, total: int, *, verb: str = "sent") -> None:
        self._meter, self._name, self._total, self._verb = meter, name, total, verb
        self._began, self._first = time.monotonic(), -1

    def __call__(self, there: int) -> None:
        if self._first < 0:
            self._first = there
            if there:
                self._meter.line(f"{self._name}: {size(there)} of {size(self._total)} are there already")
        seconds = max(time.monotonic() - self._began, 0.001)
        speed = f"{size(round((there - self._first) / seconds))}/s"
        told = f"{size(there)} of {size(self._total)}  {speed}"
        self._meter.part(self._name, there / max(self._total, 1), told)

    def end(self) -> None:
        seconds = time.monotonic() - self._began
        moved = size(self._total - max(self._first, 0))
        self._meter.line(f"{self._name}: {self._verb} {moved} in {seconds:.1f} s")
