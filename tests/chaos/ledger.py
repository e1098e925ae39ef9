"""What was acknowledged, as those wrote it down who were told so. Nothing in it comes from the service's own books."""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Kept:
    """A product that the service said it has. `sent`: the SHA-256 of each version that was taken, by its number;
    `published`: the number that a person published last, None when it was left to the first job."""

    id: str
    name: str
    sent: dict[int, str] = field(default_factory=dict)
    published: int | None = None
    removed: bool = False
    touches: int = 0

    @property
    def here(self) -> bool:
        return not self.removed


@dataclass(slots=True)
class Ledger:
    """Written by several shops at once. `wrong` are answers that no fault excuses."""

    products: dict[str, Kept] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, product: Kept) -> None:
        with self._lock:
            self.products[product.id] = product

    def did(self, what: str) -> None:
        """Something was acknowledged."""
        with self._lock:
            self.done[what] += 1

    def heard(self, status: int | None) -> None:
        """An answer, or None where none came."""
        with self._lock:
            self.answers["no answer" if status is None else str(status)] += 1

    def blame(self, what: str) -> None:
        with self._lock:
            self.wrong.append(what)
