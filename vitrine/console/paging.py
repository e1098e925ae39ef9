"""The library's pages. What they are cut by stands in `catalog/pages.py`."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from vitrine.catalog import pages
from vitrine.catalog.finding import Wanted
from vitrine.catalog.models import Product
from vitrine.errors import InvalidRequest

FIRST_SIZE = 30
"""What one waits for: two screens of a large window."""
PAGE_SIZE = 60
"""What comes ahead: whole rows for one to six columns."""
MOST_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` is its own; those of its neighbours are empty where there is none."""

    products: list[Product]
    cursor: str
    previous_cursor: str
    next_cursor: str

    @classmethod
    def of(cls, wanted: Wanted, order: pages.Order, cursor: str = "") -> Self:
        """The page at `cursor`; the first one for a cursor that is none of ours."""
        at = None
        with suppress(InvalidRequest):
            at = pages.Cursor.read(cursor, order) if cursor else None
        page = pages.Page.of(wanted, order, at, PAGE_SIZE if at else FIRST_SIZE)
        return cls(page.products, cursor if at else "", str(page.before or ""), str(page.after or ""))


@dataclass(frozen=True, slots=True)
class Count:
    """How many match; counting ends at MOST_COUNTED, and then there are `more`."""

    number: int
    more: bool

    @classmethod
    def of(cls, wanted: Wanted) -> Self:
        here = wanted.of(Product.objects.filter(deleted_at=None)).order_by()
        number = here[: MOST_COUNTED + 1].count()
        return cls(min(number, MOST_COUNTED), number > MOST_COUNTED)
