"""What was begun and not ended: small files, one for each upload, that the next try goes on from."""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

_KEPT_S = 3 * 24 * 3600  # the service forgets an upload after a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An upload of a file with that SHA-256. `key` makes what is made of it once. `made`, once it was: the
    product's id, and the hash of what was asked for."""

    upload_id: str
    size: int
    sha256: str
    key: str
    made: str | None = None
    asked: str | None = None


class Unfinished:
    """Of one service."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._url = folder / "uploads", url

    def find(self, size: int, sha256: str) -> Note | None:
        try:
            said = json.loads(self._path(sha256).read_text())
            note = Note(**{name: value for name, value in said.items() if name != "url"})
        except (OSError, ValueError, TypeError):
            return None
        return note if note.size == size else None

    def begin(self, upload_id: str, size: int, sha256: str) -> Note:
        note = Note(upload_id=upload_id, size=size, sha256=sha256, key=str(uuid4()))
        self._keep(note)
        return note

    def note_made(self, note: Note, product: str, asked: str) -> None:
        self._keep(replace(note, made=product, asked=asked))

    def forget(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def _keep(self, note: Note) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep()
        fresh = self._folder / f".{os.getpid()}.new"
        fresh.write_text(json.dumps({"url": self._url, **asdict(note)}))
        fresh.replace(self._path(note.sha256))

    def _sweep(self) -> None:
        old = time.time() - _KEPT_S
        for path in self._folder.glob("*.json"):
            if path.stat().st_mtime < old:
                path.unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        name = hashlib.sha256(f"{self._url} {sha256}".encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"


def hash_of(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]
