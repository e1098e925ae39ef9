"""A folder that the service's lesser users can enter, and the element's browser."""

import fcntl
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.viewer.conftest import browser, launch, playwright
from vitrine.config.environment import ROOT, for_child

__all__ = ["an_open_folder", "browser", "fill", "launch", "open_folder", "playwright", "prepared"]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first start makes in DATA_DIR and what takes it long: a migrated cluster, and the static files.

    Made once for all processes of a run. That the first start makes them itself, test_make_run, test_by_hand and
    test_as_nobody show.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if own.name.startswith("popen-") else own
    folder = shared / "prepared"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _prepare(folder)
    return folder


def _prepare(folder: Path) -> None:
    """Elsewhere, since PostgreSQL's user must get in."""
    draft = an_open_folder()
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=for_child(DATA_DIR=str(draft)), check=True)
    fresh = folder.with_name("prepared.new")
    (fresh / "postgres").mkdir(parents=True)
    _copy(draft / "postgres" / "cluster", fresh / "postgres" / "cluster")
    _copy(Path(settings.STATIC_ROOT), fresh / "static")
    shutil.rmtree(draft)
    fresh.rename(folder)


def fill(folder: Path, prepared: Path) -> None:
    """As if Vitrine had been started in `folder` before."""
    for part in ("postgres", "static"):
        _copy(prepared / part, folder / part)


def _copy(source: Path, target: Path) -> None:
    """With its owners, as PostgreSQL insists."""
    subprocess.run(["cp", "-a", source, target], check=True)


def an_open_folder() -> Path:
    """PostgreSQL, Chromium and the engine run as others when we are root, and must get in: pytest's own folders
    are closed to them, and closed anew by every other run of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-journey-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def open_folder(prepared: Path) -> Iterator[Path]:
    folder = an_open_folder()
    fill(folder, prepared)
    yield folder
    shutil.rmtree(folder)
