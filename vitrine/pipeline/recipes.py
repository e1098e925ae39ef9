"""The recipes by name, one short list each, and the tools that this machine cooks them with."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from vitrine import __version__
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.converter.child import find_converter, version_of
from vitrine.pipeline.engine import WHEEL_NODE, Engine
from vitrine.pipeline.first import First
from vitrine.pipeline.looks import DEFAULT_QUALITY, LAST_EFFORT, Bound
from vitrine.pipeline.placement import Placement
from vitrine.pipeline.recipe import Recipe, Step, Tools
from vitrine.pipeline.steps.channels import Channels
from vitrine.pipeline.steps.convert import Convert
from vitrine.pipeline.steps.gate import Gate
from vitrine.pipeline.steps.importing import Import
from vitrine.pipeline.steps.optimize import Limits, Optimize
from vitrine.pipeline.steps.prove import DISPLAYED, Prove
from vitrine.pipeline.steps.render import Render
from vitrine.pipeline.steps.usdz import CheckUsdz, Usdz
from vitrine.pipeline.studio import Studio, find_chromium
from vitrine.pipeline.units import Units, UpAxis
from vitrine.pipeline.work import PICTURES, Kind


def standard(
    *,
    quality: float = DEFAULT_QUALITY,
    max_bytes: int | None = None,
    max_triangles: int | None = None,
    max_texture_px: int | None = None,
    units: str | None = None,
    up_axis: str | None = None,
    placement: Mapping[str, Any] | None = None,
    view: Mapping[str, Any] | None = None,
) -> Recipe:
    """Every variant, each as small as its proof allows: made, rendered, and made again with what that told.

    With a limit (bytes, triangles, px of a texture's longer side) a variant fits it and looks as good as that lets it:
    its likeness is measured all the same, and no longer refused. `units` and `up_axis` are for files that do not say
    theirs, `placement` for one that was exported wrongly; `view` is the first frame that a person chose.
    """
    limits = Limits(max_bytes=max_bytes, max_triangles=max_triangles, max_px=max_texture_px)
    bound = Bound.of(quality)
    efforts = [Optimize(effort=effort, bound=bound, limits=limits) for effort in range(LAST_EFFORT + 1)]
    tries: list[Step] = [
        step
        for effort in efforts
        for step in (effort, Prove(bound=None if limits.any else bound, final=effort is efforts[-1]))
    ]
    way_in = (CheckUsdz(), _importing(units, up_axis), Gate(), Convert(placement=Placement.of(placement)))
    render = Render(view=First.of(view))
    return Recipe(name="standard", revision=10, steps=(*way_in, render, *tries, Usdz(), Channels()))


def check(*, units: str | None = None, up_axis: str | None = None) -> Recipe:
    """Only the gate: for a model that is shown as it came."""
    way_in = (CheckUsdz(), replace(_importing(units, up_axis), usdz=False), Gate(), Convert())
    return Recipe(name="check", revision=1, steps=(*way_in, Channels()))


def _importing(units: str | None, up_axis: str | None) -> Import:
    return Import(
        units=None if units is None else Units(units), up_axis=None if up_axis is None else UpAxis(up_axis)
    )


def named(name: str, options: Mapping[str, Any]) -> Recipe:
    """The recipe that a job asks for."""
    return {"standard": standard, "check": check}[name](**options)


def only(recipe: Recipe, kinds: Collection[Kind]) -> Recipe:
    """The recipe without what these kinds do not need. `ios` is made out of `android`, which is then made too."""
    needed = {*kinds, Kind.ANDROID} if Kind.IOS in kinds else set(kinds)
    steps = (_narrowed(step, needed) for step in recipe.steps)
    return replace(recipe, steps=tuple(step for step in steps if step is not None))


def _narrowed(step: Step, kinds: Collection[Kind]) -> Step | None:
    """The step as far as these kinds need it; None when they do not."""
    if isinstance(step, Optimize):
        shown = tuple(kind for kind in step.kinds if kind in kinds)
        return replace(step, kinds=shown) if shown else None
    # What is rendered of the original tells the engine, too, where detail shows.
    rendered = (*PICTURES, Kind.WEB, Kind.MOBILE, Kind.ANDROID)
    makes = {Render: rendered, Prove: DISPLAYED, Usdz: (Kind.IOS,)}.get(type(step))
    return step if makes is None or any(kind in kinds for kind in makes) else None


def tools_of(bench: Bench) -> Tools:
    """What `bench` names, else what is found here. Without a Chromium there are no posters and no proofs."""
    chromium = find_chromium(str(bench.chromium) if bench.chromium else None)
    return Tools(
        engine=Engine(node=bench.node or WHEEL_NODE),
        studio=None if chromium is None else Studio(chromium=chromium),
        converter=find_converter(bench.converter),
    )


def versions(tools: Tools) -> dict[str, str]:
    """Name to version of everything that a variant's bytes or its proof depend on."""
    return {
        "vitrine": __version__,
        **{name: version(name) for name in ("usd-core", "pillow", "numpy", "scipy")},
        "chromium": "none" if tools.studio is None else tools.studio.version(),
        "bpy": "none" if tools.converter is None else version_of(tools.converter),
        **tools.engine.versions(),
    }
