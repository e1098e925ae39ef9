"""`make chaos FAULTS=200 SEED=1`: faults at random moments under load, and then the books.

Each round of twenty-five has a fresh installation, by turns with its parts behind ways that can be bad (apart) and on
one machine with a small disk (together). The report says by kind what was done and what came of it; the run fails when
anything that was acknowledged is lost or wrong. `--only NUMBER` does one fault of a run again.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from tests.chaos.clock import Clock
from tests.chaos.report import summary
from tests.chaos.run import Order, Round, rounds


def main() -> int:
    options = _options()
    order = Order(options.seed, disk=os.geteuid() == 0, clock=Clock.can_be_made(), only=tuple(options.kind))
    numbers = (
        [options.only] if options.only is not None else range(options.first, options.first + options.faults)
    )
    print(f"Faults {numbers[0]} to {numbers[-1]} of run {options.seed}.", flush=True)
    if not order.disk:
        print("Not root: no small disk can be mounted, so none gets full.")
    if not order.clock:
        print("No C compiler: no clock jumps.")
    begun, done = time.monotonic(), list[Round]()
    for one in rounds(order, numbers, options.keep):
        done.append(one)
        _tell(one)
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(summary(options.seed, done, time.monotonic() - begun))
    print(f"\n{summary(options.seed, done, time.monotonic() - begun)}\nWritten to {options.report}.")
    return 1 if any(one.wrong for one in done) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first fault")
    parser.add_argument("--only", type=int, help="the number of one fault")
    parser.add_argument(
        "--kind", action="append", default=[], help="only faults of that kind, such as 'kill web'"
    )
    parser.add_argument("--report", type=Path, default=Path("var/chaos/report.md"))
    parser.add_argument(
        "--keep", type=Path, default=Path("var/chaos"), help="where logs of what failed are kept"
    )
    return parser.parse_args()


def _tell(one: Round) -> None:
    print(
        f"      {one.house}: {'the books balance' if not one.wrong else f'{len(one.wrong)} FAULTS'}",
        flush=True,
    )
    for what in one.wrong:
        print(f"      WRONG {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
