"""How products are found: by words, by what is said about them, and in which order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

from vitrine.catalog.models import Product

ORDERS: Mapping[str, Any] = {
    "created_at": F("created_at"),
    "updated_at": F("updated_at"),
    "name": Lower("name"),
    "size": F("shown_size"),
}
"""Each has its index, with the id behind it."""
_MOST_WORDS = 10


class Asked(SearchQuery):
    """Words as they were asked for, each the beginning of one that is there (migration 0004)."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.function = "catalog_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What must be true of a product; None and empty ask for nothing. Sizes in bytes, `metadata` by path."""

    q: str = ""
    tags: tuple[str, ...] = ()
    status: str | None = None
    format: str | None = None
    published: bool | None = None
    size_min: int | None = None
    size_max: int | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    metadata: tuple[tuple[tuple[str, ...], str], ...] = ()

    @property
    def by_content(self) -> bool:
        """Whether something is asked for of which the database can only guess how many there are."""
        return bool(self.q.split() or self.tags or self.metadata)

    def of(self, found: QuerySet[Product]) -> QuerySet[Product]:
        """Those of `found` that are wanted."""
        asked = {lookup: getattr(self, name) for name, lookup in _LOOKUPS.items()}
        found = with_words(found, self.q)
        found = found.filter(**{lookup: value for lookup, value in asked.items() if value not in {None, ()}})
        if self.published is not None:
            found = found.filter(published_version__isnull=not self.published)
        for path, value in self.metadata:
            found = found.filter(_says(path, value))
        return found


_LOOKUPS = {
    "tags": "tags__contains",
    "status": "status",
    "format": "shown_format",
    "size_min": "shown_size__gte",
    "size_max": "shown_size__lte",
    "created_after": "created_at__gte",
    "created_before": "created_at__lt",
    "updated_after": "updated_at__gte",
    "updated_before": "updated_at__lt",
}


def with_words(found: QuerySet[Product], words: str) -> QuerySet[Product]:
    """Those of which every word asked for begins one of name, tags or alt. PostgreSQL cannot even ask for U+0000."""
    asked = words.replace("\x00", " ").split()[:_MOST_WORDS]
    return found.filter(search=Asked(" ".join(asked))) if asked else found


def _says(path: tuple[str, ...], value: str) -> Q:
    """Whether the metadata has the value there: as text, or as the number, true, false or null that it spells."""
    said = Q(metadata__contains=_nested(path, value))
    try:
        literal = json.loads(value)
        json.dumps(literal, allow_nan=False)
    except (ValueError, RecursionError):
        return said
    return (
        said
        if isinstance(literal, str | list | dict)
        else said | Q(metadata__contains=_nested(path, literal))
    )


def _nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    nested: dict[str, Any] = value
    return nested
