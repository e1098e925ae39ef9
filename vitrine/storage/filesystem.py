"""Blobs as files under one folder, for one machine."""

import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BadKey, Blob, BlobMissing, Key, Part, check_key
from vitrine.storage.pieces import PIECE_BYTES, Pieces, Source, written_through
from vitrine.storage.trial import try_out

FILE_MODE = 0o640
FOLDER_MODE = 0o750
UNFINISHED = ".partial"  # no key begins with a dot, so no blob can be in the way
_PLACE_TRIES = 100
_NOTHING_THERE = (FileNotFoundError, NotADirectoryError)


class FilesystemStore:
    """A key is a path under `root`. `setting` is the variable that chose it, named when something is wrong.

    A blob is written beside the others, on the same file system, made durable, then renamed into its place.
    """

    def __init__(self, root: Path, *, setting: str = "DATA_DIR") -> None:
        self._root = root.absolute()
        self._setting = setting

    def put(self, key: Key, source: BinaryIO, *, media_type: str) -> Blob:
        with self.write(key, media_type=media_type) as file:
            shutil.copyfileobj(source, file, PIECE_BYTES)
        return self.stat(key)

    def write(self, key: Key, *, media_type: str) -> AbstractContextManager[BinaryIO]:
        _ = media_type  # the door that serves the file knows it from the name
        return self._writing(check_key(key))

    @contextmanager
    def _writing(self, key: Key) -> Iterator[BinaryIO]:
        unfinished = self._root / UNFINISHED / secrets.token_hex(16)
        with self._explained():
            _make_folder(unfinished.parent)
            fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            with written_through(lambda view: self._write_all(fd, view)) as file:
                yield file
            with self._explained():
                os.fchmod(fd, FILE_MODE)  # whatever the umask
                os.fsync(fd)
                placed = self._place(unfinished, self._path(key))
            if not placed:
                raise StoreFailed(
                    f"{key} was cleared away while it was being written. Write it again; if that repeats, "
                    "let unfinished writes grow older before they are swept."
                )
        finally:
            os.close(fd)
            with suppress(OSError):  # in its place already; or left to the sweep
                unfinished.unlink()

    def _write_all(self, fd: int, view: memoryview) -> None:
        with self._explained():
            while view:
                view = view[os.write(fd, view) :]

    def open(self, key: Key, *, start: int = 0, end: int | None = None) -> Pieces:
        path = self._path(key)
        if start < 0:
            raise ValueError(f"start must not be negative; it is {start}")
        with self._explained():
            try:
                file = path.open("rb", buffering=0)
            except (*_NOTHING_THERE, IsADirectoryError) as error:
                raise BlobMissing(key) from error
            size = os.fstat(file.fileno()).st_size
            file.seek(start)
        length = max(0, min(size, size if end is None else end) - start)

        def read(most: int) -> bytes:
            with self._explained():
                return file.read(most)

        return Pieces(read, file.close, length=length)

    def stat(self, key: Key) -> Blob:
        path = self._path(key)
        with self._explained():
            try:
                found = path.stat()
            except _NOTHING_THERE as error:
                raise BlobMissing(key) from error
        if not stat.S_ISREG(found.st_mode):
            raise BlobMissing(key)
        return Blob(
            key=key, size=found.st_size, etag=f"{found.st_ino:x}-{found.st_size:x}-{found.st_mtime_ns:x}"
        )

    def delete(self, key: Key) -> None:
        path = self._path(key)
        with self._explained():
            if not path.is_file():
                return
            path.unlink(missing_ok=True)
            self._tidy(path.parent)

    def move(self, source: Key, target: Key, *, media_type: str) -> Blob:
        _ = media_type
        path, goal = self._path(source), self._path(target)
        with self._explained():
            if path != goal and path.is_file() and self._place(path, goal):
                self._tidy(path.parent)
        try:
            return self.stat(target)
        except BlobMissing as error:
            raise BlobMissing(source) from error

    def keys(self, prefix: str = "") -> Iterator[Key]:
        folder = prefix.rpartition("/")[0]
        try:
            top = self._path(check_key(folder)) if folder else self._root
        except BadKey:
            return
        for path in self._files(top):
            name = path.relative_to(self._root).as_posix()
            if name.startswith(prefix):
                yield Key(name)

    def _files(self, folder: Path) -> Iterator[Path]:
        """Every file below; names that no key has (dot files, `lost+found`) and links are passed over."""
        with self._explained():
            try:
                with os.scandir(folder) as entries:
                    found = list(entries)
            except _NOTHING_THERE:
                return
        for entry in found:
            try:
                check_key(entry.name)
            except BadKey:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._files(Path(entry))
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry)

    def begin_parts(self, key: Key, *, media_type: str) -> str:
        check_key(key)
        parts_id = secrets.token_hex(16)
        with self._explained():
            _make_folder(self._parts_folder(parts_id))
        return parts_id

    def put_part(self, key: Key, parts_id: str, number: int, source: Source) -> Part:
        folder = self._parts_folder(parts_id)
        coming, size = folder / f"coming-{secrets.token_hex(8)}", 0
        try:
            with self._explained(), _missing_without(folder, key):
                fd = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
            try:
                while piece := source.read(PIECE_BYTES):
                    self._write_all(fd, memoryview(piece))
                    size += len(piece)
                with self._explained():
                    os.fsync(fd)
            finally:
                os.close(fd)
            with self._explained(), _missing_without(folder, key):
                coming.replace(folder / str(number))
                _make_durable(folder)
        finally:
            with suppress(OSError):  # in its place already; or left to the sweep
                coming.unlink()
        return Part(number=number, size=size)

    def url_to_put_part(self, key: Key, parts_id: str, number: int, *, size: int, life_s: int) -> str | None:
        return None

    def parts(self, key: Key, parts_id: str) -> list[Part]:
        folder = self._parts_folder(parts_id)
        with self._explained(), _missing_without(folder, key), os.scandir(folder) as entries:
            found = [entry for entry in entries if entry.name.isdecimal()]
            return sorted(
                (Part(number=int(entry.name), size=entry.stat().st_size) for entry in found),
                key=lambda part: part.number,
            )

    def join_parts(self, key: Key, parts_id: str, *, count: int) -> Blob:
        """A copy into place, on the same disk: the parts stay whole until the blob is."""
        folder = self._parts_folder(parts_id)
        try:
            with self.write(key, media_type="") as file:
                for number in range(1, count + 1):
                    with self._explained(), self._part(folder, number, key) as part:
                        shutil.copyfileobj(part, file, PIECE_BYTES)
        except BlobMissing:
            if folder.exists():
                raise
            return self.stat(key)  # joined from another side
        self.forget_parts(key, parts_id)
        return self.stat(key)

    @contextmanager
    def _part(self, folder: Path, number: int, key: Key) -> Iterator[BinaryIO]:
        try:
            file = (folder / str(number)).open("rb", buffering=0)
        except FileNotFoundError as error:
            raise BlobMissing(key) from error
        with file:
            yield file

    def forget_parts(self, key: Key, parts_id: str) -> None:
        with self._explained():
            _remove(self._parts_folder(parts_id))

    def _parts_folder(self, parts_id: str) -> Path:
        return self._root / UNFINISHED / check_key(parts_id)

    def sweep_unfinished(self, *, older_than_s: float) -> int:
        oldest = time.time() - older_than_s
        swept = 0
        with self._explained():
            for path in (self._root / UNFINISHED).glob("*"):
                try:
                    if path.stat().st_mtime <= oldest:
                        _remove(path)
                        swept += 1
                except FileNotFoundError:  # finished, or swept by another worker
                    continue
        return swept

    def check(self) -> None:
        try_out(self)

    def _path(self, key: Key) -> Path:
        return self._root / check_key(key)

    def _place(self, path: Path, target: Path) -> bool:
        """Rename and make it last. False when `path` is gone."""
        for _ in range(_PLACE_TRIES):
            try:
                _make_folder(target.parent)
                path.replace(target)
            except FileNotFoundError:  # a delete took the empty folder away between two lines: once more
                if not path.exists():
                    return False
                continue
            with suppress(FileNotFoundError):  # deleted again already
                _make_durable(target.parent)
            return True
        raise StoreFailed(f"{target.parent} disappears whenever it is made. Find out who deletes it.")

    def _tidy(self, folder: Path) -> None:
        """Make a removal last, then take away the folders it left empty."""
        try:
            _make_durable(folder)
            while folder != self._root:
                folder.rmdir()
                folder = folder.parent
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.EBUSY):
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreFailed(self._explanation(error)) from error

    def _explanation(self, error: OSError) -> str:
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT:
                return (
                    f"No room is left for files under {self._root} ({_free_bytes(self._root)} bytes free). "
                    f"Free some, or move {self._setting} to a larger disk."
                )
            case errno.EACCES | errno.EPERM | errno.EROFS:
                return (
                    f"User {os.geteuid()} may not use {error.filename or self._root} ({error.strerror}). "
                    f"Give it read and write access, or choose another {self._setting}."
                )
            case errno.EEXIST | errno.ENOTDIR | errno.EISDIR:
                return (
                    f"{error.filename2 or error.filename} is in the way: a file where a folder is needed, or a "
                    f"folder where a file is. Move it away, or choose another {self._setting}."
                )
            case errno.EMFILE | errno.ENFILE:
                return f"Too many files are open ({error.strerror}). Raise the limit with ulimit -n."
            case _:
                return f"The disk under {self._root} ({self._setting}) failed: {error}. Check the disk."


def _free_bytes(folder: Path) -> str:
    try:
        return f"{shutil.disk_usage(folder).free:,}"
    except OSError:
        return "unknown"


@contextmanager
def _missing_without(folder: Path, key: Key) -> Iterator[None]:
    """Parts whose folder is gone were joined or forgotten."""
    try:
        yield
    except FileNotFoundError as error:
        if folder.exists():
            raise
        raise BlobMissing(key) from error


def _remove(path: Path) -> None:
    """A file, or a folder of parts. The folder goes first by name, so that nobody finds it half empty."""
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    going = path.with_name(f"going-{secrets.token_hex(16)}")
    with suppress(FileNotFoundError):  # another does it
        path.replace(going)
        shutil.rmtree(going)


def _make_folder(folder: Path) -> None:
    """The folder and those above it, so that they outlast a power cut."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir(mode=FOLDER_MODE)
    except FileExistsError:  # another made it, and a third may have taken it away again since
        if folder.exists() and not folder.is_dir():
            raise
    _make_durable(folder.parent)


def _make_durable(folder: Path) -> None:
    """Names are only safe on disk once their folder is synced."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
