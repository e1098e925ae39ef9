"""The zip that a .usdz is: written stored and aligned, and inspected without opening anything in it."""

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import BinaryIO

ALIGNMENT = 64
LAYERS = frozenset({"usd", "usda", "usdc"})
MEDIA = frozenset({"png", "jpg", "jpeg", "exr", "avif", "m4a", "mp3", "wav"})
PICTURES = frozenset({"png", "jpg", "jpeg"})
_PADDING = 0x1986  # the extra field's id that USD itself pads with
_HEADER = 30  # a local file header's fixed part
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file inside: where its bytes begin and how many there are."""

    name: str
    offset: int
    size: int

    @property
    def extension(self) -> str:
        return PurePosixPath(self.name).suffix.lstrip(".").lower()


class BadArchive(ValueError):
    """The zip is not what a .usdz may be; the message says why and what to do."""


def pack(target: Path, folder: Path, names: Sequence[str]) -> None:
    """`names`, relative to `folder`, in that order. The same files always give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name, _EARLIEST)
            info.external_attr = 0o644 << 16
            start = archive.fp.tell() + _HEADER + len(name.encode())  # type: ignore[union-attr]  # open for writing
            info.extra = _padding(start)
            archive.writestr(info, (folder / name).read_bytes())


def entries(path: Path, *, max_files: int) -> list[Entry]:
    """The files inside, checked: stored, not encrypted, aligned, named decently, a USD layer first."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadArchive(f"The file is not a readable zip, as every .usdz is: {error}.") from error
    if not infos:
        raise BadArchive("The .usdz is empty.")
    if len(infos) > max_files:
        raise BadArchive(f"The .usdz holds {len(infos)} files; at most {max_files} are allowed.")
    with path.open("rb") as file:
        size = path.stat().st_size
        found = [_entry(info, _data_offset(file, info), size) for info in infos]
    _check_names([entry.name for entry in found])
    _check_overlaps(found)
    if found[0].extension not in LAYERS:
        raise BadArchive(f"The first file in a .usdz must be its USD layer; here it is {found[0].name!r}.")
    return found


def misplaced(path: Path) -> int:
    """How many of the files inside are compressed, or begin where Quick Look does not want them to."""
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        return sum(
            info.compress_type != zipfile.ZIP_STORED or _data_offset(file, info) % ALIGNMENT != 0
            for info in archive.infolist()
        )


def _padding(start: int) -> bytes:
    short = -start % ALIGNMENT
    if short == 0:
        return b""
    length = short if short >= 4 else short + ALIGNMENT  # an extra field needs four bytes for itself
    return struct.pack("<HH", _PADDING, length - 4) + bytes(length - 4)


def _data_offset(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    file.seek(info.header_offset)
    header = file.read(_HEADER)
    if len(header) < _HEADER or header[:4] != b"PK\x03\x04":
        raise BadArchive(f"The zip is damaged at {info.filename!r}.")
    name, extra = struct.unpack_from("<HH", header, 26)
    return info.header_offset + _HEADER + int(name) + int(extra)


def _entry(info: zipfile.ZipInfo, offset: int, archive_size: int) -> Entry:
    name = info.filename
    if info.flag_bits & 0x1:
        raise BadArchive(f"{name!r} in the .usdz is encrypted.")
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        raise BadArchive(f"{name!r} is compressed; files in a .usdz must be stored. Pack it with usdzip.")
    if offset % ALIGNMENT:
        raise BadArchive(
            f"{name!r} begins at byte {offset}, no multiple of {ALIGNMENT} as Quick Look wants it. "
            "Pack it with usdzip."
        )
    if offset + info.file_size > archive_size:
        raise BadArchive(f"{name!r} reaches beyond the end of the .usdz: the file is cut off.")
    return Entry(name, offset, info.file_size)


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name.isprintable():
            raise BadArchive(f"The name {name[:200]!r} in the .usdz leads outside of it.")
        if len(name) > 500:
            raise BadArchive(f"A name in the .usdz has {len(name)} characters; at most 500 are allowed.")
    if len(set(names)) != len(names):
        raise BadArchive("Two files in the .usdz have the same name.")


def _check_overlaps(found: Sequence[Entry]) -> None:
    ordered = sorted(found, key=lambda entry: entry.offset)
    for before, after in pairwise(ordered):
        if before.offset + before.size > after.offset:
            raise BadArchive(f"{before.name!r} and {after.name!r} share bytes: the zip is damaged.")
