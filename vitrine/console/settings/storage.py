"""/settings/storage: what the files take, by kind and by product. /settings/retention: how long things are kept."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.console.settings.words import KINDS
from vitrine.privacy.rule import Text
from vitrine.privacy.rules import RULES
from vitrine.privacy.words import how_long
from vitrine.processing.models import Upload

_GB = 1_000_000_000
_LARGEST = 20
_ORIGINAL, _SWEPT, _INCOMING = "original", "swept", "incoming"
_NAMES: dict[str, Promise] = {
    _ORIGINAL: _("Originals, as they were sent"),
    **KINDS,
    _SWEPT: _("Of deleted products, waiting to be swept"),
    _INCOMING: _("Uploads under way"),
}

_FILES = """
    SELECT product_id, kind, key, max(size) AS size FROM (
        SELECT product_id, 'original' AS kind, key, size FROM catalog_assetversion WHERE NOT optimized
        UNION ALL
        SELECT v.product_id, a.kind, a.key, a.size FROM catalog_variant a
        JOIN catalog_assetversion v ON v.id = a.version_id
    ) files GROUP BY product_id, kind, key
"""
"""A file that several versions share is one file."""
_BY_KIND = f"""
    SELECT CASE WHEN p.deleted_at IS NULL THEN f.kind ELSE 'swept' END AS kind, count(*), sum(f.size)::bigint
    FROM ({_FILES}) f JOIN catalog_product p ON p.id = f.product_id GROUP BY 1
"""  # noqa: S608  # nothing in it comes from outside
_BY_PRODUCT = f"""
    SELECT p.id, p.name, count(*), sum(f.size)::bigint,
           coalesce(sum(f.size) FILTER (WHERE f.kind = 'original'), 0)::bigint
    FROM ({_FILES}) f JOIN catalog_product p ON p.id = f.product_id
    WHERE p.deleted_at IS NULL GROUP BY p.id, p.name ORDER BY 4 DESC, p.id LIMIT %s
"""  # noqa: S608  # the same


@dataclass(frozen=True, slots=True)
class Share:
    """`part` is its share of all, in hundredths; `cost` a month, None without a price."""

    name: str
    count: int
    size: int
    part: int
    cost: Decimal | None
    id: str = ""
    originals: int = 0


@dataclass(frozen=True, slots=True)
class Used:
    size: int
    cost: Decimal | None
    kinds: list[Share]
    products: list[Share]

    @classmethod
    def now(cls) -> Self:
        kinds = {kind: (count, size) for kind, count, size in _rows(_BY_KIND)}
        incoming = Upload.objects.aggregate(size=Sum("size"))["size"] or 0
        if incoming:
            kinds[_INCOMING] = (Upload.objects.exclude(size=None).count(), incoming)
        whole = sum(size for _count, size in kinds.values())
        by_kind = [_share(str(words), *kinds[kind], whole) for kind, words in _NAMES.items() if kind in kinds]
        by_product = [
            Share(name, count, size, _part(size, whole), cost_of(size), str(pk), originals)
            for pk, name, count, size, originals in _rows(_BY_PRODUCT, _LARGEST)
        ]
        return cls(whole, cost_of(whole), by_kind, by_product)


@require_safe
@never_cache
@guarded
def storage(request: HttpRequest) -> HttpResponse:
    price, currency = settings.STORAGE_PRICE or (None, "")
    words = None if price is None else number_format(price.normalize())
    shown = {"used": Used.now(), "price": words, "currency": currency, "days": settings.DELETED_DAYS}
    return render(request, "console/settings/storage.html", shown)


@require_safe
@never_cache
@guarded
def retention(request: HttpRequest) -> HttpResponse:
    return render(request, "console/settings/retention.html", {"rules": rules()})


def rules() -> list[tuple[Text, str, str]]:
    """What, for how long, and by which variable it is changed: the list that the sweep itself goes by."""
    return [(rule.what, how_long(rule), rule.variable) for rule in RULES]


def cost_of(size: int) -> Decimal | None:
    return None if settings.STORAGE_PRICE is None else Decimal(size) / _GB * settings.STORAGE_PRICE[0]


def _share(name: str, count: int, size: int, whole: int) -> Share:
    return Share(name, count, size, _part(size, whole), cost_of(size))


def _part(size: int, whole: int) -> int:
    return round(100 * size / whole) if whole else 0


def _rows(query: str, *given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
