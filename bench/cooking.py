"""Our side of the bench: a model cooked, cooked again to another bound, and what that took."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bench.figures import Spent
from vitrine.pipeline import recipes
from vitrine.pipeline.looks import Bound
from vitrine.pipeline.recipe import Recipe, Tools, cook
from vitrine.pipeline.steps.optimize import Optimize
from vitrine.pipeline.steps.prove import Prove
from vitrine.pipeline.steps.render import Render
from vitrine.pipeline.work import Format, Work

LOWEST, HIGHEST = 0.85, 0.999
"""Bounds that are worth a comparison; the API takes 0.9 at least as `quality`."""

IN_THE_BROWSER = {Render.name, Prove.name}


def cooked(work: Work, tools: Tools) -> Work:
    """Everything, at the default bound. Refused or Broken as in the service."""
    recipe = recipes.check() if work.source_format is Format.USDZ else recipes.standard()
    return cook(recipe, work, tools, on_progress=lambda _step, _part: None)


def cooked_again(work: Work, tools: Tools, *, bound: Bound) -> Work:
    """The variants anew, to another bound. The original is neither converted nor photographed a second time.

    Nothing is refused for its looks: the caller reads them off the proofs.
    """
    steps = [
        replace(step, bound=bound, final=False) if isinstance(step, Prove) else replace(step, bound=bound)
        for step in recipes.standard().steps
        if isinstance(step, Optimize | Prove)
    ]
    found = {name: work.details[name] for name in ("softness",) if name in work.details}
    fresh = replace(work, variants={}, spare={}, tries={}, times=(), details=found)
    recipe = Recipe(name="standard again", revision=1, steps=tuple(steps))
    return cook(recipe, fresh, tools, on_progress=lambda _step, _part: None)


def spent(work: Work) -> Spent:
    """The browser tells its own seconds: the operating system does not count it as a child of ours."""
    bare = sum(one.cpu_s for one in work.times if one.step not in IN_THE_BROWSER)
    browser = sum(told(work.details, "browser_cpu_s"))
    return Spent(bare_s=bare, whole_s=sum(one.cpu_s for one in work.times) + browser)


def peak_bytes(work: Work) -> int:
    """The largest child process of the engine's."""
    return int(max(told(work.details, "peak_bytes"), default=0))


def told(report: Any, name: str) -> Iterator[float]:
    """Every value called `name`, however deep it lies in what the steps reported."""
    if isinstance(report, Mapping):
        for key, value in report.items():
            if key == name:
                yield value
            else:
                yield from told(value, name)
    elif isinstance(report, list | tuple):
        for value in report:
            yield from told(value, name)
