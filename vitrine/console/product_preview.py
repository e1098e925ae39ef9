"""/products/{id}/versions/{number}: one version in the viewer, beside what shoppers see, before it is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.catalog import queries
from vitrine.catalog.files import url_to_read
from vitrine.catalog.models import AssetVersion, Product
from vitrine.console.product_activity import jobs_of
from vitrine.console.product_report import Load, loads_of
from vitrine.console.product_size import side_words
from vitrine.console.product_versions import Row, rows_of
from vitrine.pipeline.work import Kind


@dataclass(frozen=True, slots=True)
class Line:
    """A file of both versions; `change` in percent, below zero where the new one is smaller."""

    words: str
    new: Load | None
    live: Load | None

    @property
    def change(self) -> int | None:
        if self.new is None or self.live is None or not self.live.bytes:
            return None
        return round(100 * (self.new.bytes / self.live.bytes - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`live` is what shoppers see, None where that is nothing, or this very version."""

    row: Row
    live: AssetVersion | None
    poster: str
    live_poster: str
    lines: Sequence[Line]
    dimensions: tuple[str, str]
    tag: str

    @classmethod
    def of(cls, product: Product, number: int) -> Self | None:
        versions = list(queries.versions(product))
        rows = rows_of(product, versions, jobs_of(product))
        row = next((one for one in rows if one.version.number == number), None)
        if row is None:
            return None
        live = next((one for one in versions if one.pk == product.published_version_id), None)
        live = None if row.shown else live
        return cls(
            row=row,
            live=live,
            poster=_poster(row.version),
            live_poster=_poster(live) if live else "",
            lines=_lines(row.version, live),
            dimensions=(_dimensions(row.version), _dimensions(live) if live else ""),
            tag=f'"{product.revision}-page"',
        )


@require_safe
@never_cache
@guarded
def preview(request: HttpRequest, product_id: UUID, number: int) -> HttpResponse:
    product = get_object_or_404(queries.products(include_unpublished=True), pk=product_id)
    seen = Preview.of(product, number)
    if seen is None:
        raise Http404(_("This product has no such version."))
    return render(request, "console/product/preview.html", {"product": product, "preview": seen})


def _lines(new: AssetVersion, live: AssetVersion | None) -> list[Line]:
    ours = {one.words: one for one in _made(new)}
    theirs = {one.words: one for one in _made(live)} if live else {}
    return [Line(words, ours.get(words), theirs.get(words)) for words in {**ours, **theirs}]


def _made(version: AssetVersion) -> Sequence[Load]:
    """Without the upload, which no shopper loads; but that is all there is to a version that was only sent."""
    loads = loads_of(version, {one.kind: one for one in version.variants.all()})
    return loads[1:] or loads


def _poster(version: AssetVersion) -> str:
    poster = next((one for one in version.variants.all() if one.kind == Kind.POSTER), None)
    return url_to_read(poster.key, "", public=False) if poster else ""


def _dimensions(version: AssetVersion) -> str:
    return " × ".join(side_words(side) for side in version.dimensions_m or [])
