"""A logo that somebody sent: read as PNG or WebP, and written anew, so that nothing but its pixels stays."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext
from PIL import Image, UnidentifiedImageError

from vitrine.errors import InvalidRequest

MOST_BYTES = 1_000_000
MOST_PIXELS = 16_000_000
FORMATS = ("PNG", "WEBP")
_BOX_PX = (640, 160)  # what the pages show at half of it, for sharp screens


@dataclass(frozen=True, slots=True)
class Logo:
    """A WebP without loss, at most 640 × 160 px."""

    content: bytes
    digest: str
    width_px: int
    height_px: int


def read_logo(content: bytes) -> Logo:
    """InvalidRequest for what is no PNG or WebP, is too large or broken."""
    image = _fitted(_opened(content))
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=True, method=6)
    kept = out.getvalue()
    return Logo(kept, hashlib.sha256(kept).hexdigest()[:32], image.width, image.height)


def _opened(content: bytes) -> Image.Image:
    if len(content) > MOST_BYTES:
        words = gettext("The logo has %(size)d bytes; at most %(limit)d are taken.")
        raise InvalidRequest(words % {"size": len(content), "limit": MOST_BYTES})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            words = gettext("The logo has %(width)d × %(height)d pixels; at most %(limit)d in all are taken.")
            size = {"width": image.width, "height": image.height, "limit": MOST_PIXELS}
            raise InvalidRequest(words % size)
        image.load()
    except UnidentifiedImageError as error:
        raise InvalidRequest(gettext("This is no PNG or WebP image; send one of these.")) from error
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise InvalidRequest(gettext("This image is broken. Save it anew, then send it again.")) from error
    return image


def _fitted(image: Image.Image) -> Image.Image:
    """Its first picture, with its transparency and without its metadata."""
    plain = image.convert("RGBA")
    plain.thumbnail(_BOX_PX, Image.Resampling.LANCZOS)
    fresh = Image.new("RGBA", plain.size)
    fresh.paste(plain)
    return fresh
