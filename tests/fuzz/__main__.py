"""`make fuzz COUNT=10000 SEED=1`: mutated models through the gate, and what becomes of each.

All go through the door and our own checks; those that pass go through the validator and the convert step, and every
twentieth through the optimizer too. Each must be accepted or refused: anything else is a failure, and its file is
kept. `--only NUMBER` takes one again and tells its story.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.mutants import mutant
from tests.fuzz.seeds import all_seeds
from tests.fuzz.trial import Depth, Verdict, verdict_of, verdict_on


def main() -> int:
    options = _options()
    last = options.first + options.count - 1
    print(f"{len(all_seeds())} seeds; mutants {options.first} to {last} of run {options.seed}.")
    if options.only is not None:
        one = mutant(options.seed, options.only)
        print(" → ".join(one.story), verdict_on(one, Depth.OPTIMIZE), sep="\n")
        return 0
    started, counts, failures, cpu_s = time.monotonic(), Counter[str](), 0, 0.0
    for number, verdict in _verdicts(options):
        counts[verdict.outcome] += 1
        cpu_s += verdict.cpu_s
        if verdict.failure:
            failures += 1
            print(f"\nFAILED {_kept(options, number)}: {verdict.outcome}: {verdict.detail}", flush=True)
        done = counts.total()
        if done % 500 == 0:
            print(f"{done} done, {failures} failed, {time.monotonic() - started:.0f} s", flush=True)
    _tell(counts, failures, cpu_s, time.monotonic() - started)
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once")
    parser.add_argument("--engine-every", type=int, default=1, help="one in so many reaches the engine")
    parser.add_argument("--optimize-every", type=int, default=20, help="and one in so many the optimizer")
    parser.add_argument(
        "--keep", type=Path, default=Path("var/fuzz"), help="where files that failed are kept"
    )
    parser.add_argument("--only", type=int, help="the number of one mutant")
    return parser.parse_args()


def _verdicts(options: argparse.Namespace) -> Iterator[tuple[int, Verdict]]:
    numbers = range(options.first, options.first + options.count)
    trial = partial(verdict_of, options.seed, options.engine_every, options.optimize_every)
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        yield from zip(numbers, pool.map(trial, numbers, chunksize=8), strict=True)


def _kept(options: argparse.Namespace, number: int) -> Path:
    """The file of a failed mutant, named so that it can be made again."""
    one = mutant(options.seed, number)
    path: Path = options.keep / f"seed-{options.seed}-number-{number}{Path(one.name).suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(one.data)
    return path


def _tell(counts: Counter[str], failures: int, cpu_s: float, wall_s: float) -> None:
    print()
    for outcome, count in counts.most_common():
        print(f"{count:7,}  {outcome}")
    print(f"{counts.total():7,}  in all, {failures} failed; {wall_s:.0f} s, {cpu_s:.0f} s of CPU")


if __name__ == "__main__":
    sys.exit(main())
