"""The variants: one Node process reads the plain model once and writes all of them."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.work import Format, Kind, Made, Notice, Work

KINDS = (Kind.PREVIEW, Kind.MOBILE, Kind.WEB, Kind.ANDROID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimize:
    """`effort` 0 makes all variants; 1 and 2 make those anew whose proof fell short, with more care for looks."""

    effort: int = 0
    kinds: tuple[Kind, ...] = KINDS

    @property
    def name(self) -> str:
        return "optimize" if self.effort == 0 else f"optimize-{self.effort}"

    def __call__(self, work: Work, tools: Tools) -> Work:
        kinds = self._due(work)
        if work.plain is None or not kinds:
            return work
        # A name that no earlier child could have prepared.
        folder = Path(tempfile.mkdtemp(dir=work.folder, prefix=f"variants-{self.effort}-"))
        order = {
            "source": str(work.plain),
            "original": {"path": str(work.source), "displayable": _displayable(work)},
            "kinds": [str(kind) for kind in kinds],
            "effort": self.effort,
            "folder": str(folder),
            "reads": [str(work.plain), str(work.source)],
        }
        report = tools.engine.optimize(order, folder=folder, note=tools.note)
        made = [_made(Kind(kind), found) for kind, found in report["variants"].items()]
        notices = [Notice(code=one["code"], detail=one["detail"]) for one in report["notices"]]
        known = set(work.notices)
        fresh = [notice for notice in notices if notice not in known]
        return work.with_variants(*made).with_notices(*fresh).with_detail(self.name, _without_paths(report))

    def _due(self, work: Work) -> tuple[Kind, ...]:
        if self.effort == 0:
            return self.kinds
        return tuple(kind for kind in self.kinds if _fell_short(work.variants.get(kind)))


def _without_paths(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report as it is kept: a scratch folder's name means nothing later."""
    variants = {
        kind: {name: value for name, value in found.items() if name != "path"}
        for kind, found in report["variants"].items()
    }
    return {**report, "variants": variants}


def _displayable(work: Work) -> bool:
    """Can the upload itself be shown? three.js has dropped specular-glossiness; all else of ours it reads."""
    extensions = work.facts.extensions if work.facts else ()
    return work.source_format is Format.GLB and "KHR_materials_pbrSpecularGlossiness" not in extensions


def _fell_short(made: Made | None) -> bool:
    return made is not None and made.proof is not None and not made.proof.passed


def _made(kind: Kind, found: Mapping[str, Any]) -> Made:
    return Made(
        kind=kind,
        path=Path(found["path"]),
        format=Format.GLB,
        triangles=found["triangles"],
        textures=found["textures"],
        texture_max_px=found["texture_max_px"],
    )
