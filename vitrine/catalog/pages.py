"""Products in pages. A page is cut by what they are ordered by and by their id, never by count: it stays the same while
others arrive.

Two ways lead to a page of a search, and neither is good for every word. Along the order, a common word fills a page at
once and a rare one is looked for in vain among all products; by the words' index a rare one is there at once, and a
common one brings half of all products, to be put in order for 24. PostgreSQL chooses by how many it expects, and of
beginnings of words it knows little. So the nearest along the order are looked at first, which costs little whatever
comes of it, and a word that does not fill a page with them is rare enough for its index.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from django.db import connections
from django.db.models import Q, QuerySet, prefetch_related_objects

from vitrine.catalog import queries, replica
from vitrine.catalog.finding import ORDERS, Wanted
from vitrine.catalog.models import Product
from vitrine.errors import Fault, InvalidRequest

_NEAREST = {"created_at": 10_000, "updated_at": 10_000, "name": 4_000, "size": 4_000}
"""How many are looked at along each order, some milliseconds' worth: those of an age lie together on the disk."""


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


NEWEST = Order("created_at", falling=True)


@dataclass(frozen=True, slots=True)
class Page:
    """`before` and `after` are cursors of the pages beside it, or None."""

    products: list[Product]
    before: Cursor | None
    after: Cursor | None

    @classmethod
    def of(cls, wanted: Wanted, order: Order, cursor: Cursor | None, size: int) -> Self:
        return replica.fresh(lambda: cls._of(wanted, order, cursor, size))

    @classmethod
    def _of(cls, wanted: Wanted, order: Order, cursor: Cursor | None, size: int) -> Self:
        backwards = cursor is not None and cursor.backwards
        ids = _Search(wanted, order, cursor, size + 1).ids()
        more, ids = len(ids) > size, ids[:size]
        products = _in_order(ids[::-1] if backwards else ids, order)
        if not products:
            return cls([], None, None)
        first = Cursor.behind(products[0], order, backwards=True)
        last = Cursor.behind(products[-1], order)
        return cls(
            products,
            before=first if (more if backwards else cursor is not None) else None,
            after=last if (more or backwards) else None,
        )


_LONG = [
    f"{version}__{report}"
    for version in ("published_version", "newest_version")
    for report in ("report", "made_from__report")
]
"""What no list tells: tens of kilobytes for each product."""


def _in_order(ids: list[UUID], order: Order) -> list[Product]:
    found = queries.products(include_unpublished=True).filter(pk__in=ids).defer("search", *_LONG)
    found = found.prefetch_related(None).prefetch_related("published_version__variants")
    products = {product.pk: product for product in found.annotate(sort_key=ORDERS[order.name])}
    # The newest version is shown of those alone that nothing is published of.
    hidden = [product for product in products.values() if product.published_version_id is None]
    prefetch_related_objects(hidden, "newest_version__variants")
    return [products[one] for one in ids if one in products]


@dataclass(frozen=True, slots=True)
class _Search:
    """The ids of a page, in the direction that is read."""

    wanted: Wanted
    order: Order
    cursor: Cursor | None
    count: int

    def ids(self) -> list[UUID]:
        if not self.wanted.by_content:
            return [one.pk for one in self._sorted(self.wanted.of(self._here())).only("pk")[: self.count]]
        near = self._among_the_nearest()
        return near if len(near) == self.count else self._by_index()

    @property
    def _falling(self) -> bool:
        return self.order.falling != (self.cursor is not None and self.cursor.backwards)

    def _here(self) -> QuerySet[Any]:
        here: QuerySet[Any] = Product.objects.filter(deleted_at=None)
        here = here.annotate(sort_key=ORDERS[self.order.name])
        return here if self.cursor is None else here.filter(self.cursor.beyond)

    def _sorted(self, found: QuerySet[Any]) -> QuerySet[Any]:
        return found.order_by("-sort_key", "-id") if self._falling else found.order_by("sort_key", "id")

    def _among_the_nearest(self) -> list[UUID]:
        window, at = self._sorted(self._here())[: _NEAREST[self.order.name]].query.sql_with_params()
        query = self.wanted.of(Product.objects.all()).query
        where, asked = query.get_compiler(replica.alias()).compile(query.where)
        near = f"SELECT id FROM ({window}) AS catalog_product WHERE {where}"  # noqa: S608  # made by Django
        return self._first(near, (*at, *asked))

    def _by_index(self) -> list[UUID]:
        found: QuerySet[Any] = self.wanted.of(self._here())
        hits, asked = found.values_list("id", "sort_key").query.sql_with_params()
        return self._first(f"WITH hits AS MATERIALIZED ({hits}) SELECT id FROM hits", asked)  # noqa: S608

    def _first(self, sql: str, parameters: tuple[Any, ...]) -> list[UUID]:
        way = "DESC" if self._falling else "ASC"
        with connections[replica.alias()].cursor() as cursor:
            cursor.execute(f"{sql} ORDER BY sort_key {way}, id {way} LIMIT %s", (*parameters, self.count))
            return [row[0] for row in cursor.fetchall()]
