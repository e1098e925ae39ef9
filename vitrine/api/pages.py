"""Lists in pages. A page is cut by what products are ordered by and by their id, never by count, so that it stays the
same while others arrive."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from django.db.models import F, Q, QuerySet

from vitrine.catalog.finding import ORDERS
from vitrine.catalog.models import Product
from vitrine.errors import Fault, InvalidRequest

PAGE_SIZE = 24
MOST_ON_A_PAGE = 100


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value).astimezone(UTC)
    if not 1 < moment.year < 9999:
        raise ValueError(value)
    return moment


def _number(value: Any) -> int:
    if not isinstance(value, int) or abs(value) >= 2**63:
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    value.encode()  # a lone surrogate is a ValueError
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "created_at": _moment,
    "updated_at": _moment,
    "name": _text,
    "size": _number,
}


@dataclass(frozen=True, slots=True)
class Order:
    """`name` is one of ORDERS."""

    name: str
    falling: bool

    @classmethod
    def of(cls, said: str) -> Self:
        """`-created_at` and the like."""
        return cls(said.removeprefix("-"), falling=said.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.name}" if self.falling else self.name


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind the product with this key and id, or, `backwards`, where it ends before it."""

    order: Order
    backwards: bool
    key: Any
    id: UUID

    @classmethod
    def behind(cls, product: Product, order: Order, *, backwards: bool = False) -> Self:
        return cls(order, backwards, product.sort_key, product.pk)  # type: ignore[attr-defined]  # annotated by Page

    @classmethod
    def read(cls, text: str, order: Order) -> Self:
        """A cursor is opaque, but anybody can make one up."""
        try:
            said, backwards, key, product_id = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
            read = {str(order): _READ[order.name]}[said]  # KeyError for another order's
            return cls(order, bool(backwards), read(key), UUID(product_id))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            fault = Fault("/cursor", f"This is no cursor that we gave for a list in the order {order}.")
            raise InvalidRequest(f"cursor: {fault.detail}", faults=[fault]) from error

    def __str__(self) -> str:
        key = self.key.isoformat() if isinstance(self.key, datetime) else self.key
        said = json.dumps([str(self.order), self.backwards, key, self.id.hex], separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode()

    @property
    def beyond(self) -> Q:
        """What comes after it in the direction that is read. The first part alone is what an index can begin at."""
        side = "lt" if self.order.falling != self.backwards else "gt"
        here = Q(sort_key=self.key, **{f"id__{side}": self.id})
        return Q(**{f"sort_key__{side}e": self.key}) & (Q(**{f"sort_key__{side}": self.key}) | here)


@dataclass(frozen=True, slots=True)
class Page:
    """`before` and `after` are cursors of the pages beside it, or None."""

    products: list[Product]
    before: Cursor | None
    after: Cursor | None

    @classmethod
    def of(cls, found: QuerySet[Product], order: Order, cursor: Cursor | None, size: int) -> Self:
        found = found.annotate(sort_key=ORDERS[order.name])
        backwards = cursor is not None and cursor.backwards
        if cursor is not None:
            found = found.filter(cursor.beyond)
        falling = order.falling != backwards
        keys = (F("sort_key").desc(), "-id") if falling else (F("sort_key").asc(), "id")
        products = list(found.order_by(*keys)[: size + 1])
        more, products = len(products) > size, products[:size]
        if backwards:
            products.reverse()
        if not products:
            return cls([], None, None)
        first = Cursor.behind(products[0], order, backwards=True)
        last = Cursor.behind(products[-1], order)
        return cls(
            products,
            before=first if (more if backwards else cursor is not None) else None,
            after=last if (more or backwards) else None,
        )
