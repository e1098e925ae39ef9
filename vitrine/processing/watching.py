"""How long jobs and their steps take and how they end: for the metrics, and as `performance` in the log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import structlog
from django.utils import timezone

from vitrine.metrics.table import JOB_WAIT, JOBS, READY, STEPS
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.sandbox import Outcome
from vitrine.processing.models import Job
from vitrine.traces.spans import Place, Span, SpanKind, span


@contextmanager
def traced(job: Job) -> Iterator[None]:
    """One attempt, in the trace of the request that queued the job."""
    with span(f"job {job.recipe}", SpanKind.CONSUMER, parent=Place.of(job.trace)) or nullcontext() as opened:
        if opened is not None:
            opened.note({"vitrine.job": str(job.pk), "vitrine.attempt": job.attempts})
        yield


@dataclass(slots=True)
class StepClock:
    """One attempt's steps: each ends when the next begins, the last with the block."""

    log: Any
    step: str = ""
    begun: float = field(default=0.0)
    span: Span | None = None

    def heard(self, tools: Tools) -> Tools:
        """The same tools, whose engine tells what it ran."""
        return replace(tools, engine=replace(tools.engine, on_end=self._ran))

    def _ran(self, command: str, outcome: Outcome) -> None:
        used = outcome.used()
        told = {name: used[name] for name in ("wall_s", "cpu_s", "peak_bytes")}
        self._trace(command, outcome)
        self.log.info("engine_ran", kind="performance", command=command, exit_code=outcome.returncode, **told)

    def _trace(self, command: str, outcome: Outcome) -> None:
        """A command of the engine, which has just ended, below the step that gave it."""
        if self.span is not None and (ran := span(f"engine {command}", parent=self.span.place)) is not None:
            ran.begun_ns -= round(outcome.wall_s * 1e9)
            ran.note({"process.exit.code": outcome.returncode, "vitrine.cpu_s": outcome.cpu_s})
            ran.end(failed=outcome.returncode != 0)

    def now_at(self, step: str) -> None:
        if step != self.step:
            self._end("done")
            self.step, self.begun, self.span = step, time.monotonic(), span(f"step {step}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> None:
        self._end("done" if error is None else "failed")

    def _end(self, outcome: str) -> None:
        if self.step:
            took_s = time.monotonic() - self.begun
            STEPS.note(took_s, self.step, outcome)
            if self.span is not None:
                self.span.end(failed=outcome != "done")
            self.log.info("job_step", kind="performance", step=self.step, outcome=outcome, s=round(took_s, 3))


@dataclass(slots=True)
class JobClock:
    """One attempt at a job, from its claim on."""

    job: Job
    log: Any = field(default_factory=structlog.get_logger)
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if self.job.attempts == 1:
            JOB_WAIT.note(self._age_s(), self.job.recipe)

    def steps(self) -> StepClock:
        return StepClock(self.log)

    def end(self, outcome: str) -> None:
        took_s = time.monotonic() - self.begun
        JOBS.note(took_s, self.job.recipe, outcome)
        told = {"recipe": self.job.recipe, "outcome": outcome, "s": round(took_s, 3)}
        if outcome == "done":
            READY.note(self._age_s(), self.job.recipe)
            told["since_upload_s"] = round(self._age_s(), 3)
        self.log.info("job_ended", kind="performance", **told)

    def _age_s(self) -> float:
        return max(0.0, (timezone.now() - self.job.created_at).total_seconds())
