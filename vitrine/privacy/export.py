"""All that is kept on a person who logs in, put together by a worker as one archive, for that person alone."""

import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils import timezone

from vitrine.access.audit import note
from vitrine.access.models import User
from vitrine.catalog import files
from vitrine.errors import Broken, Conflict
from vitrine.privacy.holdings import HOLDINGS, audit_shape, audited, name_of, sessions_of
from vitrine.privacy.models import Export, State
from vitrine.processing.models import Upload
from vitrine.storage.blobs import BlobMissing
from vitrine.storage.pieces import Pieces

log = structlog.get_logger()

MEDIA_TYPE = "application/zip"
_READ_ME = """All that Vitrine keeps on {name}, put together on {at}.

person.json    your login, keys, sessions, uploads and what else names you
audit.jsonl    what you did and what was done to your login, one JSON object a line, oldest first
uploads/       files that you sent and that became no product yet

Left out: your password (kept as a hash only), the secret of your second factor, and digests of your keys and logins.
They would help nobody but a thief. Products are not yours but the installation's; those that you made are named.
"""


def ask(person: User, *, by: User, export_id: UUID) -> Export:
    """The export that is made now: the one that waits already, if there is one."""
    with suppress(IntegrityError), transaction.atomic():
        made = Export.objects.create(id=export_id, person=person, asked_by=by.pk)
        note("export.asked-for", target=person, by=by)
        return made
    waiting = Export.objects.filter(person=person, state=State.WAITING).first()
    return waiting or ask(person, by=by, export_id=export_id)  # it was made in this very moment


def those_of(person: User) -> list[Export]:
    """What is there or being made, newest first."""
    since = timezone.now() - timedelta(days=settings.EXPORT_DAYS)
    return list(Export.objects.filter(person=person, created_at__gt=since).order_by("-created_at"))


def read(person: User) -> tuple[Export, Pieces]:
    """The newest archive, for its person. Conflict where none is ready."""
    ready = next((one for one in those_of(person) if one.state == State.READY), None)
    if ready is None:
        raise Conflict("No export is ready. Ask for one; it is put together within a minute.")
    try:
        pieces = files.store().open(ready.key)
    except BlobMissing as error:
        raise Conflict("The archive is gone. Ask for another.") from error
    note("export.downloaded", target=person, by=person)
    return ready, pieces


def make_those_asked_for() -> int:
    """For a worker's round. How many were made."""
    count = 0
    while (export := Export.claim()) is not None:
        count += _make(export)
    return count


def forget_old(before: datetime, most: int) -> int:
    """Archives whose time is up, and their rows. How many."""
    old = list(Export.objects.filter(created_at__lt=before).order_by("created_at")[:most])
    for export in old:
        files.store().delete(export.key)
        export.delete()
    return len(old)


def _make(export: Export) -> bool:
    try:
        size = _written(export)
    except Broken as error:
        log.warning("export_failed", export=str(export.pk), code=error.code)
        return False  # it is tried again once its lease is over, so often and no more
    with transaction.atomic():
        ended = export.end(State.READY, size=size)
        if ended:
            note("export.made", target=export.person)
    if not Export.objects.filter(pk=export.pk).exists():  # the person was erased meanwhile
        files.store().delete(export.key)
    return ended


def _written(export: Export) -> int:
    """On disk first: a zip is not written in one go. Bytes."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, export.person)
        file.seek(0)
        return files.store().put(export.key, file, media_type=MEDIA_TYPE).size


def _fill(archive: zipfile.ZipFile, person: User) -> None:
    at = f"{timezone.now():%Y-%m-%d %H:%M} UTC"
    archive.writestr("README.txt", _READ_ME.format(name=person.username, at=at))
    with archive.open("person.json", "w") as file:
        file.write(_json(_person(person), indent=1))
    with archive.open("audit.jsonl", "w") as file:
        for entry in audited(person.pk).iterator(1_000):
            file.write(_json(audit_shape(entry, person.pk)) + b"\n")
    for upload in Upload.objects.filter(created_by=person).order_by("pk"):
        _add_upload(archive, upload)


def _person(person: User) -> Mapping[str, Any]:
    rows = {name_of(one.model): list(one.of(person)) for one in HOLDINGS}
    sessions = [{"expires_at": one.expire_date} for one in sessions_of(person.pk)]
    return {**rows, "sessions": sessions}


def _add_upload(archive: zipfile.ZipFile, upload: Upload) -> None:
    """What of it has come together; parts that were never joined are not a file."""
    with suppress(BlobMissing):
        pieces = files.store().open(files.incoming_key(upload.pk))
        with archive.open(f"uploads/{upload.pk}", "w", force_zip64=True) as file:
            _copy(pieces, file)


def _copy(pieces: Iterator[bytes], file: IO[bytes]) -> None:
    for piece in pieces:
        file.write(piece)


def _json(value: Mapping[str, Any], *, indent: int | None = None) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent).encode()
