"""One mutant through the door, the gate and the first steps, and what became of it."""

import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.mutants import Mutant, mutant
from vitrine.errors import Refused
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.formats import HEAD_BYTES, sniff
from vitrine.pipeline.limits import ENGINE, GIGABYTE, VALIDATOR, Caps
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.steps.convert import Convert
from vitrine.pipeline.steps.gate import Gate
from vitrine.pipeline.steps.importing import Import
from vitrine.pipeline.steps.optimize import Optimize
from vitrine.pipeline.telling import TookTooMuch
from vitrine.pipeline.work import Work

CHECKS_S = 10
"""Longer than this our own checks must not take, in a process with this much memory."""
CHECKS_BYTES = 1 * GIGABYTE


class Depth(IntEnum):
    """How far a mutant is taken, if it gets there."""

    CHECKS = 1  # the door and our own checks: no child is started
    CONVERT = 2  # the validator and the convert step
    OPTIMIZE = 3  # the variants


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`outcome` is what is counted. `failure` when that must not happen; `cpu_s` with children."""

    outcome: str
    failure: bool = False
    detail: str = ""
    cpu_s: float = 0.0


class PassedChecks(Exception):
    """The gate turned to the engine, which this depth does without."""


class NoEngine(Engine):
    """Says that it was asked."""

    def run(self, command: str, order: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        raise PassedChecks


class Hang(BaseException):
    """Not an Exception, so that nothing on the way takes it for one of its own."""


def verdict_of(seed: int, engine_every: int, optimize_every: int, number: int) -> Verdict:
    """On the mutant of that number; one in so many is taken to the engine, and to the optimizer."""
    depth = Depth.CHECKS if number % engine_every else Depth.CONVERT
    return verdict_on(mutant(seed, number), depth if number % optimize_every else Depth.OPTIMIZE)


def verdict_on(one: Mutant, depth: Depth) -> Verdict:
    """Refused or accepted; anything else is a failure of ours."""
    before = _cpu_s()
    folder = Path(tempfile.mkdtemp(prefix="vitrine-fuzz-"))
    progress = ["door"]
    try:
        outcome = _taken(one, folder, depth, progress)
        verdict = Verdict(outcome=outcome)
    except TookTooMuch as error:
        verdict = Verdict(outcome=f"refused over a child's limit: {progress[-1]}", detail=error.detail)
    except Refused as error:
        verdict = Verdict(outcome=f"refused {error.code}: {progress[-1]}", detail=error.detail)
    except Hang:
        verdict = Verdict(outcome=f"hang: {progress[-1]}", failure=True)
    except Exception as error:  # noqa: BLE001  # what nobody foresaw is what is looked for
        told = f"{type(error).__name__}: {str(error)[:300]}"
        verdict = Verdict(outcome=f"crash {type(error).__name__}: {progress[-1]}", failure=True, detail=told)
    finally:
        shutil.rmtree(folder)
    return Verdict(
        outcome=verdict.outcome,
        failure=verdict.failure,
        detail=verdict.detail,
        cpu_s=round(_cpu_s() - before, 3),
    )


def _taken(one: Mutant, folder: Path, depth: Depth, progress: list[str]) -> str:
    """Through all steps of the depth; `progress` gets the name of each."""
    work = _work_on(one, folder)
    progress.append("checks")
    with _limits_of_our_own():
        try:
            no_engine = Tools(engine=NoEngine(), studio=None)
            work = Import()(work, no_engine)
            Gate()(work, no_engine)
        except PassedChecks:
            pass
        else:
            return "accepted: no glTF"
    if depth is Depth.CHECKS:
        return "passed our checks"
    tools = Tools(engine=Engine(), studio=None)
    progress.append("validator")
    work = Gate()(work, tools)
    _keeps_to(work.details["gate"]["child"], VALIDATOR)
    progress.append("convert")
    work = Convert()(work, tools)
    _keeps_to(work.details["convert"]["child"], ENGINE)
    if depth is Depth.CONVERT:
        return "accepted: converted"
    progress.append("optimize")
    work = Optimize()(work, tools)
    _keeps_to(work.details["optimize"]["child"], ENGINE)
    return "accepted: optimized"


def _work_on(one: Mutant, folder: Path) -> Work:
    folder.chmod(0o755)
    scratch = folder / "work"
    scratch.mkdir()
    scratch.chmod(0o777)
    source = folder / f"source-{one.name}"
    source.write_bytes(one.data)
    return Work(
        source=source, source_format=sniff(one.data[:HEAD_BYTES], one.name, converts=False), folder=scratch
    )


@contextmanager
def _limits_of_our_own() -> Iterator[None]:
    """Our checks run in the worker itself: here they get a time and a memory limit."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hang

    memory = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (CHECKS_BYTES, memory[1]))
    before = signal.signal(signal.SIGALRM, ring)
    others = signal.setitimer(signal.ITIMER_REAL, CHECKS_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *others)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_DATA, memory)


def _keeps_to(used: Mapping[str, Any], caps: Caps) -> None:
    """A child that ended well did so within its limits."""
    assert used["cpu_s"] <= caps.cpu_s, f"{used['cpu_s']} s of CPU, over {caps.cpu_s}"
    assert used["wall_s"] <= caps.wall_s + 1, f"{used['wall_s']} s, over {caps.wall_s}"
    assert used["peak_bytes"] <= caps.memory_bytes, f"{used['peak_bytes']} bytes, over {caps.memory_bytes}"


def _cpu_s() -> float:
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
