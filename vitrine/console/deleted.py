"""/products/deleted: what was deleted and can still be brought back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.catalog import files, publishing
from vitrine.catalog.deleted import restorable, restorable_until
from vitrine.catalog.models import Product, Variant
from vitrine.console.settings.slices import Slice
from vitrine.pipeline.work import Kind
from vitrine.privacy.words import span
from vitrine.storage.blobs import BlobMissing, Key

TEXTS: Mapping[str, Any] = {
    "picked": {"one": _("{count} selected"), "other": _("{count} selected")},
    "count": {"one": _("{count} product"), "other": _("{count} products")},
    "restoreMany": {"one": _("Restore {count} product"), "other": _("Restore {count} products")},
    "restoredOne": _("“{name}” is back"),
    "restored": {"one": _("{count} product is back"), "other": _("{count} products are back")},
    "refused": {"one": _("{count} was refused"), "other": _("{count} were refused")},
}
"""For the page's script; see `library.TEXTS`."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A deleted product. `by` is None when nobody is known, empty for somebody who was erased."""

    product: Product
    by: str | None
    until: datetime

    @classmethod
    def of(cls, product: Product) -> "Removed":
        return cls(product, getattr(product, "deleted_by", None), restorable_until(product))

    @property
    def left(self) -> str:
        """For how long it can still be brought back."""
        return span(self.until - timezone.now())

    @property
    def nearly_gone(self) -> bool:
        return self.until - timezone.now() < publishing.kept_for() / 4

    @property
    def thumbnail(self) -> Variant | None:
        return thumbnail_of(self.product)


@require_safe
@never_cache
@guarded
def deleted(request: HttpRequest) -> HttpResponse:
    page = Slice.of(restorable(), request.GET.get("cursor", ""), by="deleted_at")
    shown = {"removed": [Removed.of(one) for one in page.rows], "next": page.next, "texts": TEXTS}
    told = {"kept": span(publishing.kept_for()), "count": restorable().count()}
    return render(request, "console/deleted.html", {**shown, **told})


@require_safe
@never_cache
@guarded
def poster(request: HttpRequest, product_id: UUID) -> HttpResponseBase:
    """Its picture, for this page only: no file of a deleted product has an address of its own any more."""
    picture = thumbnail_of(get_object_or_404(restorable(), pk=product_id))
    if picture is None:
        raise Http404
    try:
        pieces = files.store().open(Key(picture.key))
    except BlobMissing as error:
        raise Http404 from error
    return StreamingHttpResponse(pieces, headers={"Content-Type": "image/webp"})


def thumbnail_of(product: Product) -> Variant | None:
    version = product.shown_when_removed or product.newest_version
    variants = {one.kind: one for one in version.variants.all()} if version else {}
    return variants.get(Kind.THUMBNAIL) or variants.get(Kind.POSTER)
