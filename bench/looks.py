"""How files look beside the original: the pipeline's own comparison, and silhouettes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.figures import Looks
from vitrine.pipeline.likeness import Rgba
from vitrine.pipeline.steps.prove import Comparison, Likeness
from vitrine.pipeline.studio import ModelUnreadable, Session
from vitrine.pipeline.studio.reference import SIDES, reference_of
from vitrine.pipeline.work import Format, Kind, Made, Proof, Work

_OPAQUE = 127


def looks_of(file: Path, *, work: Work, session: Session) -> Looks | None:
    """Any file beside the work's original; None where the viewer cannot show it."""
    made = Made(kind=Kind.WEB, path=file, format=Format.GLB)
    try:
        found = Comparison(work=work, variants=(made,), note=lambda _: None)(session)
    except ModelUnreadable:
        return None
    return _of(found.likeness[Kind.WEB])


def _of(likeness: Likeness) -> Looks:
    values = [view.ssim for view in likeness.views]
    return Looks(ssim=sum(values) / len(values), worst_ssim=min(values), flip=likeness.flip)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photographs:
    """A job for the studio: the looks of each file, and the preview's overlap (None without a preview)."""

    work: Work
    files: tuple[Path, ...]

    def __call__(self, session: Session) -> tuple[dict[Path, Looks | None], float | None]:
        looks = {file: looks_of(file, work=self.work, session=session) for file in self.files}
        preview = self.work.variants.get(Kind.PREVIEW)
        if preview is None:
            return looks, None
        return looks, overlap_of(preview.path, work=self.work, session=session)


def proven(proof: Proof | None) -> Looks | None:
    """What a variant of ours already knows of itself."""
    if proof is None:
        return None
    return Looks(ssim=proof.ssim, worst_ssim=proof.worst_ssim, flip=proof.flip)


def overlap_of(file: Path, *, work: Work, session: Session) -> float:
    """The lowest overlap of the file's silhouettes and the original's, from the four sides."""
    reference = reference_of(work, session=session)
    sides = {name for name, _ in SIDES}
    session.open(file)
    return min(
        overlap(reference.picture(view), session.shoot(view).rgba())
        for view in reference.views
        if view.name in sides
    )


def overlap(one: Rgba, other: Rgba) -> float:
    """Intersection over union of two silhouettes; 1.0 when both pictures are empty."""
    first, second = one[..., 3] > _OPAQUE, other[..., 3] > _OPAQUE
    union = int(np.count_nonzero(first | second))
    return int(np.count_nonzero(first & second)) / union if union else 1.0
