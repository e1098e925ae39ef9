"""The short form of `make chaos`: one small installation, the most telling faults one after another, and its books."""

import random
from functools import partial
from pathlib import Path

import pytest

from tests.chaos.faults import Fault, kinds
from tests.chaos.house import a_house
from tests.chaos.run import Round, suffer, under_load
from tests.journey.conftest import fill
from tests.journey.processes import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

SEED = "short"
FAULTS = (
    "half store",
    "kill worker",
    "hanging redis",
    "kill postgres",
    "busy store",
    "freeze worker",
    "half database",
    "kill web",
    "kill valkey",
    "refused database",
)


def touches(done: Round) -> int:
    """How many events of shoppers were taken."""
    return sum(product.touches for product in tuple(done.ledger.products.values()))


def test_the_books_balance_after_ten_faults_under_load(prepared: Path) -> None:
    """Models are only checked: to optimize and prove them is what test_kills does, and dear."""
    done = Round("apart")
    with a_house("apart", seed=SEED, fill=partial(fill, prepared=prepared)) as house:
        able = kinds("apart", disk=False, clock=False)
        with under_load(house, done.ledger, SEED, how_many=2, most_sent=6, cooked=1_000_000):
            for number, kind in enumerate(FAULTS):
                one = Fault(number, kind, able[kind], random.Random(f"{SEED} {number}"))
                done.suffered.append(suffer(house, one))
            assert wait_until(
                lambda: touches(done) > 0, limit_s=240
            )  # on a slow machine it is long in coming
        done.balance(house)
        logs = "" if not done.wrong else house.logs()

    assert done.wrong == [], "\n".join([*(one.line for one in done.suffered), logs[-100_000:]])
    assert [one.fault.kind for one in done.suffered if not one.hit] == []
    assert done.told["jobs"]["done"] > 0
