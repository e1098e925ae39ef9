"""The files of many products as they were sent, in one ZIP that is made while it is read: it lies nowhere, whole."""

import re
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.storage.blobs import BlobMissing, Key

MOST_ORIGINALS = 100
_NAME_LETTERS = 100
_UNNAMEABLE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
"""What no file may be called on one of the usual systems."""


def originals(product_ids: Sequence[UUID]) -> list[tuple[str, AssetVersion]]:
    """A file's name and the version that was sent last, for each product that is here; every name once."""
    found = Product.objects.filter(pk__in=product_ids[:MOST_ORIGINALS], deleted_at=None).order_by(
        "name", "id"
    )
    named: dict[str, AssetVersion] = {}
    for product in found.select_related("newest_version__made_from"):
        version = (product.newest_version or product.shown_version).source
        named[_free_name(product.name, version.format, named)] = version
    return list(named.items())


def zipped(named: Iterable[tuple[str, AssetVersion]]) -> Iterator[bytes]:
    """Piece by piece. What the store does not have is told in a file of its own instead."""
    pipe, missing = _Pipe(), []
    with ZipFile(pipe, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]  # writes only, and is never sought in
        for name, version in named:
            if not _is_there(version):
                missing.append(name)
                continue
            member = ZipInfo(name, version.created_at.timetuple()[:6])
            with archive.open(member, "w", force_zip64=True) as file:
                for piece in files.store().open(Key(version.key)):
                    file.write(piece)
                    yield pipe.taken()
        if missing:
            archive.writestr("missing.txt", "\n".join(missing) + "\n")
    yield pipe.taken()


def _is_there(version: AssetVersion) -> bool:
    try:
        files.store().stat(Key(version.key))
    except BlobMissing:
        return False
    return True


def _free_name(name: str, file_format: str, taken: Iterable[str]) -> str:
    stem = _UNNAMEABLE.sub("-", name).strip(" .")[:_NAME_LETTERS] or "model"
    known, number, free = {one.casefold() for one in taken}, 1, f"{stem}.{file_format}"
    while free.casefold() in known:
        number += 1
        free = f"{stem} {number}.{file_format}"
    return free


class _Pipe:
    """Where the archive is written to, and taken from at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken
