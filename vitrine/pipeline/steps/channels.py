"""The verdicts: whether each place that takes 3D models would take this one, and which file it should get."""

from dataclasses import dataclass
from typing import ClassVar

from vitrine.pipeline.channels import CHANNELS
from vitrine.pipeline.judging import judge
from vitrine.pipeline.measure import measure_made, measure_original
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Measures the finished files; makes nothing. Of an upload that is shown as it came, only that is judged."""

    name: ClassVar[str] = "channels"

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.facts is None:
            return work
        kinds = {channel.kind for channel in CHANNELS}
        ours = {kind: measure_made(made, work.facts) for kind, made in work.variants.items() if kind in kinds}
        return work.with_detail(self.name, judge(measure_original(work), ours))
