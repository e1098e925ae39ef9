"""The bench: which Node, which Chromium and which converter this machine's pipeline works with."""

from dataclasses import dataclass
from pathlib import Path

from vitrine.pipeline.converter.child import find_converter


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Programs that were named; None takes what is found. `converter` is a Python that can import bpy."""

    node: Path | None = None
    chromium: Path | None = None
    converter: Path | None = None

    @property
    def converts(self) -> bool:
        """Whether FBX is taken, and USDZ becomes more than an iPhone's file."""
        return find_converter(self.converter) is not None
