"""A store that tells the metrics how long its calls take, and how they end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from vitrine.metrics.table import STORE_CALLS
from vitrine.storage.blobs import Blob, BlobMissing, BlobStore, Key, Part
from vitrine.storage.pieces import Pieces, Source


@contextmanager
def _timed(operation: str) -> Iterator[None]:
    begun, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "ok"
    except BlobMissing:
        outcome = "missing"
        raise
    finally:
        STORE_CALLS.note(time.perf_counter() - begun, operation, outcome)


@dataclass(frozen=True, slots=True)
class TimedStore:
    """Keeps the promise of `storage/blobs.py` by asking `store` for all of it."""

    store: BlobStore

    def put(self, key: Key, source: BinaryIO, *, media_type: str) -> Blob:
        with _timed("put"):
            return self.store.put(key, source, media_type=media_type)

    @contextmanager
    def write(self, key: Key, *, media_type: str) -> Iterator[BinaryIO]:
        with _timed("write"), self.store.write(key, media_type=media_type) as file:
            yield file

    def open(self, key: Key, *, start: int = 0, end: int | None = None) -> Pieces:
        with _timed("open"):
            return self.store.open(key, start=start, end=end)

    def stat(self, key: Key) -> Blob:
        with _timed("stat"):
            return self.store.stat(key)

    def delete(self, key: Key) -> None:
        with _timed("delete"):
            self.store.delete(key)

    def move(self, source: Key, target: Key, *, media_type: str) -> Blob:
        with _timed("move"):
            return self.store.move(source, target, media_type=media_type)

    def keys(self, prefix: str = "") -> Iterator[Key]:
        return self.store.keys(prefix)

    def begin_parts(self, key: Key, *, media_type: str) -> str:
        with _timed("begin-parts"):
            return self.store.begin_parts(key, media_type=media_type)

    def put_part(self, key: Key, parts_id: str, number: int, source: Source) -> Part:
        with _timed("put-part"):
            return self.store.put_part(key, parts_id, number, source)

    def url_to_put_part(self, key: Key, parts_id: str, number: int, *, size: int, life_s: int) -> str | None:
        return self.store.url_to_put_part(key, parts_id, number, size=size, life_s=life_s)

    def parts(self, key: Key, parts_id: str) -> list[Part]:
        with _timed("parts"):
            return self.store.parts(key, parts_id)

    def join_parts(self, key: Key, parts_id: str, *, count: int) -> Blob:
        with _timed("join-parts"):
            return self.store.join_parts(key, parts_id, count=count)

    def forget_parts(self, key: Key, parts_id: str) -> None:
        with _timed("forget-parts"):
            self.store.forget_parts(key, parts_id)

    def sweep_unfinished(self, *, older_than_s: float) -> int:
        with _timed("sweep"):
            return self.store.sweep_unfinished(older_than_s=older_than_s)

    def check(self) -> None:
        with _timed("check"):
            self.store.check()
