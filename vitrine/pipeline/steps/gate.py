"""The gate: nothing goes further that could hurt a later step or that no viewer could show."""

from dataclasses import dataclass
from typing import ClassVar

from vitrine.pipeline.checks import check_all
from vitrine.pipeline.gltf import open_gltf
from vitrine.pipeline.limits import MODEL, ModelLimits
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.verdicts import judge
from vitrine.pipeline.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Our checks on the JSON first, then Khronos gltf-validator. A USDZ that stays one goes by:
    its own step checks it.
    """

    name: ClassVar[str] = "gate"
    model: ModelLimits = MODEL

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.is_handed_on:
            return work
        parcel = work.gltf
        tools.note(0.1)
        with open_gltf(parcel.model, glb=parcel.is_glb, files=parcel.files, limits=self.model) as model:
            noticed = check_all(model, self.model)
        tools.note(0.4)
        report = tools.engine.inspect(parcel.order(), folder=work.folder)
        repaired = judge(report["issues"])
        return work.with_notices(*noticed, *repaired).with_detail(self.name, report)
