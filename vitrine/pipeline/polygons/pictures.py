"""A model's pictures as glTF takes them: PNG and JPEG byte for byte, others as PNG."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from vitrine.pipeline.pictures import NotAPictureError, read_header
from vitrine.pipeline.polygons.surface import Unreadable, refuse

_READ = ("PNG", "JPEG", "BMP", "TGA", "TIFF", "WEBP", "GIF")
_AS_THEY_CAME = ("image/png", "image/jpeg")


@dataclass(slots=True)
class Pictures:
    """`kept`: (bytes, media type) of each picture of the GLB. Each file is taken once."""

    side_px: int
    limit_px: int
    kept: list[tuple[bytes, str]] = field(default_factory=list)
    places: dict[tuple[Path, Path | None], int] = field(default_factory=dict)

    def take(self, path: Path, name: str) -> int:
        """The picture's place in the GLB."""
        return self._at((path, None), lambda: self._encoded(path, name))

    def take_with_alpha(self, path: Path, alpha: Path, name: str) -> int:
        """A colour picture and another that says how opaque it is, as one."""
        if path == alpha:
            return self.take(path, name)
        return self._at((path, alpha), lambda: self._joined(path, alpha, name))

    def is_normal_map(self, path: Path, name: str) -> bool:
        """A bump map may be heights, which glTF does not know, or a normal map under a wrong name: bluish all over."""
        small = self._opened(path, name).convert("RGB").resize((16, 16), Image.Resampling.BOX)
        red, green, blue = np.asarray(small, float).reshape(-1, 3).mean(axis=0) / 255
        return bool(blue > 0.75 and abs(red - 0.5) < 0.15 and abs(green - 0.5) < 0.15)

    def _at(self, key: tuple[Path, Path | None], make: Callable[[], tuple[bytes, str]]) -> int:
        if key not in self.places:
            self.places[key] = len(self.kept)
            self.kept.append(make())
        return self.places[key]

    def _encoded(self, path: Path, name: str) -> tuple[bytes, str]:
        data = path.read_bytes()
        try:
            media_type = read_header(data).media_type
        except NotAPictureError:
            media_type = ""
        if media_type in _AS_THEY_CAME:
            return data, media_type
        return _png(self._opened(path, name))

    def _joined(self, path: Path, alpha: Path, name: str) -> tuple[bytes, str]:
        picture = self._opened(path, name).convert("RGB")
        mask = self._opened(alpha, name)
        opacity = mask.getchannel("A") if "A" in mask.getbands() else mask.convert("L")
        picture.putalpha(opacity.resize(picture.size, Image.Resampling.LANCZOS))
        return _png(picture)

    def _opened(self, path: Path, name: str) -> Image.Image:
        try:
            picture = Image.open(path, formats=_READ)
            self._check(picture.size, name)
            picture.load()
        except Unreadable:
            raise
        except UnidentifiedImageError as error:
            raise Unreadable(f'The picture "{name[:200]}" is none of {", ".join(_READ)}.') from error
        except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for pictures that lie
            raise Unreadable(f'The picture "{name[:200]}" cannot be read: {str(error)[:200]}.') from error
        return picture

    def _check(self, size: tuple[int, int], name: str) -> None:
        width, height = size
        if max(width, height) > self.side_px or width * height > self.limit_px:
            refuse(
                f'The picture "{name[:200]}" has {width} × {height} pixels; the limit is {self.side_px} a side and '
                f"{self.limit_px} in all."
            )


def _png(picture: Image.Image) -> tuple[bytes, str]:
    out = io.BytesIO()
    if picture.mode not in ("RGB", "RGBA", "L"):
        clear = "A" in picture.getbands() or "transparency" in picture.info
        picture = picture.convert("RGBA" if clear else "RGB")
    picture.save(out, "PNG")
    return out.getvalue(), "image/png"
