"""Pages by cursor, newest first: stable while rows arrive, since a page is cut by time and id, never by count."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    page_size = 50
    ordering = ("-created_at", "-id")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor is opaque, but anybody can make one up."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                datetime.fromisoformat(str(cursor.position)).astimezone()
        except (NotFound, ValueError, OverflowError) as error:
            raise ValidationError({"cursor": ["This is no cursor that we gave."]}) from error
        return cursor


class SizedNewestFirst(NewestFirst):
    """As many on a page as `limit` asks for."""

    max_page_size = 200
    page_size_query_param = "limit"


def page_of(
    found: QuerySet[Any], request: Request, shape: Callable[[Any], Any], pages: NewestFirst | None = None
) -> dict[str, Any]:
    """A page of `found`, and the addresses of its neighbours."""
    pages = pages or NewestFirst()
    page = pages.paginate_queryset(found, request) or []
    links = {"next": pages.get_next_link(), "previous": pages.get_previous_link()}
    return {"results": [shape(row) for row in page], **links}
