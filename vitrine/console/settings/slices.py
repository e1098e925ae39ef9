"""Long lists, newest first and cut by time and id, so that they stay the same while rows arrive."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

SIZE = 50

Row = TypeVar("Row", bound=Model)
_CURSOR = re.compile(r"(?P<microseconds>[0-9]{1,17})\.(?P<id>[0-9a-f]{32})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """`next` is the cursor of what follows; empty at the end."""

    rows: list[Row]
    next: str

    @classmethod
    def of(cls, found: QuerySet[Row], cursor: str, *, by: str) -> Self:
        """`by` names the time. A cursor that is none of ours begins anew."""
        rows = list(found.filter(_after(cursor, by)).order_by(f"-{by}", "-pk")[: SIZE + 1])
        return cls(rows[:SIZE], _cursor_of(rows[SIZE - 1], by) if len(rows) > SIZE else "")


def _after(cursor: str, by: str) -> Q:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        return Q()
    at = _EPOCH + timedelta(microseconds=int(match["microseconds"]))
    return Q(**{f"{by}__lt": at}) | Q(**{by: at, "pk__lt": UUID(match["id"])})


def _cursor_of(row: Any, by: str) -> str:
    at: datetime = getattr(row, by)
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}.{row.pk.hex}"
