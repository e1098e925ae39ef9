"""Pages by cursor: cut by time and id, so that they stay the same while products arrive."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from django.db.models import Q, QuerySet

from vitrine.catalog.models import Product

PAGE_SIZE = 24

_CURSOR = re.compile(r"(?P<microseconds>[0-9]{1,17})\.(?P<id>[0-9a-f]{32})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `next_cursor` is empty on the last page."""

    products: list[Product]
    next_cursor: str

    @classmethod
    def of(cls, found: QuerySet[Product], cursor: str) -> Self:
        """The page after `cursor`; the first one for a cursor that is none of ours."""
        found = found.filter(_after(cursor)).order_by("-created_at", "-id")
        products = list(found[: PAGE_SIZE + 1])
        more = len(products) > PAGE_SIZE
        return cls(products[:PAGE_SIZE], cursor_of(products[PAGE_SIZE - 1]) if more else "")


def cursor_of(product: Product) -> str:
    return f"{(product.created_at - _EPOCH) // timedelta(microseconds=1)}.{product.pk.hex}"


def _after(cursor: str) -> Q:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        return Q()
    created_at = _EPOCH + timedelta(microseconds=int(match["microseconds"]))
    return Q(created_at__lt=created_at) | Q(created_at=created_at, id__lt=UUID(match["id"]))
