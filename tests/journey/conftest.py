"""A folder that the service's lesser users can enter, and the element's browser."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.viewer.conftest import browser, launch, playwright

__all__ = ["browser", "launch", "open_folder", "playwright"]


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """PostgreSQL, Chromium and the engine run as others when we are root, and must get in: pytest's own folders
    are closed to them, and closed anew by every other run of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-journey-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
