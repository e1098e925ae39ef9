"""Lists, newest first, cut by time and id so that they stay the same while rows arrive."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from vitrine.api.answers import PRIVATE


class NewestFirst(CursorPagination):
    page_size = 50

    def __init__(self, by_time: str) -> None:
        self.ordering = (f"-{by_time}", "-id")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor is opaque, but anybody can make one up."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                datetime.fromisoformat(str(cursor.position)).astimezone()
        except (NotFound, ValueError, OverflowError) as error:
            raise ValidationError({"cursor": ["This is no cursor that we gave."]}) from error
        return cursor


def newest_first(
    request: Request, found: QuerySet[Any], shape: Callable[[Any], Any], *, by_time: str
) -> Response:
    """A page of `found`, and the addresses of its neighbours."""
    pages = NewestFirst(by_time)
    page: list[Model] = pages.paginate_queryset(found, request) or []
    links = {"next": pages.get_next_link(), "previous": pages.get_previous_link()}
    return Response({"results": [shape(row) for row in page], **links}, headers={"Cache-Control": PRIVATE})
