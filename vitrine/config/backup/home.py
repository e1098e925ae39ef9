"""The folder that backups lie in."""

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from vitrine.config.backup.manifest import NAME, lines_of
from vitrine.config.fault import SetupFault

_WHOLE = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")
_UNFINISHED, _GOING, _COMING = ".unfinished-", ".going-", ".coming-"


class Home:
    """Backups below one folder, and the files that they share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()

    def whole(self) -> list[Path]:
        """Newest first."""
        if not self.folder.is_dir():
            return []
        found = [
            path for path in self.folder.iterdir() if _WHOLE.fullmatch(path.name) and (path / NAME).is_file()
        ]
        return sorted(found, key=lambda path: path.name, reverse=True)

    def file(self, sha256: str) -> Path:
        return self.folder / "files" / sha256[:2] / sha256

    def coming(self) -> Path:
        """A name for a file whose hash is not known yet."""
        return self.folder / "files" / f"{_COMING}{secrets.token_hex(8)}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One backup at a time. What one that died had begun goes."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "files").mkdir(exist_ok=True)
            self.folder.chmod(0o700)
            lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SetupFault(f"'{self.folder}' cannot be written to: {error.strerror}.") from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise SetupFault(
                    f"Another backup is being written to '{self.folder}': wait for it."
                ) from error
            self._clear()
            yield
        finally:
            os.close(lock)

    @contextmanager
    def begun(self) -> Iterator[Path]:
        """A folder to fill. When the block ends well it becomes a whole backup, else it is gone."""
        draft = self.folder / f"{_UNFINISHED}{secrets.token_hex(8)}"
        draft.mkdir(mode=0o700)
        try:
            yield draft
            for path in draft.rglob("*"):
                make_durable(path)
            make_durable(draft)
            draft.rename(self._free_name())
            make_durable(self.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def prune(self, keep: int) -> int:
        """Let all but so many of the newest go, and the files that nobody names any more. How many backups."""
        old = self.whole()[keep:]
        for path in old:
            going = path.with_name(f"{_GOING}{path.name}")  # what is half deleted must not look whole
            path.rename(going)
            shutil.rmtree(going)
        named = {line.sha256 for path in self.whole() for line in lines_of(path)}
        for file in (self.folder / "files").glob("??/*"):
            if file.name not in named:
                file.unlink()
        return len(old)

    def _clear(self) -> None:
        for prefix in (_UNFINISHED, _GOING):
            for path in self.folder.glob(f"{prefix}*"):
                shutil.rmtree(path)
        for path in (self.folder / "files").glob(f"{_COMING}*"):
            path.unlink()

    def _free_name(self) -> Path:
        stamp = f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
        names = [stamp, *(f"{stamp}-{number}" for number in range(2, 1000))]
        return next(path for name in names if not (path := self.folder / name).exists())


def chosen(place: Path) -> tuple[Home, Path]:
    """By a folder of backups its newest whole one; by a backup itself."""
    place = place.expanduser().absolute()
    if (place / NAME).is_file() and _WHOLE.fullmatch(place.name):
        return Home(place.parent), place
    home = Home(place)
    if not (found := home.whole()):
        raise SetupFault(f"No whole backup lies in '{place}'.")
    return home, found[0]


def make_durable(path: Path) -> None:
    """What it holds, or the names in it, outlast a power cut."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_private(path: Path, content: bytes) -> None:
    """For its owner's eyes only, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def line_as_text(key: str, sha256: str, size: int) -> str:
    return json.dumps({"key": key, "sha256": sha256, "size": size}) + "\n"
