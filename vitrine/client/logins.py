"""Who the client is: a key, or tokens of a password, which are renewed while it works."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vitrine.client.shapes import Pair


class Login(Protocol):
    """`header`: what `Authorization` says; None for a stranger."""

    def header(self) -> str | None: ...
    def renewed(self, stale: str | None, exchange: Callable[[str], Pair]) -> bool:
        """Whether there is another header than the stale one now. `exchange` buys a pair for a refresh token."""
        ...


class Stranger:
    def header(self) -> str | None:
        return None

    def renewed(self, stale: str | None, exchange: Callable[[str], Pair]) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class ApiKey:
    key: str

    def header(self) -> str | None:
        return f"Api-Key {self.key}"

    def renewed(self, stale: str | None, exchange: Callable[[str], Pair]) -> bool:
        return False


Change = Callable[[Pair], Pair]


class Tokens:
    """`keep` is handed a change of the pair, makes it under a lock of its own, keeps what came out and gives it back:
    a refresh token counts once, so that two processes must not send the same one."""

    def __init__(self, pair: Pair, keep: Callable[[Change], Pair] | None = None) -> None:
        self._pair = pair
        self._keep = keep or (lambda change: change(self._pair))
        self._lock = threading.Lock()

    def header(self) -> str | None:
        return f"Bearer {self._pair['access']}"

    def renewed(self, stale: str | None, exchange: Callable[[str], Pair]) -> bool:
        def change(kept: Pair) -> Pair:
            if f"Bearer {kept['access']}" != stale:
                return kept  # another process was faster
            return {**kept, **exchange(kept["refresh"])}

        with self._lock:
            if self.header() == stale:
                self._pair = self._keep(change)
            return self.header() != stale
