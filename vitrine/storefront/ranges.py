"""What a request for a file asks for: all of it, one range, or nothing new (RFC 9110, sections 13 and 14)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_RANGE_SET = re.compile(r"bytes=(.*)", re.IGNORECASE | re.DOTALL)
_RANGE = re.compile(r"([0-9]*)-([0-9]*)")
_ENTITY_TAG = re.compile(r'[ \t,]*(W/)?"([!#-~\x80-\xff]*)"[ \t]*(?=,|\Z)')
_MOST_DIGITS = 18  # far beyond any file, and cheap to read however long the header is


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How to answer: `status` is 200, 206, 304 or 416; the body is the bytes from `start` to before `end`.

    With 304 and 416, and for HEAD, `has_body` is False and nothing is to be read.
    """

    status: int
    start: int
    end: int
    size: int
    etag: str
    has_body: bool

    @property
    def headers(self) -> dict[str, str]:
        """The fields that belong to the decision; type, caching and CORS are the door's."""
        fields = {"ETag": f'"{self.etag}"', "Accept-Ranges": "bytes"}
        if self.status != 304:
            fields["Content-Length"] = str(self.end - self.start)
        if self.status == 206:
            fields["Content-Range"] = f"bytes {self.start}-{self.end - 1}/{self.size}"
        if self.status == 416:
            fields["Content-Range"] = f"bytes */{self.size}"
        return fields


def decide(size: int, etag: str, *, method: str, headers: Mapping[str, str]) -> Answer:
    """The answer to a GET or HEAD for a file of `size` bytes with this strong `etag` (without quotes).

    `headers` are looked up as `Range`, `If-Range` and `If-None-Match`. Several ranges, and whatever cannot be
    read, are answered with all of the file, as the RFC allows.
    """
    get = method == "GET"
    if _known(headers.get("If-None-Match"), etag):
        return Answer(status=304, start=0, end=0, size=size, etag=etag, has_body=False)
    span = _span(headers.get("Range"), size) if get and _still(headers.get("If-Range"), etag) else None
    if span is None:
        return Answer(status=200, start=0, end=size, size=size, etag=etag, has_body=get)
    start, end = span
    if start >= end:
        return Answer(status=416, start=0, end=0, size=size, etag=etag, has_body=False)
    return Answer(status=206, start=start, end=end, size=size, etag=etag, has_body=True)


def _known(if_none_match: str | None, etag: str) -> bool:
    """Weak comparison: a proxy may have put `W/` before our tag."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or any(tag == etag for _, tag in _entity_tags(if_none_match))


def _still(if_range: str | None, etag: str) -> bool:
    """Strong comparison. A date never fits: files have no Last-Modified."""
    return if_range is None or list(_entity_tags(if_range)) == [(False, etag)]


def _entity_tags(field: str) -> Iterator[tuple[bool, str]]:
    """Each tag as (is weak, opaque part), up to the first thing that is none. Commas may be inside a tag."""
    at = 0
    while found := _ENTITY_TAG.match(field, at):
        yield found[1] is not None, found[2]
        at = found.end()


def _span(field: str | None, size: int) -> tuple[int, int] | None:
    """From where to before where; None for the whole file; an empty span when it cannot be satisfied."""
    given = _RANGE_SET.fullmatch(field.strip()) if field else None
    if given is None:
        return None
    ranges = [each.strip(" \t") for each in given[1].split(",") if each.strip(" \t")]
    found = _RANGE.fullmatch(ranges[0]) if len(ranges) == 1 else None
    if found is None or found[0] == "-":
        return None
    if not found[1]:
        return _suffix(_number(found[2]), size)
    start = _number(found[1])
    last = _number(found[2]) if found[2] else size - 1
    if found[2] and last < start:
        return None  # invalid, and therefore ignored
    return start, min(last + 1, size)


def _suffix(length: int, size: int) -> tuple[int, int] | None:
    if size == 0 and length > 0:
        return None  # satisfiable, but Content-Range cannot say "none of nothing"
    return max(0, size - length), size


def _number(digits: str) -> int:
    significant = digits.lstrip("0")
    return int(significant or "0") if len(significant) <= _MOST_DIGITS else 10**_MOST_DIGITS
