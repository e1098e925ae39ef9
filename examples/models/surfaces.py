"""The stuff things are made of: wood, cloth, leather, metal and stone, as seamless sets of three maps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.glb import Scene
from models.textures import (
    Field,
    Picture,
    Pixels,
    cells,
    channels,
    enlarged,
    noise,
    normals,
    png,
    ramp,
    steps,
    to_pixels,
)

WALNUT = [(0.0, "2b180f"), (0.25, "4b2e1d"), (0.5, "70492f"), (0.75, "8d6344"), (1.0, "b28962")]
OAK = [(0.0, "6b4a2b"), (0.3, "9a7145"), (0.6, "bd935f"), (1.0, "dcb985")]


@dataclass(frozen=True)
class Surface:
    base: Pixels
    normal: Pixels
    orm: Pixels

    def material(
        self,
        scene: Scene,
        name: str,
        *,
        encode: Callable[[str, Pixels], Picture] = png,
        extensions: dict[str, Any] | None = None,
        **factors: Any,
    ) -> int:
        """A glTF material with the three maps; `factors` are those of pbrMetallicRoughness."""
        stem = name.lower().replace(" ", "_")
        orm = scene.texture(encode(f"{stem}_orm", self.orm))
        more = {} if extensions is None else {"extensions": extensions}
        return scene.material(
            name,
            pbrMetallicRoughness={
                "baseColorTexture": scene.texture(encode(f"{stem}_basecolor", self.base)),
                "metallicRoughnessTexture": orm,
                **factors,
            },
            normalTexture=scene.texture(encode(f"{stem}_normal", self.normal)),
            occlusionTexture=orm,
            **more,
        )


def across(size: int) -> tuple[Field, Field]:
    """0 to 1 over the tile, left to right and top to bottom."""
    line = (np.arange(size, dtype=np.float32) + 0.5) / size
    return line[None, :], line[:, None]


def wood(
    size: int, seed: int, *, colours: list[tuple[float, str]], rings: int = 16, gloss: float = 0.45
) -> Surface:
    """Oiled timber, its grain along v: year rings that wander, fibres, and open pores."""
    x, _ = across(size)
    wander = noise(size, seed, low=1, high=6, slope=1.2, stretch=(1, 5))
    ring = (x * rings + wander * 1.35) % 1
    late = ring**2.2 * steps(ring, 1.0, 0.93)
    fibre = noise(size, seed + 1, low=30, high=330, slope=0.3, stretch=(1, 28))
    broad = noise(size, seed + 2, low=1, high=8, slope=0.8, stretch=(1, 4))
    pores = steps(noise(size, seed + 3, low=120, high=420, stretch=(1, 16)) + 0.7 * late, 1.75, 2.5)
    tone = 0.62 - 0.34 * late + 0.065 * fibre + 0.07 * broad
    base = ramp(np.clip(tone, 0, 1), colours) * (1 - 0.5 * pores)[..., None]
    height = 0.28 * fibre - 1.3 * pores - 0.4 * late
    rough = gloss + 0.05 * fibre + 0.22 * pores - 0.06 * late
    return Surface(to_pixels(base), normals(height, 1.0), channels(1 - 0.5 * pores, rough, 0.0))


def cloth(size: int, seed: int, *, yarns: int = 56) -> Surface:
    """A pale hopsack of thick two-ply yarn, to be tinted by the material's colour factor."""
    random = np.random.default_rng(seed)
    x, y = across(size)
    drift = noise(size, seed, low=2, high=14, slope=0.5)
    xs, ys = x * yarns + 0.16 * drift, y * yarns + 0.16 * np.roll(drift, size // 3, 0)
    ix, iy = np.floor(xs).astype(np.int16), np.floor(ys).astype(np.int16)
    fx, fy = xs - ix, ys - iy
    warp = np.sqrt(np.maximum(1 - 0.96 * (2 * fx - 1) ** 2, 0)) + 0.62 * np.cos(np.pi * (ys - 0.5 + ix))
    weft = np.sqrt(np.maximum(1 - 0.96 * (2 * fy - 1) ** 2, 0)) - 0.62 * np.cos(np.pi * (xs - 0.5 + iy))
    over = warp > weft
    ply = np.where(over, np.sin(2 * np.pi * (ys * 1.5 + fx * 1.1)), np.sin(2 * np.pi * (xs * 1.5 - fy * 1.1)))
    fuzz = noise(size, seed + 1, low=90, high=330)
    height = np.maximum(warp, weft) + 0.15 * ply + 0.05 * fuzz
    tones = random.normal(0, 1, (2, yarns)).astype(np.float32)
    tone = np.where(over, tones[0][ix % yarns], tones[1][iy % yarns])
    slub = noise(size, seed + 2, low=6, high=60, slope=0.4)
    depth = steps(height, 0.1, 1.5)
    shade = 0.56 + 0.30 * depth + 0.035 * tone + 0.035 * slub + 0.022 * fuzz + 0.04 * ply
    warm = np.array([255, 251, 244], np.float32)
    base = to_pixels(np.clip(shade, 0, 1)[..., None] * warm)
    relief = np.asarray(height, np.float32)
    return Surface(
        base, normals(relief, 0.13 * size / yarns), channels(0.35 + 0.65 * depth, 0.96 - 0.06 * depth, 0.0)
    )


@dataclass(frozen=True)
class Pile:
    """A cloth with a nap: its maps, and how brightly its fibres catch the light from the side."""

    surface: Surface
    sheen: Pixels


def velvet(size: int, seed: int) -> Pile:
    """Short pile, brushed here and there the other way, pale, to be tinted."""
    fibre = noise(size, seed, low=140, high=430, stretch=(1.0, 1.6))
    tufts = noise(size, seed + 1, low=40, high=170, slope=0.3)
    stroke = noise(size, seed + 2, low=2, high=16, slope=1.0, stretch=(1.0, 1.7))
    brushed = steps(stroke + 0.10 * tufts, -0.9, 1.3)
    tone = 0.72 + 0.13 * brushed + 0.050 * fibre + 0.030 * tufts
    lustre = 0.66 + 0.25 * brushed + 0.045 * fibre + 0.035 * tufts
    base = to_pixels(np.clip(tone, 0, 1)[..., None] * np.array([255, 250, 250], np.float32))
    sheen = to_pixels(np.clip(lustre, 0, 1)[..., None] * np.array([255, 255, 255], np.float32))
    height = np.asarray(0.55 * fibre + 0.9 * tufts + 2.4 * brushed, np.float32)
    orm = channels(np.clip(0.88 + 0.06 * fibre, 0.5, 1), 0.90 - 0.10 * brushed, 0.0)
    return Pile(Surface(base, normals(height, 0.55), orm), sheen)


@dataclass(frozen=True)
class Enamel:
    """Spattered enamel: one relief and gloss for any two colours, `spatter` 1 where the second one is."""

    spatter: Field
    cloud: Field
    normal: Pixels
    orm: Pixels

    def in_colours(self, ground: str, fleck: str) -> Surface:
        """Both in hexadecimal sRGB."""
        below = ramp(np.clip(0.5 + 0.16 * self.cloud, 0, 1), _shades(ground))
        above = ramp(np.clip(0.5 + 0.20 * self.cloud, 0, 1), _shades(fleck))
        mix = (0.88 * self.spatter)[..., None]
        return Surface(to_pixels(below * (1 - mix) + above * mix), self.normal, self.orm)


def _shades(colour: str) -> list[tuple[float, str]]:
    """From a little darker to a little lighter."""
    parts = [int(colour[i : i + 2], 16) for i in (0, 2, 4)]
    return [
        (at, "".join(f"{min(255, round(p * by)):02x}" for p in parts)) for at, by in ((0, 0.90), (1, 1.10))
    ]


def enamel(size: int, seed: int) -> Enamel:
    """Fired in two coats: drops of all sizes blown over a ground that ran a little."""
    spatter = np.zeros((size, size), np.float32)
    for layer, (count, radius, spread) in enumerate(
        ((40, -0.10, 0.10), (90, -0.06, 0.11), (170, -0.02, 0.13))
    ):
        near, _ = cells(size, count, seed + layer)
        reach = radius + spread * noise(size, seed + 10 + layer, low=count * 0.2, high=count * 0.7)
        ragged = near + 0.05 * noise(size, seed + 20 + layer, low=count, high=count * 2.6)
        np.maximum(spatter, steps(ragged - reach, 0.07, -0.02), out=spatter)
    cloud = noise(size, seed + 3, low=1, high=14, slope=0.9)
    peel = noise(size, seed + 4, low=6, high=60, slope=0.5)
    rough = 0.34 + 0.02 * cloud + 0.06 * spatter
    relief = np.asarray(0.5 * peel + 1.1 * spatter, np.float32)
    return Enamel(spatter, cloud, normals(relief, 0.5), channels(1.0, rough, 0.0))


def leather(size: int, seed: int, *, pebbles: int = 110, fine: int = 1024) -> Surface:
    """Grained hide, pale, to be tinted: pebbles of uneven size between soft creases."""
    near, second = cells(fine, pebbles, seed)
    nearer, next_ = cells(fine, pebbles * 2 + 1, seed + 1)
    valley = np.minimum((second - near) * 1.6, 0.3 + (next_ - nearer))
    pebble = enlarged(np.asarray(np.minimum(valley, 0.85), np.float32), size)
    crease = noise(size, seed + 2, low=3, high=26, slope=0.8)
    wrinkle = np.abs(noise(size, seed + 3, low=6, high=34, slope=0.4, stretch=(1, 1.8)))
    raised, open_ = steps(pebble, 0.0, 0.7), steps(wrinkle, 0.0, 0.45)
    height = raised * (0.85 + 0.15 * crease) + 0.5 * open_
    tone = 0.75 + 0.12 * raised + 0.025 * crease + 0.05 * open_
    base = to_pixels(tone[..., None] * np.array([255, 253, 250], np.float32))
    orm = channels(0.6 + 0.4 * raised, 0.56 - 0.16 * raised + 0.03 * crease, 0.0)
    return Surface(base, normals(height, 0.132 * size / pebbles), orm)


def brass(
    size: int,
    seed: int,
    *,
    colours: list[tuple[float, str]] | None = None,
    shine: float = 0.24,
    age: float = 1.0,
) -> Surface:
    """Turned metal: fine lines along u, and as much patina and spotting as its age brings."""
    lines = noise(size, seed, low=60, high=700, slope=0.25, stretch=(60, 1))
    cloud = noise(size, seed + 1, low=2, high=22, slope=1.0)
    spots = steps(noise(size, seed + 2, low=30, high=160), 2.6, 3.6)
    cloud, spots = cloud * age, spots * age
    tone = 0.62 + 0.10 * cloud + 0.03 * lines - 0.55 * spots
    base = ramp(
        np.clip(tone, 0, 1), colours or [(0, "b3824a"), (0.35, "deb26c"), (0.7, "f0cc8e"), (1, "f8e2b0")]
    )
    rough = shine + 0.055 * cloud + 0.028 * lines + 0.3 * spots
    return Surface(to_pixels(base), normals(lines, 0.11), channels(1.0, np.clip(rough, 0.12, 1), 1.0))


def marble(size: int, seed: int) -> Surface:
    """Black marble, honed: white veins that branch and fade, a few of them rusty."""
    x, y = across(size)
    warp = noise(size, seed, low=1, high=5, slope=1.3)
    drift = noise(size, seed + 1, low=1, high=24, slope=1.1)
    line = np.sin(2 * np.pi * (x * 2 + y) + 0.95 * warp + 0.22 * drift)
    branch = np.sin(2 * np.pi * (x - 3 * y) - 1.3 * warp + 0.4 * drift)
    thread = np.sin(2 * np.pi * (3 * x + 4 * y) + 0.9 * drift - warp)
    veins = steps(np.abs(line), 0.055, 0.0) * steps(drift, -1.1, 0.8)
    veins += 0.7 * steps(np.abs(branch), 0.03, 0.0) * steps(warp, -0.2, 1.0)
    veins += 0.4 * steps(np.abs(thread), 0.03, 0.0) * steps(drift, 0.0, 1.4)
    haze = steps(np.abs(line), 0.5, 0.0) * 0.10
    cloud = noise(size, seed + 3, low=4, high=60, slope=0.8)
    base = ramp(np.clip(0.10 + 0.03 * cloud + haze, 0, 1), [(0, "0b0b0d"), (0.5, "3a3a3d"), (1, "8a8783")])
    white = ramp(np.clip(0.6 + 0.3 * warp, 0, 1), [(0, "b98f5f"), (0.5, "e6dfd3"), (1, "f4f1ea")])
    mix = np.clip(veins, 0, 1)[..., None]
    rough = 0.17 + 0.06 * np.clip(veins, 0, 1) + 0.015 * cloud
    relief = np.asarray(-veins * 0.6, np.float32)
    return Surface(to_pixels(base * (1 - mix) + white * mix), normals(relief, 0.5), channels(1.0, rough, 0.0))
