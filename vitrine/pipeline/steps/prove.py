"""The proof: each displayed variant beside the original, in the browser that shoppers use."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from vitrine.errors import ProofTooLow
from vitrine.pipeline.likeness import Rgba, flip, ssim
from vitrine.pipeline.looks import DEFAULT_BOUND, Bound, allowed, fills_its_channel
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.studio.reference import Reference, original_of, reference_of
from vitrine.pipeline.studio.session import Session
from vitrine.pipeline.work import Kind, Made, Notice, Proof, View, Work

DIGITS = 5
DISPLAYED = (Kind.WEB, Kind.MOBILE, Kind.ANDROID, Kind.PREVIEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike a file looks: SSIM of each view, FLIP of the one with the lowest."""

    views: tuple[View, ...]
    flip: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prove:
    """Fills in the proof of every displayed variant that has none; with `final`, refuses one under its bound.

    `bound` is what `web` must reach; `looks.allowed` tells the rest. None: somebody asked for a number of bytes, and
    whatever looks fit into it are told.
    """

    name: ClassVar[str] = "proof"
    bound: Bound | None = DEFAULT_BOUND
    final: bool = False

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.is_handed_on:
            return work
        unproven = [
            work.variants[kind]
            for kind in DISPLAYED
            if kind in work.variants and work.variants[kind].proof is None
        ]
        if unproven and tools.studio is None:
            return work if NOT_PROVEN in work.notices else work.with_notices(NOT_PROVEN)
        if unproven and tools.studio is not None:
            comparison = Comparison(work=work, variants=tuple(unproven), note=tools.note)
            found = tools.studio.run(comparison)
            proven = [self._proven(made, found.likeness[made.kind]) for made in unproven]
            account = {**found.account, "tried": {str(made.kind): _told(made.proof) for made in proven}}
            work = work.with_detail(self.name, [*work.details.get(self.name, []), account])
            work = _settled(work.with_variants(*proven).with_tries(*proven))
        return _insisted(work) if self.final else work

    def _proven(self, made: Made, likeness: Likeness) -> Made:
        mean, worst = self._bounds(made)
        values = [one.ssim for one in likeness.views]
        proof = Proof(
            ssim=round(sum(values) / len(values), DIGITS),
            worst_ssim=min(values),
            flip=likeness.flip,
            bound=mean,
            worst_bound=worst,
            views=likeness.views,
        )
        return replace(made, proof=proof)

    def _bounds(self, made: Made) -> tuple[float, float] | tuple[None, None]:
        """What the mean and the worst view must reach."""
        full = fills_its_channel(made)
        loss = None if self.bound is None else allowed(made.kind, self.bound, full=full)
        return (None, None) if loss is None else (round(1 - loss.mean, DIGITS), round(1 - loss.worst, DIGITS))


def _told(proof: Proof | None) -> dict[str, float]:
    """Of each try, those that fell short too: the likeness of its views."""
    return {} if proof is None else {view.name: view.ssim for view in proof.views}


def _settled(work: Work) -> Work:
    """A smaller variant that was tried and did not pass gives way to the one that did."""
    better = [
        spare
        for kind, spare in work.spare.items()
        if (tried := work.variants[kind]).proof is not None
        and (not tried.proof.passed or tried.path.stat().st_size >= spare.path.stat().st_size)
    ]
    return replace(work.with_variants(*better), spare={})


NOT_PROVEN = Notice(
    "not-proven",
    "No browser was found, so it was not measured how much the variants look like the original. "
    "Install Chromium and optimize again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a comparison found, and what the report says of it."""

    likeness: dict[Kind, Likeness]
    account: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A job for the studio: the views of each variant beside the original's. No bytes are rendered twice."""

    work: Work
    variants: tuple[Made, ...]
    note: Callable[[float], None]

    def __call__(self, session: Session) -> Found:
        reference = reference_of(self.work, session=session, note=lambda part: self.note(part * 0.3))
        itself = Likeness(views=tuple(View(name=one.name, ssim=1.0) for one in reference.views), flip=0.0)
        alike = {_digest(original_of(self.work)): itself}
        for made in self.work.variants.values():
            if made.proof is not None:
                alike[_digest(made.path)] = Likeness(views=made.proof.views, flip=made.proof.flip)
        digests = {made.kind: _digest(made.path) for made in self.variants}
        for number, made in enumerate(self.variants):
            if digests[made.kind] not in alike:
                alike[digests[made.kind]] = self._beside(reference, made, number=number, session=session)
        account = {"renderer": session.renderer, **session.used()}
        return Found(likeness={kind: alike[digest] for kind, digest in digests.items()}, account=account)

    def _beside(self, reference: Reference, made: Made, *, number: int, session: Session) -> Likeness:
        session.open(made.path)
        views: list[View] = []
        worst: tuple[float, Rgba, Rgba] | None = None
        for index, view in enumerate(reference.views):
            self.note(0.3 + 0.7 * (number + index / len(reference.views)) / len(self.variants))
            original, other = reference.picture(view), session.shoot(view).rgba()
            found = ssim(original, other)
            if worst is None or found < worst[0]:
                worst = found, original, other
            views.append(View(name=view.name, ssim=round(found, DIGITS)))
        seen = 0.0 if worst is None else flip(*worst[1:])
        return Likeness(views=tuple(views), flip=round(seen, DIGITS))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _insisted(work: Work) -> Work:
    """Without an `android` that takes all that its channel takes, and is still too little; else ProofTooLow."""
    for kind, made in work.variants.items():
        proof = made.proof
        if proof is None or proof.passed:
            continue
        if fills_its_channel(made):
            rest = {one: made for one, made in work.variants.items() if one is not kind}
            work = replace(work, variants=rest).with_notices(_left_out(proof))
        else:
            worst = min(proof.views, key=lambda one: one.ssim)
            raise ProofTooLow(
                f"The variant {made.kind} looks too little like the original: SSIM {proof.ssim:.4f} in the "
                f"mean (at least {proof.bound}) and {proof.worst_ssim:.4f} in its worst view, {worst.name!r} "
                f"(at least {proof.worst_bound}). Nothing was published. Optimize again with less compression, "
                "or with a lower bound if this is good enough."
            )
    return work


def _left_out(proof: Proof) -> Notice:
    return Notice(
        "android-left-out",
        "Scene Viewer and Quick Look take about 100,000 triangles and 10 MB, and with so few this model looks too "
        f"little like itself: SSIM {proof.ssim:.4f} in the mean (at least {proof.bound}). The files for the two were "
        "left out; phones with WebXR show the web file in AR. Upload a model with fewer triangles to serve the others.",
    )
