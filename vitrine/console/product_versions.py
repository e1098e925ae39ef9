"""A product's versions for people: where each came from, what changed with it, and what may be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from vitrine.catalog.files import url_to_read
from vitrine.catalog.models import AssetVersion, Product
from vitrine.console.product_report import placement_words
from vitrine.console.product_size import side_words
from vitrine.console.sizes import size_words
from vitrine.pipeline.work import Kind
from vitrine.processing.models import Job


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise than in the version of the same sort before."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One version. `differences` compares with version `since`, None for the first of its sort."""

    version: AssetVersion
    by: str
    origin: str
    wishes: Sequence[str]
    since: int | None
    differences: Sequence[Difference]
    shown: bool
    back: bool
    file: str

    @classmethod
    def of(
        cls, version: AssetVersion, job: Job | None, before: AssetVersion | None, product: Product
    ) -> Self:
        """`before` is the one of the same sort before it."""
        published = product.published_version
        return cls(
            version=version,
            by=job.created_by.get_username() if job and job.created_by else "",
            origin=_origin(version),
            wishes=list(wish_words(job.options)) if job and version.optimized else [],
            since=before.number if before else None,
            differences=_differences(_facts(before), _facts(version)) if before else [],
            shown=product.published_version_id == version.pk,
            back=published is not None and version.number < published.number,
            file=url_to_read(version.key, "", public=False),
        )

    @property
    def size(self) -> str:
        return size_words(self.version.size)


def rows_of(product: Product, versions: Sequence[AssetVersion], jobs: Sequence[Job]) -> list[Row]:
    """Newest first, as `versions` and `jobs` are."""
    made = {job.made_version_id: job for job in jobs if job.made_version_id}
    first = {job.version_id: job for job in jobs}  # the oldest goes in last
    rows = []
    for at, version in enumerate(versions):
        older = (one for one in versions[at + 1 :] if one.optimized == version.optimized)
        job = made.get(version.pk) if version.optimized else first.get(version.pk)
        rows.append(Row.of(version, job, next(older, None), product))
    return rows


def wish_words(options: Mapping[str, Any]) -> Sequence[str]:
    """What was asked of a job, in words."""
    said = []
    if limit := options.get("max_bytes"):
        said.append(_("made to fit %(size)s") % {"size": size_words(limit)})
    if limit := options.get("max_triangles"):
        said.append(_("at most %(count)s triangles") % {"count": number_format(limit, force_grouping=True)})
    if limit := options.get("max_texture_px"):
        said.append(_("textures of at most %(side)s px") % {"side": limit})
    if not said and options.get("quality"):
        said.append(_("looks like the upload to an SSIM of %(ssim)s") % {"ssim": options["quality"]})
    if options.get("units") or options.get("up_axis"):
        told = {"units": options.get("units", "–"), "axis": str(options.get("up_axis", "–")).upper()}
        said.append(_("read in %(units)s, %(axis)s up") % told)
    if placed := placement_words(options.get("placement") or {}):
        said.append(placed)
    return said


def _origin(version: AssetVersion) -> str:
    if version.optimized and version.made_from:
        return _("Made from version %(number)s") % {"number": version.made_from.number}
    return _("Sent as %(format)s") % {"format": version.source_format.upper()}


def _facts(version: AssetVersion) -> dict[str, str]:
    variants = {one.kind: one for one in version.variants.all()}
    phone, source = variants.get(Kind.MOBILE) or variants.get(Kind.WEB), version.report.get("source", {})
    facts = {
        _("Size"): " × ".join(side_words(side) for side in version.dimensions_m or []),
        _("Kinds of files"): ", ".join(kind for kind in Kind if kind in variants),
    }
    if not version.optimized:
        facts |= {
            _("File"): f"{version.format.upper()}, {size_words(version.size)}",
            _("Triangles"): _count(source.get("triangles")),
            _("Materials"): _count(source.get("materials")),
            _("Textures"): _count(source.get("textures")),
        }
        facts.pop(_("Kinds of files"))
    elif phone is not None:
        facts |= {
            _("On a phone"): size_words(phone.size),
            _("On a desktop"): size_words(variants[Kind.WEB].size) if Kind.WEB in variants else "",
            _("Triangles on a phone"): _count(phone.triangles),
            _("Likeness (SSIM)"): number_format(phone.proof["ssim"], 3) if phone.proof else "",
        }
    return facts


def _count(value: int | None) -> str:
    return "" if value is None else number_format(value, force_grouping=True)


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(what, before.get(what) or "–", value or "–")
        for what, value in after.items()
        if before.get(what, "") != value
    ]
