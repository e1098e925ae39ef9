"""What a studio is asked for and what it gives: cameras, views, pictures."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Angles and the vertical field of view in degrees, the rest in metres. `reach` is the farthest radius."""

    target: tuple[float, float, float]
    theta: float
    phi: float
    radius: float
    fov: float
    reach: float

    @classmethod
    def of(cls, found: dict[str, Any]) -> Self:
        """From the page's own words, or from `asdict`."""
        x, y, z = found["target"]
        return cls(
            target=(x, y, z),
            theta=found["theta"],
            phi=found["phi"],
            radius=found["radius"],
            fov=found["fov"],
            reach=found.get("reach", found["radius"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSpec:
    """One view. Without a camera it is the viewer's first frame. `moment` is a part of the first animation, `colourway`
    the name of a material variant: None shows the model as it comes. `scene` is what differs from the viewer's own
    light and first frame. `side_px` is the picture's side where it is not the studio's."""

    name: str
    camera: Camera | None = None
    moment: float = 0.0
    colourway: str | None = None
    shadow: bool = False
    scene: Mapping[str, Any] | None = None
    side_px: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelView:
    """What the viewer makes of a model: its first frame, and how near a shopper can come (metres, degrees).

    `colourways` are the material variants that change something.
    """

    first: Camera
    nearest_radius: float
    nearest_fov: float
    animations: int
    colourways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with transparent background, as the browser gave it."""

    png: bytes

    def image(self) -> Image.Image:
        return Image.open(io.BytesIO(self.png)).convert("RGBA")

    def rgba(self) -> NDArray[np.uint8]:
        """Height × width × 4, straight alpha."""
        return np.asarray(self.image())
