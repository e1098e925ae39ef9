"""The `ios` variant, and the check of uploads that are USDZ already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vitrine.errors import ModelRejected
from vitrine.pipeline.limits import ARCHIVE, MODEL
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.scale import doubts
from vitrine.pipeline.usdz import child
from vitrine.pipeline.work import Facts, Format, Kind, Made, Notice, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Usdz:
    """Makes `ios` out of `android`, or of the plain GLB where none was tried. A USDZ is that already.

    `max_texture_px`: larger textures are resized. `max_triangles`: above it there is a notice.
    """

    max_texture_px: int = 2048
    max_triangles: int = 100_000
    name: str = "usdz"

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.source_format is Format.USDZ and not work.placed:
            return _handed_on(work)
        source = _source(work)
        if source is None:
            return work
        target = work.folder / "ios.usdz"
        order = {
            "command": "make",
            "source": str(source.resolve()),
            "target": str(target.resolve()),
            "max_texture_px": self.max_texture_px,
            "max_triangles": self.max_triangles,
        }
        report = child.run(order, folder=work.folder, note=tools.note)
        facts = report["facts"]
        made = Made(
            kind=Kind.IOS,
            path=target,
            format=Format.USDZ,
            triangles=facts["triangles"],
            textures=facts["textures"],
            texture_max_px=facts["texture_max_px"],
        )
        detail = {**report["fidelity"], "compared": report["compared"], "child": report["child"]}
        work = work.with_variants(made).with_detail(self.name, detail)
        return work.with_notices(*_notices(report["notices"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUsdz:
    """Refuses a USDZ that Quick Look would not open, and finds the facts of one that it would."""

    files: int = ARCHIVE.files
    image_side_px: int = MODEL.image_side_px
    image_px: int = MODEL.image_px
    triangles: int = MODEL.drawn_elements // 3
    name: str = "check"

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.source_format is not Format.USDZ:
            return work
        order = {
            "command": "inspect",
            "source": str(work.source.resolve()),
            "files": self.files,
            "image_side_px": self.image_side_px,
            "image_px": self.image_px,
            "triangles": self.triangles,
        }
        try:
            report = child.run(order, folder=work.folder, note=tools.note)
        except child.ChildDied as death:
            raise ModelRejected(
                "OpenUSD did not survive reading this file, or took longer or more memory than we allow. "
                f"Export it again. ({death.detail})"
            ) from death
        facts = _facts(report["facts"])
        work = replace(work, facts=facts)
        work = work.with_notices(*_notices(report["notices"]), *doubts(facts.dimensions_m))
        return work.with_detail(self.name, {"child": report["child"]})


def _handed_on(work: Work) -> Work:
    """A USDZ that became other variants too is the `ios` variant as it came; alone it is nothing new."""
    facts = work.facts
    if work.plain is None or facts is None:
        return work
    return work.with_variants(
        Made(
            kind=Kind.IOS,
            path=work.source,
            format=Format.USDZ,
            triangles=facts.triangles,
            textures=facts.textures,
            texture_max_px=facts.texture_max_px,
        )
    )


def _source(work: Work) -> Path | None:
    """None where an `android` was tried and left out: Quick Look takes no more than Scene Viewer does."""
    android = work.variants.get(Kind.ANDROID)
    if android is not None:
        return android.path
    return None if Kind.ANDROID in work.tries else work.plain


def _facts(found: Mapping[str, Any]) -> Facts:
    x, y, z = found["dimensions_m"]
    return Facts(**{**found, "dimensions_m": (x, y, z)})


def _notices(said: Iterable[Mapping[str, str]]) -> list[Notice]:
    return [Notice(one["code"], one["detail"]) for one in said]
