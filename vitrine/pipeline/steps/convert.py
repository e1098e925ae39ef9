"""From whatever glTF came to one plain core GLB that every later step reads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from vitrine.pipeline.limits import MODEL, ModelLimits
from vitrine.pipeline.placement import Placement
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.scale import doubts
from vitrine.pipeline.work import Facts, Notice, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Convert:
    """Decodes Draco, meshopt, quantization, Basis KTX2, WebP and AVIF. Fills `facts` and `plain`.

    With a `placement` the plain GLB stands otherwise than the source, and is the original for all that follows.
    """

    name: ClassVar[str] = "convert"
    model: ModelLimits = MODEL
    placement: Placement | None = None

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.is_handed_on:
            return work
        target = work.folder / "plain.glb"
        limits = {"image_px": self.model.image_px, "drawn_elements": self.model.drawn_elements}
        order = {**work.gltf.order(), "target": str(target), "limits": limits}
        if self.placement is not None:
            order["placement"] = self.placement.order()
        report = tools.engine.convert(order, folder=work.folder, note=tools.note)
        notices = [Notice(code=one["code"], detail=one["detail"]) for one in report["notices"]]
        facts = _facts(report["facts"])
        converted = replace(work, plain=target, facts=facts, placed=self.placement is not None)
        return converted.with_notices(*notices, *doubts(facts.dimensions_m)).with_detail(self.name, report)


def _facts(found: Mapping[str, Any]) -> Facts:
    lists = {name: found[name] for name in ("dimensions_m", "base_m", "extensions")}
    return Facts(
        **{**found, **{name: None if value is None else tuple(value) for name, value in lists.items()}}
    )
