"""Image headers: what kind and how large, without decoding a pixel."""

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureHeader:
    """`media_type` as glTF writes it. `basis` is False for a KTX2 that is not Basis Universal."""

    media_type: str
    width_px: int
    height_px: int
    basis: bool = True


class NotAPictureError(ValueError):
    """Not PNG, JPEG, WebP, AVIF or KTX2, or cut short. The text says what it looks like."""


def read_header(data: bytes | memoryview) -> PictureHeader:
    """The header of one encoded image."""
    head = bytes(data[:64])
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(head)
        if head.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _webp(head)
        if head.startswith(b"\xabKTX 20\xbb\r\n\x1a\n"):
            return _ktx2(head)
        if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis", b"mif1", b"miaf"):
            return _avif(bytes(data[:4096]))
    except (struct.error, IndexError) as cause:
        raise NotAPictureError("is cut short") from cause
    raise NotAPictureError(_guess(bytes(data[:1024])))


def _png(head: bytes) -> PictureHeader:
    if head[12:16] != b"IHDR":
        raise NotAPictureError("is a PNG without its header")
    width, height = struct.unpack(">II", head[16:24])
    return PictureHeader(media_type="image/png", width_px=width, height_px=height)


_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the SOF markers
_JPEG_ALONE = frozenset(range(0xD0, 0xD9)) | {0x01}


def _jpeg(data: bytes | memoryview) -> PictureHeader:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            raise NotAPictureError("is a JPEG with a broken segment")
        marker = data[at + 1]
        if marker == 0xFF or marker in _JPEG_ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", bytes(data[at + 5 : at + 9]))
            return PictureHeader(media_type="image/jpeg", width_px=width, height_px=height)
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    raise NotAPictureError("is a JPEG without a size")


def _webp(head: bytes) -> PictureHeader:
    kind = head[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(head[24:27], "little")
        height = 1 + int.from_bytes(head[27:30], "little")
    elif kind == b"VP8L":
        bits = struct.unpack("<I", head[21:25])[0]
        width, height = 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    elif kind == b"VP8 ":
        width, height = (value & 0x3FFF for value in struct.unpack("<HH", head[26:30]))
    else:
        raise NotAPictureError("is a WebP of an unknown kind")
    return PictureHeader(media_type="image/webp", width_px=width, height_px=height)


def _ktx2(head: bytes) -> PictureHeader:
    """KTX File Format Specification 2.0, section 3. Basis Universal has vkFormat 0."""
    vk_format, _, width, height = struct.unpack("<IIII", head[12:28])
    return PictureHeader(media_type="image/ktx2", width_px=width, height_px=height, basis=vk_format == 0)


def _avif(head: bytes) -> PictureHeader:
    """The largest of the image's `ispe` properties (ISO/IEC 23008-12, 6.5.3)."""
    sizes: list[tuple[int, int]] = []
    at = head.find(b"ispe")
    while at >= 0:
        width, height = struct.unpack(">II", head[at + 8 : at + 16])
        sizes.append((width * height, width))
        at = head.find(b"ispe", at + 4)
    if not sizes:
        raise NotAPictureError("is an AVIF without a size")
    area, width = max(sizes)
    return PictureHeader(media_type="image/avif", width_px=width, height_px=area // max(1, width))


def _guess(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml")) or b"<svg" in text:
        return "is an SVG"
    if not head:
        return "is empty"
    return f"begins with {head[:8].hex(' ')}, which is no image that we read"
