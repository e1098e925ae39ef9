"""The package's pictures: PNG or JPEG, 8 bits, RGB or RGBA, no larger than allowed."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile

from vitrine.pipeline.usdz.gltf import Array, Glb, NotPlain

_FORMATS = {"PNG": "png", "JPEG": "jpg"}
_JPEG_QUALITY = 90
_UNCHANGED = 1e-3  # a normal map's scale this near to 1 is 1


@dataclass(slots=True)
class Images:
    """Writes the GLB's images into `folder`, each once for each normal scale it is used with."""

    glb: Glb
    folder: Path
    max_px: int
    written: dict[tuple[int, float | None], Path] = field(default_factory=dict)
    largest_px: int = 0
    resized: int = 0

    def write(self, image: int, normal_scale: float | None) -> Path:
        """The image's file. `normal_scale` multiplies a normal map's x and y; None for other maps."""
        if normal_scale is not None and abs(normal_scale - 1) < _UNCHANGED:
            normal_scale = None
        key = (image, normal_scale)
        if key not in self.written:
            self.written[key] = self._write(image, normal_scale)
        return self.written[key]

    def mean_linear(self, image: int) -> Array:
        """The mean colour, linear RGB."""
        with _opened(self.glb.image(image)) as picture:
            small = picture.convert("RGB").resize((16, 16), Image.Resampling.BOX)
        mean: Array = _linear(np.asarray(small, float).reshape(-1, 3) / 255).mean(axis=0)
        return mean

    def _write(self, image: int, normal_scale: float | None) -> Path:
        data = self.glb.image(image)
        with _opened(data) as picture:
            kind = picture.format or "PNG"
            too_large = max(picture.size) > self.max_px
            self.resized += too_large
            if not too_large and normal_scale is None and picture.mode in ("RGB", "RGBA"):
                self.largest_px = max(self.largest_px, *picture.size)
            else:
                made = fitted(_plain(picture), self.max_px)
                self.largest_px = max(self.largest_px, *made.size)
                data = _encoded(
                    scaled_normals(made, normal_scale) if normal_scale is not None else made, kind
                )
        path = self.folder / f"image_{len(self.written)}.{_FORMATS[kind]}"
        path.write_bytes(data)
        return path


def fitted(picture: Image.Image, max_px: int) -> Image.Image:
    """No side over `max_px`. Alpha is resized apart: colour under alpha 0 may still be seen."""
    if max(picture.size) <= max_px:
        return picture
    factor = max_px / max(picture.size)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    bands = [band.resize(size, Image.Resampling.LANCZOS) for band in picture.split()]
    return Image.merge(picture.mode, bands)


def scaled_normals(picture: Image.Image, scale: float) -> Image.Image:
    """A normal map whose x and y are multiplied by `scale`, unit length again."""
    normals = np.asarray(picture.convert("RGB"), float) / 127.5 - 1
    normals[..., :2] *= scale
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-6)
    return Image.fromarray(np.clip((normals + 1) * 127.5 + 0.5, 0, 255).astype(np.uint8))


def _opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=tuple(_FORMATS))
    if picture.format not in _FORMATS:  # pragma: no cover  # a JPEG variant that Pillow names otherwise
        raise NotPlain(f"a picture is {picture.format}, not PNG or JPEG")
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """8-bit RGB or RGBA."""
    if picture.mode.startswith("I") or picture.mode == "F":
        grey = np.asarray(picture, float)
        return Image.fromarray(np.clip(grey / 257, 0, 255).astype(np.uint8)).convert("RGB")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        # With `optimize` Pillow wants the whole file in one buffer, and its own is too small for a noisy picture.
        ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 3 * picture.width * picture.height)
        picture.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=True)
    else:
        picture.save(out, "PNG")
    return out.getvalue()


def _linear(srgb: Array) -> Array:
    """IEC 61966-2-1."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
