"""What a backup says of itself."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from vitrine.config.fault import SetupFault

FORMAT = 1
NAME = "manifest.json"
DATABASE, FILES, KEYS = "database.dump", "files.jsonl", "keys"
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """A file that the database names: its key in the store, and its bytes by their hash."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`parts` are the backup's own files by name, with their SHA-256; `counts` are rows by table."""

    format: int = FORMAT
    made_at: str
    vitrine: str
    postgresql: str
    migrations: list[str]
    counts: dict[str, int]
    files: int
    file_bytes: int
    files_in: str
    """`here`, or `s3://BUCKET`: then the bucket's own versions are their backup."""
    secret_key: str
    """A fingerprint, to know the key again by."""
    missing: list[str]
    """Files that were not there, or damaged, when the backup was made."""
    parts: dict[str, str]

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=2).encode() + b"\n"

    @classmethod
    def read(cls, folder: Path) -> Self:
        try:
            told: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
            if told["format"] > FORMAT:
                raise SetupFault(
                    f"'{folder}' was made by a newer Vitrine ({told['vitrine']}): restore it with that or a newer one."
                )
            return cls(**told)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise SetupFault(f"'{folder / NAME}' cannot be read: {error}") from error


def lines_of(folder: Path, name: str = FILES) -> Iterator[Line]:
    with (folder / name).open(encoding="utf-8") as file:
        for text in file:
            yield Line(**json.loads(text))


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def fingerprint(secret_key: str) -> str:
    return hmac.digest(secret_key.encode(), b"vitrine backup", "sha256").hex()[:16]
