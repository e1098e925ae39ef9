"""Bytes on their way out of a store and into it, piece by piece, so that no blob need fit into memory."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol

from vitrine.errors import StoreFailed

PIECE_BYTES = 1024 * 1024
_SMALL_WRITES_BYTES = 64 * 1024


class Source(Protocol):
    """Gives its bytes piece by piece, none at the end, and may raise instead of either."""

    def read(self, size: int, /) -> bytes: ...


class Pieces(Iterator[bytes]):
    """Exactly `length` bytes, at most 1 MiB at a time. Closes its source at the end, or when told to."""

    def __init__(self, read: Callable[[int], bytes], close: Callable[[], object], *, length: int) -> None:
        self._read = read
        self._close = close
        self._left = length

    def __next__(self) -> bytes:
        if self._left == 0:
            self.close()
            raise StopIteration
        piece = self._read(min(PIECE_BYTES, self._left))
        if not piece:
            missing = self._left
            self.close()
            raise StoreFailed(f"A blob ended {missing} bytes early. Read it again; if it stays, restore it.")
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._left = 0
        self._close()


def no_pieces() -> Pieces:
    """Nothing to read: a range that lies beyond the end."""
    return Pieces(lambda _: b"", lambda: None, length=0)


def all_of(source: Source) -> bytes:
    """What `source` gives until its end: one that breaks off says so only when it is asked again."""
    return b"".join(iter(lambda: source.read(PIECE_BYTES), b""))


@contextmanager
def written_through(take: Callable[[memoryview], object]) -> Iterator[BinaryIO]:
    """A forward-only file that hands all that is written to `take`, small writes gathered.

    `take` must be done with a view when it returns. When the block raises, what was not handed on is dropped.
    """
    outlet = _Outlet(take)
    file = io.BufferedWriter(outlet, _SMALL_WRITES_BYTES)
    try:
        yield file
        if not file.closed:
            file.flush()
    finally:
        outlet.close()  # and with it `file`, without another flush


class _Outlet(io.RawIOBase):
    def __init__(self, take: Callable[[memoryview], object]) -> None:
        self._take = take

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        view = memoryview(piece).cast("B")
        self._take(view)
        return len(view)
