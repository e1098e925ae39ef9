"""What a metric is. Counting one is two additions under a lock: the product read, which takes half a millisecond, pays
some microseconds for all that is counted on its way.
"""

import os
import threading
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

SUM = "sum"


class Cell(NamedTuple):
    """One number. `part` is empty for a counter; for a histogram the upper bound of a bucket as text, or SUM.

    A bucket's number is its own, not yet that of all below it.
    """

    name: str
    part: str
    labels: tuple[str, ...]


class Tally:
    """What this process has counted since somebody last took it away."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """A child that was forked begins with nothing: its parent tells of what is its own."""
        self._lock = threading.Lock()
        self._counted: defaultdict[Cell, float] = defaultdict(float)

    def add(self, *amounts: tuple[Cell, float]) -> None:
        with self._lock:
            for cell, amount in amounts:
                self._counted[cell] += amount

    def take(self) -> dict[Cell, float]:
        """All of it; from now on it is the taker's."""
        with self._lock:
            taken, self._counted = self._counted, defaultdict(float)
        return dict(taken)


TALLY = Tally()
os.register_at_fork(after_in_child=TALLY.forget)


@dataclass(frozen=True, slots=True)
class Metric:
    """`labels` have few values each, and all of them ours: nobody outside may make a new one by what they send."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    type = "untyped"

    @property
    def series(self) -> tuple[str, ...]:
        """The names that stand at /metrics."""
        return (self.name,)


class Counter(Metric):
    """So many, since Redis last began anew."""

    type = "counter"

    def count(self, *labels: str, amount: float = 1) -> None:
        TALLY.add((Cell(self.name, "", labels), amount))


class Gauge(Metric):
    """How it stands now: asked for when somebody reads /metrics, never counted."""

    type = "gauge"


@dataclass(frozen=True, slots=True)
class Histogram(Metric):
    """How long, or how old, in seconds. `bounds` rise."""

    bounds: tuple[float, ...] = ()

    type = "histogram"

    def note(self, seconds: float, *labels: str) -> None:
        place = bisect_left(self.bounds, seconds)
        bound = str(self.bounds[place]) if place < len(self.bounds) else "+Inf"
        TALLY.add((Cell(self.name, bound, labels), 1), (Cell(self.name, SUM, labels), seconds))

    @property
    def series(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
