"""Studios for tests, and files for them to open."""

from pathlib import Path

from vitrine.pipeline.studio import Studio, find_chromium


def a_studio(*, size_px: int = 128) -> Studio:
    """With the Chromium of this machine; without one the test fails, it is not skipped."""
    chromium = find_chromium(None)
    assert chromium is not None, "install Chromium to run the tests marked browser"
    return Studio(chromium=chromium, size_px=size_px)


def a_file(folder: Path, content: bytes, name: str = "model.glb") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
