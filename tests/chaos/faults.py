"""What can go wrong, each as one act that lasts some seconds and is over: begun, and ended."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.chaos.house import House
from tests.chaos.proxy import Way
from tests.journey.processes import is_alive, wait_until

PARTS = ("web", "worker", "engine", "chromium", "postgres", "valkey")
FLEETING = ("engine", "chromium")
"""Only there while a model is cooked."""
_CATCH_S = 40.0
_FILL = bytes(1024 * 1024)

Act = Callable[[House, random.Random], str]
"""Does it, waits and undoes it. What was hit, in words; empty when there was nothing to hit."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`number` and the run's seed say all about it: it can be done again alone."""

    number: int
    kind: str
    act: Act
    dice: random.Random


def kinds(house: str, *, disk: bool, clock: bool) -> dict[str, Act]:
    """Those that a house of that kind can suffer."""
    found: dict[str, Act] = {f"kill {part}": partial(_kill, part) for part in PARTS}
    found |= {f"freeze {part}": partial(_freeze, part) for part in PARTS}
    if house == "apart":
        found |= {
            f"{way} {name}": partial(_bad_way, name, way) for name, ways in _WAYS.items() for way in ways
        }
    if disk:
        found["full disk"] = _full_disk
    if clock:
        found |= {"clock ahead": partial(_clock, 1), "clock behind": partial(_clock, -1)}
    return found


_WAYS = {
    "store": (Way.SLOW, Way.BUSY, Way.HALF, Way.REFUSED, Way.HANGING),
    "database": (Way.SLOW, Way.HALF, Way.REFUSED, Way.HANGING),
    "redis": (Way.SLOW, Way.HALF, Way.REFUSED, Way.HANGING),
}


def _kill(part: str, house: House, dice: random.Random) -> str:
    """One process of the part, or all of them at once."""
    found = _found(part, house)
    if not found:
        return ""
    chosen = found if dice.random() < 0.3 else [dice.choice(found)]
    hit = [pid for pid in chosen if _sent(pid, signal.SIGKILL)]
    return f"{len(hit)} of {len(found)} processes" if hit else ""


def _freeze(part: str, house: House, dice: random.Random) -> str:
    """All its processes, longer or shorter than a lease lasts."""
    found = [pid for pid in _found(part, house) if _sent(pid, signal.SIGSTOP)]
    seconds = dice.choice([1.5, 3.0, 6.0, 9.0])
    try:
        time.sleep(seconds if found else 0)
    finally:
        for pid in found:
            _sent(pid, signal.SIGCONT)
    return f"{len(found)} processes for {seconds:g} s" if found else ""


def _found(part: str, house: House) -> list[int]:
    if part not in FLEETING:
        return house.processes(part)
    found: list[int] = []

    def there() -> bool:
        found[:] = house.processes(part)
        return bool(found)

    wait_until(there, limit_s=_CATCH_S, pause_s=0.02)
    return found


def _sent(pid: int, number: int) -> bool:
    with suppress(ProcessLookupError):
        if is_alive(pid):
            os.kill(pid, number)
            return True
    return False


def _bad_way(name: str, way: Way, house: House, dice: random.Random) -> str:
    seconds = dice.uniform(2, 8)
    house.ways[name].go(way)
    try:
        time.sleep(seconds)
    finally:
        house.ways[name].go(Way.OPEN)
    return f"{seconds:.1f} s"


def _full_disk(house: House, dice: random.Random) -> str:
    assert house.disk is not None, "only where a small disk is"
    seconds = dice.uniform(2, 8)
    with _filled(house.disk / ".filler") as filled:
        time.sleep(seconds)
    return f"{filled // 1024:,} KiB taken for {seconds:.1f} s"


@contextmanager
def _filled(filler: Path) -> Iterator[int]:
    """To the last byte."""
    size = 0
    with filler.open("wb", buffering=0) as file:
        for piece in (_FILL, _FILL[:4096], _FILL[:1]):
            with suppress(OSError):
                while True:
                    size += file.write(piece)
    try:
        yield size
    finally:
        filler.unlink()


def _clock(sign: int, house: House, dice: random.Random) -> str:
    assert house.clock is not None, "only where a clock can be moved"
    jump_s, seconds = sign * dice.choice([20, 90, 700, 4000]), dice.uniform(3, 8)
    house.clock.go(jump_s)
    try:
        time.sleep(seconds)
    finally:
        house.clock.go(0)
    return f"{jump_s:+} s for {seconds:.1f} s"
