"""A stone as a scanner sees it: a million triangles, 4K textures, 75 MB. The bench's heaviest load, and no product."""

import numpy as np

from models.curves import Array
from models.geometry import Mesh, grid
from models.glb import Scene
from models.surfaces import Surface
from models.textures import (
    Field,
    Picture,
    Pixels,
    channels,
    jpeg,
    noise,
    normals,
    png,
    ramp,
    steps,
    to_pixels,
)

SIDE = 709
"""Points along each side of the grid: 1,002,528 triangles."""
PX = 4096
RADIUS = (0.21, 0.14, 0.17)  # metres


def relief(places: tuple[Array, Array], fields: tuple[Field, ...]) -> Array:
    """The stone's roughness at (u, v), from coarse to fine, as parts of its radius."""
    rows, columns = (np.minimum((place * 512).astype(int), 511) for place in places)
    heights = (0.08, 0.02, 0.004)
    return np.asarray(
        sum(height * field[rows, columns] for height, field in zip(heights, fields, strict=True))
    )


def stone() -> Mesh:
    """Poles above and below; the fields are seamless, so that the sides meet."""
    line = np.linspace(0, 1, SIDE)
    u, v = np.meshgrid(line, line)
    fields = tuple(noise(512, 40 + n, low=2 * 5**n, high=6 * 5**n, slope=0.6) for n in range(3))
    calm = np.sin(np.pi * v) ** 0.7
    size = 1 + calm * relief((v, u % 1), fields)
    theta, phi = 2 * np.pi * u - np.pi, np.pi * v
    x, y, z = np.sin(phi) * np.sin(theta), -np.cos(phi), np.sin(phi) * np.cos(theta)
    points = np.stack([x * size * RADIUS[0], y * size * RADIUS[1] + RADIUS[1], z * size * RADIUS[2]], 2)
    return grid(points, np.stack([u * 2, 1 - v], 2), closed_columns=True)


def surface() -> Surface:
    grain = noise(PX, 51, low=12, high=420, slope=1.0)
    veins = steps(np.abs(noise(PX, 52, low=2, high=14, slope=1.1)), 0.09, 0.0)
    tone = np.clip(0.5 + 0.11 * grain - 0.25 * veins, 0, 1)
    base = ramp(tone, [(0.0, "2f2d2b"), (0.4, "6d6862"), (0.7, "98928a"), (1.0, "d9d3c8")])
    return Surface(
        to_pixels(base),
        normals(np.asarray(0.5 * grain - 0.6 * veins, np.float32), 1.4),
        channels(np.clip(0.9 + 0.08 * grain, 0, 1), np.clip(0.72 - 0.2 * veins, 0, 1), 0.0),
    )


def encoded(name: str, pixels: Pixels) -> Picture:
    """As scanning software writes them: what is seen without loss, the rest as JPEG."""
    return jpeg(name, pixels) if name.endswith("orm") else png(name, pixels)


def build() -> Scene:
    scene = Scene("Scanned stone")
    found = surface()
    material = found.material(scene, "Stone", encode=encoded)
    scene.node("Stone", mesh=scene.mesh("Stone", [(stone(), material)]))
    return scene
