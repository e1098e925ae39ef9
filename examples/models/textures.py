"""Pictures from numbers: seamless noise, colour ramps, normal maps, and their PNG and JPEG files."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.floating[Any]]  # (height, width), one number a pixel
Pixels = npt.NDArray[np.uint8]  # (height, width, 3)


@dataclass(frozen=True)
class Picture:
    name: str
    media_type: str
    data: bytes


def png(name: str, pixels: Pixels) -> Picture:
    """Lossless, at the quick end of zlib: a designer's export, not a web file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return Picture(name, "image/png", file.getvalue())


def jpeg(name: str, pixels: Pixels, quality: int = 86) -> Picture:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=0)
    return Picture(name, "image/jpeg", file.getvalue())


def noise(
    size: int,
    seed: int,
    *,
    low: float,
    high: float,
    slope: float = 0.0,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Field:
    """Seamless noise of mean 0 and deviation 1 with `low` to `high` waves across the tile.

    `slope` weakens fine waves (1 is pink, 2 is cloudy); `stretch` (x, y) above 1 draws it out along that axis.
    """
    reach = [min(size // 2 - 1, int(high * 2.5 / s) + 1) for s in stretch]
    x = np.arange(reach[0] + 1, dtype=np.float32)
    y = np.concatenate([np.arange(reach[1] + 1), np.arange(-reach[1], 0)]).astype(np.float32)
    waves = np.hypot(x[None] * stretch[0], y[:, None] * stretch[1])
    waves[0, 0] = 1e9
    weight = np.exp(-((waves / high) ** 2)) * (1 - np.exp(-((waves / low) ** 4))) / waves**slope
    random = np.random.default_rng(seed)
    parts = random.standard_normal((2, *waves.shape), dtype=np.float32)
    spectrum = np.zeros((size, size // 2 + 1), np.complex64)
    filled = (parts[0] + 1j * parts[1]) * weight
    spectrum[: reach[1] + 1, : reach[0] + 1] = filled[: reach[1] + 1]
    spectrum[size - reach[1] :, : reach[0] + 1] = filled[reach[1] + 1 :]
    field = np.fft.irfft2(spectrum, s=(size, size))
    return np.asarray(field / field.std(), np.float32)


def steps(field: Field, start: float, end: float) -> Field:
    """0 below `start`, 1 above `end`, smooth between; `start` may be the larger one."""
    t = np.multiply(field, 1 / (end - start), dtype=np.float32)
    t -= np.float32(start / (end - start))
    np.clip(t, 0, 1, out=t)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def ramp(field: Field, stops: Sequence[tuple[float, str]]) -> Field:
    """Colours (0 to 255, as floats) for a field of 0 to 1, from hexadecimal sRGB stops."""
    at = [place for place, _ in stops]
    colours = np.array([[int(text[i : i + 2], 16) for i in (0, 2, 4)] for _, text in stops], np.float32)
    fine = np.linspace(0, 1, 2048)
    table = np.stack([np.interp(fine, at, colours[:, k]) for k in range(3)], 1).astype(np.float32)
    return table[np.clip(field * 2047, 0, 2047).astype(np.int16)]


def to_pixels(colours: npt.NDArray[Any]) -> Pixels:
    return np.clip(colours + 0.5, 0, 255).astype(np.uint8)


def normals(height: Field, strength: float) -> Pixels:
    """A tangent-space normal map (green up) of a seamless height; `strength` is pixels of height a unit."""
    slope_x = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * (strength / 2)
    slope_y = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * (strength / 2)
    scale = 127.5 / np.sqrt(slope_x**2 + slope_y**2 + 1)
    packed = np.empty((*height.shape, 3), np.uint8)
    packed[..., 0] = 128 - slope_x * scale
    packed[..., 1] = 128 + slope_y * scale
    packed[..., 2] = 128 + scale * 0.996
    return packed


def channels(occlusion: Field | float, roughness: Field | float, metallic: Field | float) -> Pixels:
    """Occlusion, roughness and metallic, 0 to 1, in one picture as glTF packs them."""
    shape = np.broadcast_shapes(*(np.shape(f) for f in (occlusion, roughness, metallic)))
    packed = np.empty((*shape, 3), np.uint8)
    for k, field in enumerate((occlusion, roughness, metallic)):
        packed[..., k] = np.clip(np.asarray(field, np.float32) * 255 + 0.5, 0, 255)
    return packed


def cells(size: int, count: int, seed: int) -> tuple[Field, Field]:
    """Distances, in cells, to the nearest and second nearest of `count`² scattered points; seamless."""
    random = np.random.default_rng(seed)
    jitter = random.random((2, count, count), dtype=np.float32)
    at = np.arange(size, dtype=np.float32) * (count / size)
    cell = at.astype(np.int64)
    part = at - cell
    nearest = np.full((size, size), 9, np.float32)
    second = nearest.copy()
    for dy in (-1, 0, 1):
        rows = (cell + dy) % count
        for dx in (-1, 0, 1):
            columns = (cell + dx) % count
            x = jitter[0][rows[:, None], columns] + (dx - part)
            y = jitter[1][rows[:, None], columns] + (dy - part)[:, None]
            distance = x * x + y * y
            np.minimum(second, np.maximum(nearest, distance), out=second)
            np.minimum(nearest, distance, out=nearest)
    return np.sqrt(nearest), np.sqrt(second)


def enlarged(field: Field, size: int) -> Field:
    """A seamless field, drawn larger without showing its pixels or a seam."""
    small = field.shape[0]
    padded = np.pad(field, 2, mode="wrap")
    box = (2.0, 2.0, 2.0 + small, 2.0 + small)
    return np.asarray(Image.fromarray(padded).resize((size, size), Image.Resampling.BICUBIC, box), np.float32)
