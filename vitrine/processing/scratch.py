"""The folder a job is cooked in: it goes with its job or, when the worker was killed, with a later sweep."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "vitrine-job-"
_YOUNG_S = 60.0  # time enough to be locked


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder, locked for as long as its owner lives: the kernel opens the lock of whoever is killed."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        lock = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def sweep_scratch(*, older_than_s: float = _YOUNG_S) -> int:
    """Delete the folders that nobody holds any more. How many."""
    oldest = time.time() - older_than_s
    return sum(_swept(folder, oldest) for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"))


def _swept(folder: Path, oldest: float) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # gone already, or somebody else's
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(lock).st_mtime > oldest:
            return False
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:  # its job runs
        return False
    finally:
        os.close(lock)
    return True
