"""Finding a browser, without starting it."""

from pathlib import Path

import pytest

from vitrine.pipeline.studio import find_chromium


def a_program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_an_explicit_browser_is_taken(tmp_path: Path) -> None:
    mine = a_program(tmp_path, "my browser")

    assert find_chromium(str(mine)) == mine


def test_for_an_explicit_one_that_is_missing_no_other_is_taken(tmp_path: Path) -> None:
    assert find_chromium(str(tmp_path / "nowhere")) is None


def test_one_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = a_program(tmp_path, "google-chrome")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_chromium(None) == found


def test_chromium_goes_before_chrome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_program(tmp_path, "google-chrome")
    chromium = a_program(tmp_path, "chromium")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_chromium(None) == chromium


def test_without_any_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))

    assert find_chromium(None) is None
