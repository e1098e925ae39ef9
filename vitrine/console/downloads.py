"""What is taken home of the selected products: their original files, or a list for a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from vitrine.access.guard import guarded
from vitrine.catalog import queries
from vitrine.catalog.models import Product
from vitrine.catalog.originals import MOST_ORIGINALS, originals, zipped
from vitrine.errors import InvalidRequest

MOST_LISTED = 20_000
_AT_ONCE = 500
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_COLUMNS = ("name", "id", "status", "published", "tags", "format", "size", "created_at", "updated_at", "page")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_POST
@never_cache
@guarded
def download(request: HttpRequest) -> StreamingHttpResponse:
    """`what` is originals or list; `ids` are parted by spaces."""
    wants_originals = request.POST.get("what") == "originals"
    ids = [UUID(one) for one in _ID.findall(request.POST.get("ids", ""))]
    most = MOST_ORIGINALS if wants_originals else MOST_LISTED
    if not 1 <= len(ids) <= most:
        said = gettext("%(count)s products are selected; from 1 to %(most)s can be downloaded at once.")
        numbers = {"count": len(ids), "most": most}
        raise InvalidRequest(
            said % {name: number_format(one, force_grouping=True) for name, one in numbers.items()}
        )
    if wants_originals:
        return _file(zipped(originals(ids)), "originals.zip", "application/zip")
    base = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    return _file(_listed(ids, base), "products.csv", "text/csv; charset=utf-8")


def _file(pieces: Iterator[bytes], name: str, media_type: str) -> StreamingHttpResponse:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(pieces, content_type=media_type, headers=named)


def _listed(ids: Sequence[UUID], base: str) -> Iterator[bytes]:
    yield "\ufeff".encode()  # so that spreadsheets read it as UTF-8
    yield _lines([_COLUMNS])
    for first in range(0, len(ids), _AT_ONCE):
        found = queries.products(include_unpublished=True).filter(pk__in=ids[first : first + _AT_ONCE])
        plain = found.prefetch_related(None).select_related(None).order_by("name", "id")
        yield _lines([_row(product, base) for product in plain])


def _row(product: Product, base: str) -> tuple[object, ...]:
    return (
        _harmless(product.name),
        product.pk,
        product.status,
        "yes" if product.published else "no",
        _harmless(", ".join(product.tags)),
        product.shown_format,
        product.shown_size,
        product.created_at.isoformat(),
        product.updated_at.isoformat(),
        f"{base}/p/{product.pk}",
    )


def _harmless(text: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(rows: Sequence[Sequence[object]]) -> bytes:
    sheet = io.StringIO()
    csv.writer(sheet).writerows(rows)
    return sheet.getvalue().encode()
