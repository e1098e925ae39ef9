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
from vitrine.pipeline.work import Format, Kind, Made, Notice, Work

POSTER = ViewSpec(name="poster", shadow=True)
NO_POSTER = Notice(
    "no-poster",
    "No browser was found, so there is no poster and no thumbnail. Install Chromium and optimize again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """Makes `poster` and `thumbnail` of the original: WebP, square, with a transparent background.

    `quality` is WebP's, 0 to 100; `view` the first frame that a person chose. The original stands before the camera
    anyway, so the pictures that the proof needs of it are taken too, and it is found out how much each texture's detail
    shows.
    """

    name: ClassVar[str] = "poster"
    thumbnail_px: int = 320
    quality: int = 82
    view: First | None = None

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.is_handed_on:
            return work
        if tools.studio is None:
            return work.with_notices(NO_POSTER)

        def pose(session: Session) -> tuple[Image.Image, Softness | None, dict[str, float | int]]:
            model = session.open(original_of(work))
            poster = session.shoot(replace(POSTER, scene=self.view.scene() if self.view else None)).image()
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
            return poster, softness, session.used()

        poster, softness, used = tools.studio.run(pose)
        small = poster.resize(
            (self.thumbnail_px, self.thumbnail_px), Image.Resampling.LANCZOS, reducing_gap=3
        )
        work = work.with_detail(self.name, used)
        if softness is not None:
            work = work.with_detail("softness", asdict(softness))
        return work.with_variants(
            self._kept(Kind.POSTER, poster, work.folder), self._kept(Kind.THUMBNAIL, small, work.folder)
        )

    def _kept(self, kind: Kind, image: Image.Image, folder: Path) -> Made:
        path = folder / f"{kind}.webp"
        image.save(path, "WEBP", quality=self.quality)
        return Made(kind=kind, path=path, format=Format.WEBP, width_px=image.width, height_px=image.height)
