"""The log's files under DATA_DIR/logs: no line in them gets older than LOG_DAYS.

A file that has been written for half of that time is put aside, as `make run` does with a full one, and what was put
aside goes after the other half. The process goes on writing at the file's end, which is its start then.
"""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

_ASIDE = ".log.1"
_HEAD_BYTES = 65_536
_TIME = re.compile(rb"\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class OldFiles:
    """Those that must be put aside or go."""

    files: tuple[Path, ...]

    def count(self) -> int:
        return len(self.files)


def old(now: datetime, before: datetime) -> OldFiles:
    """`before`: older than this no line may be."""
    half = (now - before) / 2
    folder: Path = settings.DATA_DIR / "logs"
    aside = [
        one
        for one in folder.glob(f"*{_ASIDE}")
        if now.timestamp() - one.stat().st_mtime >= half.total_seconds()
    ]
    written = [one for one in folder.glob("*.log") if now - _first_line_at(one, now) >= half]
    return OldFiles((*aside, *written))


def forget_old(now: datetime, before: datetime) -> int:
    """How many files. What was aside goes first, so that nothing is written over that is still due."""
    files = old(now, before).files
    for one in files:
        if one.name.endswith(_ASIDE):
            one.unlink(missing_ok=True)
        else:
            shutil.copyfile(one, one.with_suffix(_ASIDE))
            os.truncate(one, 0)
    return len(files)


def _first_line_at(log: Path, now: datetime) -> datetime:
    """When its first line was written that says so; now for a file that says it nowhere."""
    with log.open("rb") as file:
        found = _TIME.search(file.read(_HEAD_BYTES))
    if found is None:
        return now
    return datetime.fromisoformat(f"{found[1].decode()}T{found[2].decode()}+00:00")
