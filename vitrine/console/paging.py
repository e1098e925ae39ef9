"""The list's pages, newest first. What they are cut by stands in `catalog/pages.py`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from vitrine.catalog import pages
from vitrine.catalog.finding import Wanted
from vitrine.catalog.models import Product

PAGE_SIZE = 24

_CURSOR = re.compile(r"(?P<microseconds>[0-9]{1,17})\.(?P<id>[0-9a-f]{32})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """`next_cursor` is empty on the last page."""

    products: list[Product]
    next_cursor: str

    @classmethod
    def of(cls, words: str, cursor: str) -> Self:
        """The page after `cursor`; the first one for a cursor that is none of ours."""
        page = pages.Page.of(Wanted(q=words), pages.NEWEST, _read(cursor), PAGE_SIZE)
        return cls(page.products, cursor_of(page.products[-1]) if page.after else "")


def cursor_of(product: Product) -> str:
    return f"{(product.created_at - _EPOCH) // timedelta(microseconds=1)}.{product.pk.hex}"


def _read(cursor: str) -> pages.Cursor | None:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        return None
    created_at = _EPOCH + timedelta(microseconds=int(match["microseconds"]))
    return pages.Cursor(pages.NEWEST, backwards=False, key=created_at, id=UUID(match["id"]))
