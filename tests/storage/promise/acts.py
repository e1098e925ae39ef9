"""What the tests of the promise do to a store."""

import io
import random
from collections.abc import Callable

from vitrine.storage.blobs import BlobStore, Key, key_of

MIB = 1024 * 1024
GLB = "model/gltf-binary"
AN_HOUR_S = 3600
PART = 5 * MIB  # S3 takes no smaller ones but the last
CHAIR = key_of("incoming/chair")


def some_bytes(size: int, *, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 -- the same every time


def keep(store: BlobStore, name: str, blob: bytes = b"chair") -> Key:
    key = key_of(name)
    store.put(key, io.BytesIO(blob), media_type=GLB)
    return key


def all_of(store: BlobStore, key: Key, *, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(store.open(key, start=start, end=end))


def write_in_steps(store: BlobStore, key: Key, *steps: bytes | Callable[[], object]) -> None:
    """One write: bytes are written, whatever else is called in between."""
    with store.write(key, media_type=GLB) as file:
        for step in steps:
            if isinstance(step, bytes):
                file.write(step)
            else:
                step()


def interrupt() -> None:
    raise KeyboardInterrupt


class BreaksHalfway(io.BytesIO):
    """A source that gives what it has and raises instead of ending."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError("the shopkeeper's line went dead")
        return piece


def put_parts(store: BlobStore, parts_id: str, blob: bytes, *numbers: int) -> None:
    """These parts of `blob`, in this order."""
    for number in numbers:
        piece = blob[(number - 1) * PART : number * PART]
        store.put_part(CHAIR, parts_id, number, io.BytesIO(piece))


def joined_and_forgotten(store: BlobStore) -> tuple[str, str]:
    joined, forgotten = (store.begin_parts(CHAIR, media_type=GLB) for _ in range(2))
    put_parts(store, joined, b"chair", 1)
    store.join_parts(CHAIR, joined, count=1)
    store.forget_parts(CHAIR, forgotten)
    return joined, forgotten
