"""The folder that a cook's files end up in: all of them at once, or none."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vitrine.pipeline.work import Format, Kind

REPORT = "report.json"
MANIFEST = "manifest.json"
_OURS = frozenset(
    {f"{kind}.{format_}" for kind in Kind for format_ in (Format.GLB, Format.USDZ, Format.WEBP)}
    | {REPORT, MANIFEST}
)


class OrderFault(Exception):
    """What was asked for cannot be done as it was asked. The text says why, and what to do."""


def check_free(target: Path, *, force: bool) -> None:
    """OrderFault where files would have to be overwritten, before any work is done."""
    if target.exists() and not target.is_dir():
        raise OrderFault(f"{target} is a file; --out names a folder.")
    if target.is_dir() and any(target.iterdir()) and not force:
        raise OrderFault(
            f"{target} is not empty. Name another folder, or replace our files in it with --force."
        )


@contextmanager
def filled_at_once(target: Path) -> Iterator[Path]:
    """A folder beside `target` to fill; when the block ends well it becomes `target`, else it is gone.

    In a target that holds files, those that bear our names are replaced or removed, and all others stay.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    filling = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        filling.chmod(0o777 & ~_umask())
        yield filling
        if target.is_dir() and any(target.iterdir()):
            _replace(target, filling)
        else:
            filling.rename(target)
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def _replace(target: Path, filling: Path) -> None:
    fresh = {path.name for path in filling.iterdir()}
    # The manifest comes last: where it is, the files that it names are.
    for name in sorted(fresh, key=lambda one: one == MANIFEST):
        (filling / name).replace(target / name)
    for name in _OURS - fresh:
        (target / name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
