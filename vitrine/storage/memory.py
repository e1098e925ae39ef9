"""Blobs in this process's memory, for tests."""

import hashlib
import io
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO

from vitrine.storage.blobs import Blob, BlobMissing, Key, Part, check_key
from vitrine.storage.pieces import PIECE_BYTES, Pieces, Source, all_of, written_through
from vitrine.storage.trial import try_out


class MemoryStore:
    """Kept in one dict, whose single operations are atomic: no lock is needed."""

    def __init__(self) -> None:
        self._blobs: dict[Key, bytes] = {}
        self._parts: dict[tuple[Key, str], dict[int, bytes]] = {}

    def put(self, key: Key, source: BinaryIO, *, media_type: str) -> Blob:
        with self.write(key, media_type=media_type) as file:
            shutil.copyfileobj(source, file, PIECE_BYTES)
        return self.stat(key)

    def write(self, key: Key, *, media_type: str) -> AbstractContextManager[BinaryIO]:
        _ = media_type
        return self._writing(check_key(key))

    @contextmanager
    def _writing(self, key: Key) -> Iterator[BinaryIO]:
        gathered = io.BytesIO()
        with written_through(gathered.write) as file:
            yield file
        self._blobs[key] = gathered.getvalue()

    def open(self, key: Key, *, start: int = 0, end: int | None = None) -> Pieces:
        blob = self._found(key)
        if start < 0:
            raise ValueError(f"start must not be negative; it is {start}")
        wanted = blob[start : end if end is None else max(start, end)]
        source = io.BytesIO(wanted)
        return Pieces(source.read, source.close, length=len(wanted))

    def stat(self, key: Key) -> Blob:
        blob = self._found(key)
        return Blob(key=key, size=len(blob), etag=hashlib.sha256(blob).hexdigest())

    def delete(self, key: Key) -> None:
        self._blobs.pop(check_key(key), None)

    def move(self, source: Key, target: Key, *, media_type: str) -> Blob:
        _ = media_type
        check_key(target)
        blob = self._blobs.get(check_key(source))
        if blob is None and target not in self._blobs:
            raise BlobMissing(source)
        if blob is not None and source != target:
            self._blobs[target] = blob
            self._blobs.pop(source, None)
        return self.stat(target)

    def keys(self, prefix: str = "") -> Iterator[Key]:
        return iter([key for key in list(self._blobs) if key.startswith(prefix)])

    def begin_parts(self, key: Key, *, media_type: str) -> str:
        _ = media_type
        parts_id = secrets.token_hex(16)
        self._parts[check_key(key), parts_id] = {}
        return parts_id

    def put_part(self, key: Key, parts_id: str, number: int, source: Source) -> Part:
        content = all_of(source)
        self._begun(key, parts_id)[number] = content
        return Part(number=number, size=len(content))

    def url_to_put_part(self, key: Key, parts_id: str, number: int, *, size: int, life_s: int) -> str | None:
        return None

    def parts(self, key: Key, parts_id: str) -> list[Part]:
        begun = sorted(self._begun(key, parts_id).items())
        return [Part(number=number, size=len(content)) for number, content in begun]

    def join_parts(self, key: Key, parts_id: str, *, count: int) -> Blob:
        begun = self._parts.get((check_key(key), parts_id))
        if begun is not None:
            if not set(range(1, count + 1)) <= begun.keys():
                raise BlobMissing(key)
            self._blobs[key] = b"".join(begun[number] for number in range(1, count + 1))
            self.forget_parts(key, parts_id)
        return self.stat(key)

    def forget_parts(self, key: Key, parts_id: str) -> None:
        self._parts.pop((key, parts_id), None)

    def sweep_unfinished(self, *, older_than_s: float) -> int:
        if older_than_s > 0:  # nothing here outlives its process
            return 0
        swept = len(self._parts)
        self._parts.clear()
        return swept

    def check(self) -> None:
        try_out(self)

    def _begun(self, key: Key, parts_id: str) -> dict[int, bytes]:
        try:
            return self._parts[check_key(key), parts_id]
        except KeyError as error:
            raise BlobMissing(key) from error

    def _found(self, key: Key) -> bytes:
        try:
            return self._blobs[check_key(key)]
        except KeyError as error:
            raise BlobMissing(key) from error
