"""Brings a backup back: verified first, then the files, the database in one transaction, and the keys."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from vitrine.api.reading import KEPT
from vitrine.catalog import files
from vitrine.config.backup import checking, snapshot
from vitrine.config.backup.database import Database
from vitrine.config.backup.home import Home, chosen, write_private
from vitrine.config.backup.making import HERE, SECRET_KEY_FILE
from vitrine.config.backup.manifest import DATABASE, KEYS, Manifest, fingerprint, lines_of
from vitrine.config.backup.marker import is_half_restored, mark, unmark
from vitrine.config.fault import SetupFault
from vitrine.config.only_one import only_one
from vitrine.errors import StoreFailed
from vitrine.pipeline.work import Format
from vitrine.privacy.models import Export
from vitrine.processing import upkeep
from vitrine.processing.models import Upload
from vitrine.storage.blobs import BlobMissing, Key

_TOLD = 5
_ROOM = 1.1  # the database's part is not known before; files are most of it


@dataclass(frozen=True, slots=True)
class Restored:
    backup: Path
    manifest: Manifest
    warnings: list[str]


def restore(place: Path, *, replace: bool) -> Restored:
    """SetupFault, and nothing has changed, unless all of the backup is sound and there is room for it. `replace`: what
    is there goes; a restore that died may be run again without it."""
    home, backup = chosen(place)
    manifest = Manifest.read(backup)
    _check_version(manifest)
    database = Database.of_django()
    connection.close()
    with only_one(settings.DATA_DIR), _told():
        _check_free(database, replace=replace)
        _check_sound(home, backup)
        _check_room(manifest)
        warnings = list(_foreseen(manifest))
        mark(settings.DATA_DIR)
        _put_files(home, backup)
        database.load(backup / DATABASE, emptied=not database.is_empty())
        _put_keys(backup)
        _forget_kept_answers()
        call_command("migrate", interactive=False, verbosity=0)
        _forget_what_passed()
        if manifest.files_in == HERE and not settings.AWS_BUCKET_NAME:
            _forget_files_of_before(backup)
        warnings += _missing_rows(database, manifest)
        unmark(settings.DATA_DIR)
    return Restored(backup, manifest, warnings)


def _check_version(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise SetupFault(
            f"This backup is of a newer Vitrine ({manifest.vitrine}), whose database this one does not know "
            f"({unknown[0]}): restore it with {manifest.vitrine} or newer."
        )


def _check_free(database: Database, *, replace: bool) -> None:
    if count := database.others():
        raise SetupFault(
            f"Something still uses the database ({count} connections): end web servers and workers first."
        )
    if replace or is_half_restored(settings.DATA_DIR):
        return
    has_files = next(iter(files.store().keys()), None) is not None
    if not database.is_empty() or has_files:
        what = " and ".join(["a database"] * (not database.is_empty()) + ["files"] * has_files)
        raise SetupFault(
            f"DATA_DIR '{settings.DATA_DIR}' has {what} already. Restore into an empty one (DATA_DIR=/path/to/folder), "
            "or say that what is there may go: make restore FROM=… REPLACE=1"
        )


def _check_sound(home: Home, backup: Path) -> None:
    found = list(itertools.islice(checking.faults(home, backup), _TOLD + 1))
    if found:
        more = "\n  and more" if len(found) > _TOLD else ""
        told = "".join(f"\n  {one}" for one in found[:_TOLD])
        raise SetupFault(f"'{backup}' is not what it was when it was made:{told}{more}\nNothing was changed.")


def _check_room(manifest: Manifest) -> None:
    if settings.AWS_BUCKET_NAME or is_half_restored(settings.DATA_DIR):
        return
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < manifest.file_bytes * _ROOM:
        raise SetupFault(
            f"The disk that holds '{settings.DATA_DIR}' has {free // 1_000_000} MB free, and the files alone are "
            f"{manifest.file_bytes // 1_000_000} MB: nothing was changed."
        )


def _put_files(home: Home, backup: Path) -> None:
    """Into the store of this installation, whichever it is. Those that are there already were put by a try before."""
    store = files.store()
    for line in lines_of(backup):
        key = Key(line.key)
        if not _is_there(key, line.size):
            with home.file(line.sha256).open("rb") as file:
                store.put(key, file, media_type=_media_type(line.key))


def _is_there(key: Key, size: int) -> bool:
    try:
        return files.store().stat(key).size == size
    except BlobMissing:
        return False


def _media_type(key: str) -> str:
    suffix = files.plain_key(key).rpartition(".")[2]
    return next((one.media_type for one in Format if one.value == suffix), "application/octet-stream")


def _put_keys(backup: Path) -> None:
    for path in (backup / KEYS).rglob("*"):
        if path.is_file():
            write_private(settings.DATA_DIR / path.relative_to(backup / KEYS), path.read_bytes())


def _forget_kept_answers() -> None:
    """What Redis keeps of products holds as long as their revision, and revisions begin anew from the backup's."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter(match=f"{KEPT}*", count=1000):
            client.unlink(key)


def _forget_what_passed() -> None:
    """Uploads that were under way and exports of what is kept on people: their bytes are in no backup."""
    for upload in Upload.objects.all():
        upkeep.forget(upload)
    Export.objects.all().delete()
    connections.close_all()


def _forget_files_of_before(backup: Path) -> None:
    """Those of a DATA_DIR that was replaced."""
    named = {line.key for line in lines_of(backup)}
    for key in list(files.store().keys()):
        if key not in named:
            files.store().delete(key)


def _foreseen(manifest: Manifest) -> Iterator[str]:
    for key in manifest.missing:
        yield f"{key} was missing or damaged when the backup was made, and is not there now."
    if manifest.files_in not in {HERE, f"s3://{settings.AWS_BUCKET_NAME}"}:
        yield f"The files are in {manifest.files_in}, and AWS_BUCKET_NAME does not name it."
    kept = settings.DATA_DIR / SECRET_KEY_FILE
    is_chosen = not kept.is_file() or kept.read_text().strip() != settings.SECRET_KEY
    if is_chosen and fingerprint(settings.SECRET_KEY) != manifest.secret_key:
        yield (
            "SECRET_KEY is set, and is not the one of the backup: that one lies in DATA_DIR/secret_key now. Unset "
            "SECRET_KEY, or name the old one in SECRET_KEY_FALLBACKS: else logins and second factors count no more."
        )


def _missing_rows(database: Database, manifest: Manifest) -> list[str]:
    with database.connect() as made:
        found = snapshot.counts_in(made)
    return [
        f"{table} had {count} rows, and has {found.get(table, 0)} now."
        for table, count in manifest.counts.items()
        if found.get(table, 0) < count
    ]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except StoreFailed as error:
        raise SetupFault(
            f"The restore did not end: {error.detail} Run it again; it goes on where it was."
        ) from error
