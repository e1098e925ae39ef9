"""The bench: which Node and which Chromium this machine's pipeline works with."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Programs that were named; None takes what is found."""

    node: Path | None = None
    chromium: Path | None = None
