"""How much more two workers cook than one."""

import multiprocessing
import tempfile
import threading
import time
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

from bench.cooking import cooked
from bench.models import work_of
from vitrine.pipeline import recipes
from vitrine.pipeline.bench import Bench

JOBS = 4
LIMIT_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Wall seconds for the same jobs by one worker and by two."""

    model: str
    one_s: float
    two_s: float

    @property
    def ratio(self) -> float:
        return self.one_s / self.two_s


def scale(model: Path, *, jobs: int = JOBS) -> Scaling:
    """`jobs` times the same model, which must be even; the workers are processes of their own, as in the service."""
    return Scaling(
        model=model.name, one_s=wall_s(model, workers=1, jobs=jobs), two_s=wall_s(model, workers=2, jobs=jobs)
    )


def wall_s(model: Path, *, workers: int, jobs: int) -> float:
    """From when all workers are ready until the last job is done. BrokenBarrierError when a worker fails."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers + 1)
    processes = [
        context.Process(target=work, args=(barrier, model, jobs // workers), daemon=True)
        for _ in range(workers)
    ]
    for process in processes:
        process.start()
    try:
        barrier.wait(LIMIT_S)
        started = time.monotonic()
        barrier.wait(LIMIT_S)
        return time.monotonic() - started
    finally:
        for process in processes:
            process.terminate()
            process.join()


def work(barrier: Barrier, model: Path, jobs: int) -> None:
    """A worker's life: ready, cook, done."""
    try:
        tools = recipes.tools_of(Bench())
        barrier.wait(LIMIT_S)
        for _ in range(jobs):
            with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
                cooked(work_of(model, Path(folder)), tools)
        barrier.wait(LIMIT_S)
    except threading.BrokenBarrierError:
        return
    except BaseException:
        barrier.abort()
        raise
