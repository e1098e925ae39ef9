"""How a model is put into the world when it was exported wrongly: turned, scaled, stood on the ground."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

SMALLEST, LARGEST = 0.0001, 10_000.0
"""Factors: beyond these no mistaken unit goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """`turn_x`, `turn_y` and `turn_z` in degrees, about z first, then x, then y (as <model-viewer>'s orientation);
    `ground` puts the middle of the underside at the origin."""

    turn_x: float = 0.0
    turn_y: float = 0.0
    turn_z: float = 0.0
    scale: float = 1.0
    ground: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> Self | None:
        """None for nothing given, and for what changes nothing."""
        placement = cls(**given) if given else cls()
        return None if placement == cls() else placement

    def order(self) -> dict[str, object]:
        """As the engine wants it."""
        return {
            "turn": [self.turn_x, self.turn_y, self.turn_z],
            "scale": self.scale,
            "ground": self.ground,
        }
