"""The variants: one Node process reads the plain model once and writes all of them."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vitrine.pipeline.looks import DEFAULT_BOUND, Bound, Try, aimed, first_wish, next_wish, used
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.work import Format, Kind, Made, Notice, Wish, Work

CHOSEN = (Kind.WEB, Kind.MOBILE, Kind.ANDROID)
KINDS = (Kind.PREVIEW, *CHOSEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a variant must fit into whatever that costs in looks: bytes, triangles, px of a texture's longer side."""

    max_bytes: int | None = None
    max_triangles: int | None = None
    max_px: int | None = None

    @property
    def any(self) -> bool:
        return any(value is not None for value in asdict(self).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimize:
    """Effort 0 makes all variants. The next ones make those anew that fell short of their proof, with more care, and
    those that have room to spare, with less: what passed stays in `spare` until the smaller one is proven.

    `bound` is what `web` must reach.
    """

    effort: int = 0
    bound: Bound = DEFAULT_BOUND
    limits: Limits = Limits()
    kinds: tuple[Kind, ...] = KINDS

    @property
    def name(self) -> str:
        return "optimize" if self.effort == 0 else f"optimize-{self.effort}"

    def __call__(self, work: Work, tools: Tools) -> Work:
        wishes = self._wishes(work)
        if work.plain is None or not (wishes or self._makes_preview):
            return work
        # A name that no earlier child could have prepared.
        folder = Path(tempfile.mkdtemp(dir=work.folder, prefix=f"variants-{self.effort}-"))
        report = tools.engine.optimize(self._order(work, wishes, folder), folder=folder, note=tools.note)
        made = [
            _made(Kind(kind), found, wishes.get(Kind(kind))) for kind, found in report["variants"].items()
        ]
        notices = [Notice(code=one["code"], detail=one["detail"]) for one in report["notices"]]
        work = replace(work, study=work.study or folder / "study.json", spare=_passed(work, wishes))
        work = work.with_variants(*made).without_notices_of(wishes).with_notices(*notices)
        return work.with_detail(self.name, _without_paths(report))

    @property
    def _makes_preview(self) -> bool:
        return self.effort == 0 and Kind.PREVIEW in self.kinds

    def _wishes(self, work: Work) -> dict[Kind, Wish]:
        if self.effort == 0:
            return {kind: first_wish(kind) for kind in CHOSEN if kind in self.kinds}
        found = {kind: self._next(kind, work.tries.get(kind, ())) for kind in CHOSEN if kind in self.kinds}
        return {kind: wish for kind, wish in found.items() if wish is not None}

    def _next(self, kind: Kind, proven: tuple[Made, ...]) -> Wish | None:
        tries = [one for made in proven if (one := self._told(made)) is not None]
        if not tries:
            return None
        if kind is Kind.MOBILE:
            if any(one.passed and one.part > 1 for one in tries):
                return None  # its bound is wider than its aim: see `looks`
            if self.effort == 1 and not tries[-1].passed:
                return tries[
                    -1
                ].wish  # its textures were too small; from the second effort on they may be larger
        return next_wish(tries, effort=self.effort)

    def _told(self, made: Made) -> Try | None:
        """What came of one; None where nothing was asked of it."""
        loss, proof = aimed(made.kind, self.bound), made.proof
        if loss is None or made.wish is None or proof is None or proof.bound is None:
            return None
        return Try(
            wish=made.wish,
            part=used(proof, loss),
            forecast=made.forecast,
            tempting_bytes=made.tempting_bytes,
            size=made.path.stat().st_size,
            passed=proof.passed,
        )

    def _order(self, work: Work, wishes: Mapping[Kind, Wish], folder: Path) -> dict[str, Any]:
        asked: dict[str, Any] = {str(kind): self._asked(kind, wish) for kind, wish in wishes.items()}
        if self._makes_preview:
            asked[str(Kind.PREVIEW)] = {}
        return {
            "source": str(work.plain),
            "original": {"path": str(work.source), "displayable": _displayable(work)},
            "wishes": asked,
            "effort": self.effort,
            "softness": work.details.get("softness"),
            "study": None if work.study is None else str(work.study),
            "folder": str(folder),
            "reads": [str(path) for path in (work.plain, work.source, work.study) if path is not None],
        }

    def _asked(self, kind: Kind, wish: Wish) -> dict[str, Any]:
        loss = aimed(kind, self.bound)
        assert loss is not None
        given = {name: value for name, value in asdict(self.limits).items() if value is not None}
        return {**asdict(wish), "mean_loss": loss.mean, "worst_loss": loss.worst, **given}


def _passed(work: Work, wishes: Mapping[Kind, Wish]) -> dict[Kind, Made]:
    """What is about to be replaced although it passed."""
    before = {kind: work.variants[kind] for kind in wishes if kind in work.variants}
    return {kind: made for kind, made in before.items() if made.proof is not None and made.proof.passed}


def _without_paths(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report as it is kept: a scratch folder's name means nothing later."""
    variants = {
        kind: {name: value for name, value in found.items() if name != "path"}
        for kind, found in report["variants"].items()
    }
    return {**report, "variants": variants}


def _displayable(work: Work) -> bool:
    """Can the upload itself be shown? three.js has dropped specular-glossiness; all else of ours it reads. One that was
    put otherwise since is no longer what is to be shown."""
    extensions = work.facts.extensions if work.facts else ()
    glb = work.source_format is Format.GLB and not work.placed
    return glb and "KHR_materials_pbrSpecularGlossiness" not in extensions


def _made(kind: Kind, found: Mapping[str, Any], wish: Wish | None) -> Made:
    return Made(
        kind=kind,
        path=Path(found["path"]),
        format=Format.GLB,
        triangles=found["triangles"],
        textures=found["textures"],
        texture_max_px=found["texture_max_px"],
        wish=wish,
        forecast=0.0 if wish is None else found["pressure"] * wish.budget,
        tempting_bytes=0 if wish is None else found["tempting_bytes"],
    )
