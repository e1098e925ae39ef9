"""Uploads that come in parts: begun, resumed after whatever broke, put together, and ready for a product."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from vitrine.access.models import User
from vitrine.catalog import files
from vitrine.errors import ChecksumMismatch, Conflict, NotFound, Refused, StoreFailed, TooLarge
from vitrine.pipeline.formats import HEAD_BYTES, sniff
from vitrine.pipeline.work import Format
from vitrine.processing import upkeep
from vitrine.processing.intake import Arrived
from vitrine.processing.models import Upload
from vitrine.storage.blobs import BlobMissing, Key
from vitrine.storage.pieces import Source

PART_BYTES = 8 * 1024 * 1024
PARTS_MOST = 1000  # then parts grow: an answer that names them all stays small
URL_LIFE_S = 3600
_MIB = 1024 * 1024
_ANY = "application/octet-stream"
_GONE = "There is no such upload: it was used already, given up, or has expired."


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a part belongs. Bytes. `url` is its address at the store; None when it comes to us, or has arrived."""

    number: int
    offset: int
    size: int
    received: bool
    url: str | None


def begin(name: str, size: int, *, sha256: str, by: User) -> Upload:
    """A new upload of that size, open for its parts."""
    if size > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(
            f"A file may have {settings.MAX_UPLOAD_BYTES:,} bytes; this one has {size:,}. "
            "The limit is MAX_UPLOAD_BYTES."
        )
    wanted = -(-size // PARTS_MOST)
    part_size = max(PART_BYTES, -(-wanted // _MIB) * _MIB)
    upload = Upload(name=name, size=size, part_size=part_size, claimed_sha256=sha256, created_by=by)
    upload.save()  # before its parts: whoever dies in between leaves a row that is swept
    upload.parts_id = files.store().begin_parts(_key(upload), media_type=_ANY)
    upload.save(update_fields=["parts_id"])
    return upload


def find(upload_id: UUID, *, by: User) -> Upload:
    """Somebody's own upload in parts. Another's is not there."""
    found = Upload.objects.filter(pk=upload_id, created_by=by).exclude(size=None).first()
    if found is None:
        raise NotFound(_GONE)
    return found


def places(upload: Upload) -> list[Place]:
    """Every part, with an address for each that the store takes itself and that has not arrived whole."""
    there = _sizes(upload)
    return [
        Place(
            number=number,
            offset=offset,
            size=size,
            received=there.get(number) == size,
            url=None if there.get(number) == size else _url(upload, number, size),
        )
        for number, offset, size in _cuts(upload)
    ]


def _url(upload: Upload, number: int, size: int) -> str | None:
    store = files.store()
    return store.url_to_put_part(_key(upload), upload.parts_id, number, size=size, life_s=URL_LIFE_S)


def size_of_part(upload: Upload, number: int) -> int:
    """How many bytes that part has. NotFound when there is no such part, Conflict when none is taken any more."""
    sizes = {one: size for one, _, size in _cuts(upload)}
    if number not in sizes:
        raise NotFound(f"This upload has the parts 1 to {len(sizes)}; there is no part {number}.")
    if upload.complete:
        raise Conflict("This upload is complete: no part is taken any more.")
    return sizes[number]


def put_part(upload: Upload, number: int, source: Source) -> None:
    """Keep a part; `source` gives exactly its bytes or raises."""
    try:
        files.store().put_part(_key(upload), upload.parts_id, number, source)
    except BlobMissing as error:
        raise Conflict(
            "This upload was completed or given up meanwhile: no part is taken any more."
        ) from error


def complete(upload: Upload) -> Upload:
    """Its parts become one file, whose hash and kind are then known. Twice, and from two sides at once, is harmless."""
    if upload.complete:
        return upload
    try:
        _join(upload)
        read = _read_through(upload)
    except BlobMissing:
        return _completed_elsewhere(upload)
    try:
        found = _checked(upload, read)
    except Refused:
        give_up(upload)
        raise
    if not upload.note_complete(read.sha256, found):
        files.store().delete(_key(upload))
    return upload


def _completed_elsewhere(upload: Upload) -> Upload:
    """As the other side left it; Conflict names the parts that are missing when there was no other side."""
    now = Upload.objects.filter(pk=upload.pk).first()
    if now is None:
        raise NotFound(_GONE)
    if now.complete:
        return now
    missing, count = _missing(upload), len(_cuts(upload))
    if not missing:  # being joined just now from another side, or forgotten by the store
        raise StoreFailed(
            "The store has no parts of this upload any more, and no file yet. Try again in a moment; if that stays, "
            "begin a new upload."
        )
    named = ", ".join(str(number) for number in missing[:20]) + (" …" if len(missing) > 20 else "")
    raise Conflict(f"{len(missing)} of {count} parts are missing: {named}. Send them, then complete it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What a file turned out to be. `size` in bytes; `head`: how it begins."""

    size: int
    sha256: str
    head: bytes


def _checked(upload: Upload, read: _Read) -> Format:
    if read.size != upload.size or read.sha256 != (upload.claimed_sha256 or read.sha256):
        raise ChecksumMismatch(
            f"{upload.size:,} bytes with SHA-256 {upload.claimed_sha256 or '(not told)'} were announced; "
            f"{read.size:,} with {read.sha256} came, and were thrown away. Begin a new upload."
        )
    return sniff(read.head, upload.name, converts=settings.PIPELINE.converts)


def give_up(upload: Upload) -> None:
    """Forget it and all its bytes. Conflict while a product is made of it."""
    with upload.claimed():
        upkeep.forget(upload)


def arrived(upload_id: UUID, *, by: User) -> Arrived:
    """A complete upload, for a product to be made of it."""
    upload = find(upload_id, by=by)
    if not upload.complete:
        raise Conflict("This upload is not complete: send the parts that are missing, then complete it.")
    return Arrived(upload=upload, size=upload.size or 0, sha256=upload.sha256, format=Format(upload.format))


def _key(upload: Upload) -> Key:
    return files.incoming_key(upload.pk)


def _cuts(upload: Upload) -> list[tuple[int, int, int]]:
    """Number, offset and size of each part."""
    size, part_size = upload.size or 0, upload.part_size or PART_BYTES
    return [
        (number, offset, min(part_size, size - offset))
        for number, offset in enumerate(range(0, size, part_size), start=1)
    ]


def _sizes(upload: Upload) -> dict[int, int]:
    """What has arrived, by number. Of an upload whose parts were joined: all."""
    try:
        if not upload.complete:
            return {part.number: part.size for part in files.store().parts(_key(upload), upload.parts_id)}
    except BlobMissing:  # joined from another side, or before a complete that died
        pass
    return {number: size for number, _, size in _cuts(upload)}


def _missing(upload: Upload) -> list[int]:
    there = _sizes(upload)
    return [number for number, _, size in _cuts(upload) if there.get(number) != size]


def _join(upload: Upload) -> None:
    """BlobMissing while parts are missing. When they are because another side joins them, its blob is there already."""
    if _missing(upload):
        files.store().stat(_key(upload))
    else:
        files.store().join_parts(_key(upload), upload.parts_id, count=len(_cuts(upload)))


def _read_through(upload: Upload) -> _Read:
    """All of it. Its size is counted: what a store tells of it may come from half an answer."""
    digest, head, size = hashlib.sha256(), b"", 0
    for piece in files.store().open(_key(upload)):
        digest.update(piece)
        head += piece[: max(0, HEAD_BYTES - len(head))]
        size += len(piece)
    return _Read(size=size, sha256=digest.hexdigest(), head=head)
