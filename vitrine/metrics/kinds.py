"""What a metric is. Counting one is an addition or two under a lock: the product read, which takes some hundred
microseconds, pays two or three for all that is counted on its way.
"""

import os
import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

SUM = "sum"

_lock = threading.Lock()  # held for additions only


class Cell(NamedTuple):
    """One number. `part` is empty for a counter; for a histogram the upper bound of a bucket as text, or SUM.

    A bucket's number is its own, not yet that of all below it.
    """

    name: str
    part: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """`labels` have few values each, and all of them ours: nobody outside may make a new one by what they send."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    _rows: dict[tuple[str, ...], Any] = field(default_factory=dict, compare=False, repr=False)
    """What this process has counted since somebody last took it away, by the labels' values."""

    type = "untyped"

    @property
    def series(self) -> tuple[str, ...]:
        """The names that stand at /metrics."""
        return (self.name,)

    def cells(self) -> Iterator[tuple[Cell, float]]:
        return iter(())

    def forget(self) -> None:
        self._rows.clear()


class Counter(Metric):
    """So many, since Redis last began anew."""

    type = "counter"

    def count(self, *labels: str, amount: float = 1) -> None:
        with _lock:
            self._rows[labels] = self._rows.get(labels, 0.0) + amount

    def cells(self) -> Iterator[tuple[Cell, float]]:
        for labels, amount in self._rows.items():
            yield Cell(self.name, "", labels), amount


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
        with _lock:
            row = self._rows.get(labels)
            if row is None:
                row = self._rows[labels] = [0] * (len(self.bounds) + 1) + [0.0]
            row[place] += 1
            row[-1] += seconds

    @property
    def series(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))

    def cells(self) -> Iterator[tuple[Cell, float]]:
        for labels, row in self._rows.items():
            for part, amount in zip((*map(str, self.bounds), "+Inf", SUM), row, strict=True):
                if amount:
                    yield Cell(self.name, part, labels), float(amount)


def take(metrics: tuple[Metric, ...]) -> dict[Cell, float]:
    """All that this process has counted since it was last taken; from now on it is the taker's."""
    with _lock:
        taken = {cell: amount for metric in metrics for cell, amount in metric.cells()}
        for metric in metrics:
            metric.forget()
    return taken


def forget_when_forked(metrics: tuple[Metric, ...]) -> None:
    """A child begins with nothing: its parent tells of what is its own."""

    def forget() -> None:
        global _lock  # noqa: PLW0603  # the parent may have held it
        _lock = threading.Lock()
        for metric in metrics:
            metric.forget()

    os.register_at_fork(after_in_child=forget)
