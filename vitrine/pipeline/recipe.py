"""Step, Recipe, and the loop that cooks one."""

import hashlib
import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from vitrine.pipeline.engine import Engine
from vitrine.pipeline.studio import Studio
from vitrine.pipeline.work import StepTime, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What steps may use. `studio` is None where no Chromium is, `converter` where no Blender is; `note` takes a step's
    own progress, 0 to 1."""

    engine: Engine
    studio: Studio | None
    converter: Path | None = None
    note: Callable[[float], None] = lambda _: None


class Step(Protocol):
    """A frozen dataclass with a name and a call. It decides for itself when it has nothing to do."""

    @property
    def name(self) -> str: ...

    def __call__(self, work: Work, tools: Tools) -> Work: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A row of steps. Raise `revision` when the same options would now give other bytes."""

    name: str
    revision: int
    steps: tuple[Step, ...]

    def fingerprint(self, tools: Mapping[str, str]) -> str:
        """64 hex digits; the same for the same source means the same output. `tools`: name -> version."""
        identity: dict[str, Any] = {
            "recipe": [self.name, self.revision],
            "steps": [[step.name, asdict(step)] for step in self.steps],  # type: ignore[call-overload]  # every Step is a dataclass
            "tools": dict(tools),
        }
        return hashlib.sha256(json.dumps(identity, sort_keys=True, default=str).encode()).hexdigest()


def cook(
    recipe: Recipe,
    work: Work,
    tools: Tools,
    *,
    on_progress: Callable[[str, float], None],
    on_step: Callable[[Work], None] = lambda _: None,
) -> Work:
    """Take `work` through every step. `on_progress` gets the step's name and the whole's progress, 0 to 1; `on_step`
    what there is after each step."""
    with tools.studio.sitting() if tools.studio else nullcontext() as studio:
        for made in _steps(recipe, work, replace(tools, studio=studio), on_progress):
            on_step(work := made)
    return work


def _steps(
    recipe: Recipe, work: Work, tools: Tools, on_progress: Callable[[str, float], None]
) -> Iterator[Work]:
    count = len(recipe.steps)
    for index, step in enumerate(recipe.steps):

        def note(part: float, *, done: int = index, name: str = step.name) -> None:
            on_progress(name, (done + min(max(part, 0.0), 1.0)) / count)

        note(0.0)
        wall, cpu = time.monotonic(), _cpu_s()
        work = step(work, replace(tools, note=note))
        spent = StepTime(
            step=step.name, wall_s=round(time.monotonic() - wall, 3), cpu_s=round(_cpu_s() - cpu, 3)
        )
        work = replace(work, times=(*work.times, spent))
        yield work


def _cpu_s() -> float:
    """CPU seconds of this process and of the children it has waited for."""
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime
