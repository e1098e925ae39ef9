"""A run: rounds of faults, each in a fresh installation under load, and the books after each round."""

import http.client
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos import books
from tests.chaos.faults import Fault, kinds
from tests.chaos.house import House, a_house, accounts
from tests.chaos.ledger import Ledger
from tests.chaos.shops import Shop
from tests.journey.processes import wait_until

ROUND = 25
HOUSES = ("apart", "together")
_SHOPS = 3
_MEND_S = 120.0


@dataclass(frozen=True, slots=True)
class Suffered:
    """A fault and what came of it: what was hit (empty: nothing), and after how long the service was ready again."""

    fault: Fault
    hit: str
    ready_s: float | None

    @property
    def line(self) -> str:
        if not self.hit:
            return f"{self.fault.number:4}  {self.fault.kind:18} nothing to hit"
        ready = "NEVER READY AGAIN" if self.ready_s is None else f"ready after {self.ready_s:.1f} s"
        return f"{self.fault.number:4}  {self.fault.kind:18} {self.hit}; {ready}"


@dataclass(slots=True)
class Round:
    """What one installation went through. `wrong`: what the books say; empty when they balance."""

    house: str
    suffered: list[Suffered] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    told: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def balance(self, house: House) -> None:
        self.told = accounts(house)
        never = [one.fault.number for one in self.suffered if one.ready_s is None]
        self.wrong = [
            *(f"fault {number}: never ready again" for number in never),
            *books.faults(self.ledger, self.told),
        ]


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: with a small disk, with a clock that can be moved. `only`: those kinds alone, all where empty."""

    seed: int
    disk: bool
    clock: bool
    only: tuple[str, ...] = ()


def fault(order: Order, number: int) -> Fault:
    """The same for the same seed and number. Every kind comes once before one comes again."""
    house = house_of(number)
    able = kinds(house, disk=order.disk and house == "together", clock=order.clock)
    chosen = {name: act for name, act in able.items() if not order.only or name in order.only}
    mine = number // (ROUND * len(HOUSES)) * ROUND + number % ROUND  # the how-manieth of this kind of house
    deck = sorted(chosen)
    random.Random(f"{order.seed} {house} {mine // len(deck)}").shuffle(deck)
    kind = deck[mine % len(deck)]
    return Fault(number, kind, chosen[kind], random.Random(f"{order.seed} {number}"))


def house_of(number: int) -> str:
    return HOUSES[number // ROUND % len(HOUSES)]


def rounds(order: Order, numbers: Sequence[int], keep: Path) -> Iterator[Round]:
    """Numbers of one installation after another."""
    for first in sorted({number // ROUND for number in numbers}):
        mine = [number for number in numbers if number // ROUND == first]
        yield one_round(order, mine, keep)


def one_round(order: Order, numbers: Sequence[int], keep: Path) -> Round:
    """One installation: load, the faults one by one, and the books. Its logs are kept when they do not balance."""
    name, seed = house_of(numbers[0]), f"{order.seed} {numbers[0]}"
    done = Round(name)
    with a_house(name, seed=seed, clock=order.clock) as house:
        with under_load(house, done.ledger, seed):
            for number in numbers:
                done.suffered.append(suffer(house, fault(order, number)))
                print(done.suffered[-1].line, flush=True)
        done.balance(house)
        if done.wrong:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"seed-{order.seed}-from-{numbers[0]}.log").write_text(
                "\n".join([*done.wrong, *(one.line for one in done.suffered), house.logs()])
            )
    return done


class under_load:  # noqa: N801  # read as a word
    """`with`: the shops are open meanwhile; at its end each ends what it has begun."""

    def __init__(
        self,
        house: House,
        ledger: Ledger,
        seed: str,
        *,
        how_many: int = _SHOPS,
        cooked: int = 4,
        most_sent: int = 22,
    ) -> None:
        self.closed = threading.Event()
        self.pool = ThreadPoolExecutor(how_many)
        self.shops = [
            Shop(
                *(number, house.service, ledger, random.Random(f"{seed} {number}"), self.closed),
                cooked=cooked,
                most_sent=most_sent,
            )
            for number in range(1, how_many + 1)
        ]

    def __enter__(self) -> None:
        self.running = [self.pool.submit(shop.run) for shop in self.shops]
        time.sleep(2)

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        self.pool.shutdown()
        for one in self.running:
            one.result()


def suffer(house: House, one: Fault) -> Suffered:
    time.sleep(one.dice.uniform(0.3, 2.5))
    hit = one.act(house, one.dice)
    ended = time.monotonic()
    ready = wait_until(lambda: _ready(house), limit_s=_MEND_S, pause_s=0.2)
    return Suffered(one, hit, time.monotonic() - ended if ready else None)


def _ready(house: House) -> bool:
    try:
        answer = house.service.call("GET", "/health/ready")
    except (OSError, http.client.HTTPException):
        return False
    return answer.status == 200
