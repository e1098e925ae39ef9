"""How large a product is, drawn beside a person and a door, and, where it is small, beside a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.utils.formats import number_format

DOOR_M = (0.9, 2.0)
PERSON_M = (0.5, 1.75)
PHONE_M = (0.072, 0.147)
SMALL_M = 0.5
"""Beside a person nothing below this can be made out."""
_GAP = 0.35
_HEIGHT = 220.0


@dataclass(frozen=True, slots=True)
class Box:
    """In the drawing's own units, y down; the ground is at the drawing's height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def scale(self) -> float:
        """Of figures drawn 100 high."""
        return round(self.height / 100, 4)


@dataclass(frozen=True, slots=True)
class Scene:
    """One drawing: the product's front beside what everybody knows."""

    width: float
    height: float
    product: Box
    beside: Sequence[tuple[str, Box]]

    @classmethod
    def of(cls, size: Sequence[float], known: Sequence[tuple[str, tuple[float, float]]]) -> Self:
        tall = max(size[1], *(height for _name, (_width, height) in known))
        unit = _HEIGHT / tall
        gap = max(_GAP * tall * 0.4, 0.01)
        x, boxes = gap, []
        for name, (width, height) in known:
            boxes.append((name, _box(x, width, height, tall, unit)))
            x += width + gap
        product = _box(x, size[0], size[1], tall, unit)
        return cls(round((x + size[0] + gap) * unit, 2), _HEIGHT, product, tuple(boxes))

    @property
    def view_box(self) -> str:
        """With room for the words under the ground."""
        return f"0 -26 {max(self.width, 1):g} {self.height + 30:g}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """`near` is drawn too where the product is small. Sizes in metres: width, height, depth."""

    size_m: Sequence[float]
    far: Scene
    near: Scene | None

    @classmethod
    def of(cls, measured: Any) -> Self | None:
        """None where the size is not known, or is none that could be drawn."""
        if not measured or not max(measured) > 0:
            return None
        size = [float(side) for side in measured]
        far = Scene.of(size, (("door", DOOR_M), ("person", PERSON_M)))
        near = Scene.of(size, (("phone", PHONE_M),)) if max(size) < SMALL_M else None
        return cls(size, far, near)

    @property
    def words(self) -> Sequence[str]:
        """Each side as people say it."""
        return [side_words(side) for side in self.size_m]


def side_words(metres: float) -> str:
    value, unit = (metres * 100, "cm") if metres < 10 else (metres, "m")
    if metres < 0.1:
        value, unit = metres * 1000, "mm"
    if value >= 100:
        return f"{number_format(round(value), force_grouping=True)} {unit}"
    return f"{number_format(Decimal(f'{value:.3g}'))} {unit}"


def _box(x: float, width: float, height: float, tall: float, unit: float) -> Box:
    return Box(
        round(x * unit, 2),
        round((tall - height) * unit, 2),
        round(max(width * unit, 0.6), 2),
        round(max(height * unit, 0.6), 2),
    )
