"""A file of a Vitrine on its way here: in pieces, from where it broke off, and whole or not at all."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from vitrine.client.problem import Problem, unreachable
from vitrine.client.transport import Transport

_PIECE_BYTES = 256 * 1024
_TRIES = 5


def fetch(
    transport: Transport, url: str, target: Path, *, size: int, on_bytes: Callable[[int], None]
) -> None:
    """The file at `url`, of `size` bytes, to `target`. Its address holds its own leave: no login goes there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        for left in reversed(range(_TRIES)):
            try:
                _go_on(transport, url, partial, on_bytes)
                break
            except (OSError, Problem) as error:
                passing = not isinstance(error, Problem) or error.status in {0, 429, 503}
                if not left or not passing:
                    raise error if isinstance(error, Problem) else unreachable(url, error) from error
                time.sleep(0.5 * (_TRIES - left))
        found = partial.stat().st_size
        if found != size:
            raise Problem("The file came incomplete", f"{found:,} of {size:,} bytes.", code="incomplete")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _go_on(transport: Transport, url: str, partial: Path, on_bytes: Callable[[int], None]) -> None:
    there = partial.stat().st_size if partial.exists() else 0
    headers = {"Range": f"bytes={there}-"} if there else {}
    with transport.opened(url, headers) as response:
        there = there if response.status == 206 else 0
        on_bytes(there)
        with partial.open("ab" if there else "wb") as file:
            while block := response.read(_PIECE_BYTES):
                file.write(block)
                there += len(block)
                on_bytes(there)
        told = response.length
        if told:  # http.client's count of what should still come
            raise ConnectionResetError(f"{told:,} bytes did not come")
