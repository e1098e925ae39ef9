"""The poster: the viewer's first frame as an image, so that something is there before anything else."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import ClassVar

from PIL import Image

from vitrine.pipeline.first import First
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.studio import Session, ViewSpec
from vitrine.pipeline.studio.reference import original_of, photograph
from vitrine.pipeline.studio.softness import Softness, softness_of
from vitrine.pipeline.studio.turntable import turntable
from vitrine.pipeline.work import Format, Kind, Made, Notice, Work

POSTER = ViewSpec(name="poster", shadow=True)
_SOFT_EDGES = 60  # of 100: a third of a turntable's bytes would be its shadows' alpha
NO_POSTER = Notice(
    "no-poster",
    "No browser was found, so there is no poster and no thumbnail. Install Chromium and optimize again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """Makes `poster`, `thumbnail` and `turntable` of the original: WebP, of squares, with a transparent background.

    `quality` is WebP's, 0 to 100; the `turntable_qualities` are tried until it is under `turntable_bytes`; `view` is
    the first frame that a person chose. The original stands before the camera anyway, so the pictures that the proof
    needs of it are taken too, and it is found out how much each texture's detail shows.
    """

    name: ClassVar[str] = "poster"
    thumbnail_px: int = 320
    quality: int = 82
    turntable_px: int = 256
    turntable_bytes: int = 80_000
    turntable_qualities: tuple[int, ...] = (75, 60, 45, 30)
    view: First | None = None

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.is_handed_on:
            return work
        if tools.studio is None:
            return work.with_notices(NO_POSTER)

        def pose(session: Session) -> tuple[list[Image.Image], Softness | None, dict[str, float | int]]:
            model = session.open(original_of(work))
            first = replace(POSTER, scene=self.view.scene() if self.view else None)
            pictures = [
                session.shoot(first).image(),
                turntable(session, first, side_px=self.turntable_px),
            ]
            reference = photograph(
                model, work=work, session=session, note=lambda part: tools.note(0.2 + 0.3 * part)
            )
            softness = None
            if work.plain is not None and work.facts is not None and work.facts.textures > 0:
                softness = softness_of(
                    work.plain,
                    reference,
                    triangles=work.facts.triangles,
                    session=session,
                    note=lambda part: tools.note(0.5 + 0.5 * part),
                )
            return pictures, softness, session.used()

        (poster, around), softness, used = tools.studio.run(pose)
        small = poster.resize(
            (self.thumbnail_px, self.thumbnail_px), Image.Resampling.LANCZOS, reducing_gap=3
        )
        work = work.with_detail(self.name, used)
        if softness is not None:
            work = work.with_detail("softness", asdict(softness))
        folder = work.folder
        return work.with_variants(
            _kept(Kind.POSTER, poster, folder, quality=self.quality),
            _kept(Kind.THUMBNAIL, small, folder, quality=self.quality),
            self._turning(around, folder),
        )

    def _turning(self, around: Image.Image, folder: Path) -> Made:
        """In the best quality that is small enough, else in the last."""
        for quality in self.turntable_qualities:
            made = _kept(Kind.TURNTABLE, around, folder, quality=quality, alpha_quality=_SOFT_EDGES)
            if made.path.stat().st_size <= self.turntable_bytes:
                break
        return made


def _kept(kind: Kind, image: Image.Image, folder: Path, *, quality: int, alpha_quality: int = 100) -> Made:
    path = folder / f"{kind}.webp"
    image.save(path, "WEBP", quality=quality, alpha_quality=alpha_quality)
    return Made(kind=kind, path=path, format=Format.WEBP, width_px=image.width, height_px=image.height)
