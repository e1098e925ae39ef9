"""JSON that comes in."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class Json(JSONParser):
    """JSON of at most `most_bytes`, refused before it is read; and refused when it is nested deeper than Python can
    read: a few kilobytes of brackets are no fault of ours."""

    most_bytes: int | None = None
    """DATA_UPLOAD_MAX_MEMORY_SIZE when None."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = self.most_bytes or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        size = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        if size > limit:
            raise RequestDataTooBig(f"This body has {size:,} bytes, and at most {limit:,} are taken.")
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("This JSON is nested too deeply.") from error
