"""Makes a backup while everything runs."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from vitrine import __version__
from vitrine.catalog import files
from vitrine.config.backup import snapshot
from vitrine.config.backup.database import Database
from vitrine.config.backup.home import Home, line_as_text, write_private
from vitrine.config.backup.manifest import (
    DATABASE,
    FILES,
    KEYS,
    NAME,
    Line,
    Manifest,
    fingerprint,
    lines_of,
    sha256_of,
)
from vitrine.config.backup.snapshot import Snapshot
from vitrine.config.fault import SetupFault

HERE = "here"
SECRET_KEY_FILE = "secret_key"  # noqa: S105  # a name
_NAMES = "named"
_PIECE_BYTES = 1 << 20


@dataclass(slots=True)
class Copying:
    """How the files fared. `missing` were not there, or were damaged."""

    files: int = 0
    bytes: int = 0
    fresh: int = 0
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Made:
    folder: Path
    manifest: Manifest
    fresh: int
    pruned: int


def make(folder: Path, *, keep: int | None = None) -> Made:
    """SetupFault when it cannot be made; then nothing is left that looks like a backup."""
    home, database = Home(folder), Database.of_django()
    with _explained(home), home.locked(), snapshot.files_held(database):
        before = home.whole()
        packed = _packed_before(before[0]) if before else {}
        with home.begun() as draft:
            about = _dump(database, draft)
            copying = _copy(home, draft, packed)
            _keep_keys(draft)
            manifest = _manifest(draft, about, copying)
            write_private(draft / NAME, manifest.as_json())
        pruned = home.prune(keep) if keep is not None else 0
        return Made(home.whole()[0], manifest, copying.fresh, pruned)


@dataclass(frozen=True, slots=True)
class _About:
    postgresql: str
    migrations: list[str]
    counts: dict[str, int]
    at: datetime


def _dump(database: Database, draft: Path) -> _About:
    with snapshot.taken(database) as taken:
        at = datetime.now(UTC)
        database.dump(draft / DATABASE, snapshot=taken.id)
        return _about(taken, draft, at)


def _about(taken: Snapshot, draft: Path, at: datetime) -> _About:
    taken.write_names(draft / _NAMES)
    return _About(taken.postgresql, taken.migrations(), taken.counts(), at)


def _copy(home: Home, draft: Path, packed: dict[str, Line]) -> Copying:
    copying = Copying()
    with (draft / FILES).open("x", encoding="utf-8") as told:
        if _files_in() == HERE:
            for line in _copied(home, draft / _NAMES, packed, copying):
                told.write(line_as_text(line.key, line.sha256, line.size))
                copying.files += 1
                copying.bytes += line.size
    (draft / _NAMES).unlink()
    return copying


def _copied(home: Home, names: Path, packed: dict[str, Line], copying: Copying) -> Iterator[Line]:
    folder = settings.DATA_DIR / "files"
    for line in lines_of(names.parent, names.name):
        sha256 = line.sha256 if _has(home, line) else _taken(home, folder / line.key, line.sha256, copying)
        if sha256 is None:
            copying.missing.append(line.key)
            continue
        yield line
        if (beside := _packed(home, folder, line.key, packed, copying)) is not None:
            yield beside


def _packed(home: Home, folder: Path, key: str, packed: dict[str, Line], copying: Copying) -> Line | None:
    """The same file packed with brotli, which no row names."""
    beside = files.packed_key(key)
    try:
        size = (folder / beside).stat().st_size
    except FileNotFoundError:
        return None
    known = packed.get(beside)
    if known is not None and known.size == size and _has(home, known):
        return known
    sha256 = _taken(home, folder / beside, None, copying)
    return Line(beside, sha256, size) if sha256 else None


def _has(home: Home, line: Line) -> bool:
    try:
        return home.file(line.sha256).stat().st_size == line.size
    except FileNotFoundError:
        return False


def _taken(home: Home, source: Path, expected: str | None, copying: Copying) -> str | None:
    """A link on the same disk, else a copy. Its hash, or None where it is missing or not what it should be."""
    draft = home.coming()
    try:
        sha256 = _linked(source, draft) or _copied_bytes(source, draft)
    except FileNotFoundError:
        return None
    try:
        if expected is not None and sha256 != expected:
            return None
        target = home.file(sha256)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        draft.replace(target)
        copying.fresh += 1
        return sha256
    finally:
        draft.unlink(missing_ok=True)  # two names of the same file are not moved onto one another


def _linked(source: Path, draft: Path) -> str | None:
    try:
        os.link(source, draft)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one without links
        return None
    return sha256_of(draft)


def _copied_bytes(source: Path, draft: Path) -> str:
    digest = hashlib.sha256()
    try:
        with (
            source.open("rb") as read,
            open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written,
        ):
            while piece := read.read(_PIECE_BYTES):
                digest.update(piece)
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def _keep_keys(draft: Path) -> None:
    """The key that is in use, wherever it came from, and what else nobody can make again: the authority of TLS=1. All
    else in DATA_DIR is the database, files, or made anew."""
    (draft / KEYS).mkdir(mode=0o700)
    write_private(draft / KEYS / SECRET_KEY_FILE, settings.SECRET_KEY.encode())
    for path in sorted((settings.DATA_DIR / "tls").rglob("*")):
        if path.is_file():
            write_private(draft / KEYS / path.relative_to(settings.DATA_DIR), path.read_bytes())


def _manifest(draft: Path, about: _About, copying: Copying) -> Manifest:
    own = [draft / DATABASE, draft / FILES, *(path for path in (draft / KEYS).rglob("*") if path.is_file())]
    for path in own:
        path.chmod(0o600)
    return Manifest(
        made_at=about.at.isoformat(timespec="seconds"),
        vitrine=__version__,
        postgresql=about.postgresql,
        migrations=about.migrations,
        counts=about.counts,
        files=copying.files,
        file_bytes=copying.bytes,
        files_in=_files_in(),
        secret_key=fingerprint(settings.SECRET_KEY),
        missing=copying.missing,
        parts={path.relative_to(draft).as_posix(): sha256_of(path) for path in sorted(own)},
    )


def _files_in() -> str:
    return f"s3://{settings.AWS_BUCKET_NAME}" if settings.AWS_BUCKET_NAME else HERE


def _packed_before(backup: Path) -> dict[str, Line]:
    return {line.key: line for line in lines_of(backup) if files.plain_key(line.key) != line.key}


@contextmanager
def _explained(home: Home) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SetupFault(
                f"The disk that holds '{home.folder}' is full: free some space, keep fewer (KEEP=) and run it again. "
                "Nothing was left of this backup; the ones before are whole."
            ) from error
        raise SetupFault(f"The backup failed: {error}") from error
