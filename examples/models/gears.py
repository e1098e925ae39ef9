"""Spoked wheels that mesh: teeth, rims and hubs of a train, lying in x/z about +Y."""

import numpy as np

from models.curves import Curve, ellipse, rounded
from models.geometry import Mesh, around, lathe, merged, ring, sweep

MODULE = 0.001  # metres of pitch diameter a tooth


def pitch_radius(teeth: int) -> float:
    return MODULE * teeth / 2


def outline(teeth: int) -> Curve:
    """A tooth at angle 0 and every turn/teeth from there, its flanks rounded."""
    middle = pitch_radius(teeth)
    tip, root = middle + 0.85 * MODULE, middle - 1.0 * MODULE
    pitch = 2 * np.pi / teeth
    corners = []
    for k in range(teeth):
        for part, radius in ((-0.31, root), (-0.15, tip), (0.15, tip), (0.31, root)):
            angle = (k + part) * pitch
            corners.append((radius * np.cos(angle), radius * np.sin(angle)))
    return rounded(corners, 0.00028, closed=True, steps=1)


def wheel(
    teeth: int, *, spokes: int, thickness: float, bore: float, tile: float, hub: float | None = None
) -> Mesh:
    """A gear at the origin, half its thickness below and half above."""
    teeth_line = outline(teeth)
    rim = pitch_radius(teeth) - 3.4 * MODULE
    inner = _beside(teeth_line, rim)
    collar = hub or bore + 0.0035
    spoke_length = rim - collar
    line = np.stack(
        [np.zeros(8), np.zeros(8), collar - 0.0008 + np.linspace(0, 1, 8) * (spoke_length + 0.0016)], 1
    )
    width = 0.0017 + 0.0022 * (2 * np.linspace(0, 1, 8) - 1) ** 2 * min(1.0, rim / 0.02)
    sizes = np.stack([width, np.full(8, thickness * 0.72)], 1)
    spoke = sweep(line, ellipse(1, 1, 12, power=5.0), up=(0, 1, 0), sizes=sizes, tile=tile)
    boss = rounded(
        [(bore, -thickness), (collar, -thickness), (collar, thickness), (bore, thickness)],
        [0, 0.0006, 0.0006, 0],
        steps=4,
    )
    return merged(
        [
            ring(teeth_line, inner, thickness, 0.00025, tile=tile, steps=1),
            around(spoke, spokes),
            lathe(boss, 40, tile=tile),
        ]
    )


def _beside(line: Curve, radius: float) -> Curve:
    """The circle's points at the same angles as the line's, to be joined with it."""
    angle = np.arctan2(line.points[:, 1], line.points[:, 0])
    way = np.stack([np.cos(angle), np.sin(angle)], 1)
    return Curve(way * radius, way)


def meshing(angle: float, way: float, teeth: int, other: int) -> float:
    """Degrees to which the other wheel, `way` degrees off, is turned when this one stands at `angle`."""
    return way + 180 + 180 / other + teeth / other * (way - angle)
