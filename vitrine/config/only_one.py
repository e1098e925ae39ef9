"""One Vitrine in one DATA_DIR. Standard library only."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vitrine.config.fault import SetupFault


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Holds DATA_DIR: two Vitrines in one folder would fight."""
    with open(data_dir / "up.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise SetupFault(
                f"DATA_DIR '{data_dir}' is in use by another Vitrine (process {lock.read().strip() or 'unknown'}): "
                "stop that one, or choose another: make run DATA_DIR=/path/to/folder PORT=8001"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
