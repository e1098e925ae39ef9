"""Whether a backup is what it was when it was made."""

from collections.abc import Iterator
from pathlib import Path

from vitrine.config.backup.home import Home
from vitrine.config.backup.manifest import DATABASE, FILES, Manifest, lines_of, sha256_of


def faults(home: Home, backup: Path) -> Iterator[str]:
    """Each part and file that is missing or changed, by its name. Reads every byte."""
    manifest = Manifest.read(backup)
    sound = True
    for name in sorted({DATABASE, FILES, *manifest.parts}):
        if fault := _fault(backup / name, manifest.parts.get(name, "")):
            sound = sound and name != FILES
            yield f"{name} {fault}"
    if sound:
        for line in lines_of(backup):
            if fault := _fault(home.file(line.sha256), line.sha256):
                yield f"{line.key} ({home.file(line.sha256).relative_to(home.folder)}) {fault}"


def _fault(path: Path, sha256: str) -> str:
    try:
        return "" if sha256_of(path) == sha256 else "was changed"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
