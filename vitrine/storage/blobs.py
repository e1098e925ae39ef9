"""The BlobStore promise. Every store passes the one suite in `tests/storage/promise`."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, NewType, Protocol

from vitrine.storage.pieces import Pieces, Source

Key = NewType("Key", str)
"""A blob's name: segments of `[A-Za-z0-9._-]`, joined by `/`, none of them beginning with a dot; at most 512
characters, and 255 a segment (what a file system takes). Made by `key_of`, checked again by every store."""

KEY_LENGTH_MAX = 512
SEGMENT_LENGTH_MAX = 255

_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)


class BadKey(ValueError):
    """A name that no blob can have."""


class BlobMissing(LookupError):
    """Nothing is stored under this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """What a store tells about stored bytes: `size` in bytes.

    `etag` is opaque and without quotes; other bytes under the same key have another one, so it may be
    sent as a strong ETag. Writing the same bytes again may change it.
    """

    key: Key
    size: int
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part that arrived whole; `number` counts from 1, `size` in bytes."""

    number: int
    size: int


class BlobStore(Protocol):
    """Bytes under names. Keys hold their content's hash, so a blob never changes once it is there.

    No key may be another one's folder (`a` beside `a/b`): a file system cannot hold both. A key that breaks
    the rules is a BadKey everywhere. Anything that the store's own side does wrong is raised as
    `vitrine.errors.StoreFailed`; what a `source` or the body of a `with` raises comes through as it is.
    """

    def put(self, key: Key, source: BinaryIO, *, media_type: str) -> Blob:
        """Keep all of `source`. Whole or not at all: a reader never sees half a blob. Again is harmless."""
        ...

    def write(self, key: Key, *, media_type: str) -> AbstractContextManager[BinaryIO]:
        """A file to write to piece by piece; kept when the block ends well, forgotten when it raises.

        It goes forward only (no seek, no tell); closing it early is harmless.
        """
        ...

    def open(self, key: Key, *, start: int = 0, end: int | None = None) -> Pieces:
        """The bytes from `start` to before `end`, in pieces of at most 1 MiB. BlobMissing when absent.

        BlobMissing is raised here, not at the first piece. What lies beyond the blob's end is left out; a
        negative `start` is a ValueError. Call `close()` on the pieces when stopping early. Bytes that fail to
        come are a StoreFailed, never a short end.
        """
        ...

    def stat(self, key: Key) -> Blob:
        """Size and etag. BlobMissing when absent."""
        ...

    def delete(self, key: Key) -> None:
        """Forget the blob. One that is not there is no error."""
        ...

    def move(self, source: Key, target: Key, *, media_type: str) -> Blob:
        """Rename; `target` is whole or absent, and replaced when it was there.

        Again is harmless: with `source` gone, `target` is the answer. BlobMissing when both are absent.
        """
        ...

    def keys(self, prefix: str = "") -> Iterator[Key]:
        """Every key that begins with `prefix`, in no order. Unfinished writes are not among them."""
        ...

    def begin_parts(self, key: Key, *, media_type: str) -> str:
        """Begin a blob that comes in parts, in any order and from several hands. Says the id that the others ask for.

        Nothing is under `key` until `join_parts`. All parts but the last have at least 5 MiB: S3 wants it so.
        """
        ...

    def put_part(self, key: Key, parts_id: str, number: int, source: Source) -> Part:
        """Keep all of `source` as this part: whole or not at all, and in place of the one that was there before.

        BlobMissing when the parts were joined or forgotten.
        """
        ...

    def url_to_put_part(self, key: Key, parts_id: str, number: int, *, size: int, life_s: int) -> str | None:
        """Where anybody may PUT this part, of exactly `size` bytes, for `life_s` seconds. None where a store has no
        such address: then the part comes through `put_part`."""
        ...

    def parts(self, key: Key, parts_id: str) -> list[Part]:
        """What arrived, by number. BlobMissing when it was joined or forgotten."""
        ...

    def join_parts(self, key: Key, parts_id: str, *, count: int) -> Blob:
        """The parts 1 to `count` become the blob; then they are gone. BlobMissing when one of them is not there.

        Again, and at once from two sides, is harmless: with the parts gone, the blob is the answer.
        """
        ...

    def forget_parts(self, key: Key, parts_id: str) -> None:
        """Give up. Parts that are not there are no error."""
        ...

    def sweep_unfinished(self, *, older_than_s: float) -> int:
        """Clear away what writes left behind that died (a killed worker's), and parts that nobody joined; how many.

        `older_than_s` must be longer than the longest write: a living one that is swept fails.
        """
        ...

    def check(self) -> None:
        """Write, list, read and delete one small blob. StoreFailed says what does not work and what to do."""
        ...


def key_of(*parts: str) -> Key:
    """The parts joined by `/`; a part may hold several segments. BadKey says which rule was broken."""
    return check_key("/".join(parts))


def check_key(key: str) -> Key:
    """The same key when it keeps the rules, else BadKey."""
    if len(key) > KEY_LENGTH_MAX:
        raise BadKey(f"A key has at most {KEY_LENGTH_MAX} characters; this one has {len(key)}.")
    for segment in key.split("/"):
        if not _SEGMENT.fullmatch(segment) or len(segment) > SEGMENT_LENGTH_MAX:
            raise BadKey(
                f"{key!r} is no key: each segment has 1 to {SEGMENT_LENGTH_MAX} of A-Z a-z 0-9 . _ - and "
                f"does not begin with a dot; {segment!r} breaks this."
            )
    return Key(key)
