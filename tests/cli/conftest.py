"""Somebody at a terminal, and a service for them."""

import io
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.builders import PASSWORD, a_user
from vitrine.access.roles import Role
from vitrine.cli.__main__ import main
from vitrine.processing import uploads

ROOT = Path(__file__).resolve().parents[2]
GLB = b"glTF\x02\x00\x00\x00" + bytes(range(200))


@dataclass(frozen=True, slots=True)
class Told:
    exit_code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


class Typist(Protocol):
    def __call__(self, *arguments: object, stdin: str = "") -> Told: ...


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where logins and what is unfinished are kept."""
    folder = tmp_path / "home"
    for name in ("VITRINE_URL", "VITRINE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    return folder


@pytest.fixture
def typed(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Typist]:
    """`typed("ls", "--json")`: what that says and how it ends."""
    before = signal.getsignal(signal.SIGTERM)

    def type_(*arguments: object, stdin: str = "") -> Told:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        try:
            exit_code = main([str(one) for one in arguments])
        except SystemExit as left:  # argparse's way
            exit_code = int(left.code or 0)
        captured = capsys.readouterr()
        return Told(exit_code, captured.out, captured.err)

    yield type_
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def at_home(typed: Typist, live_server: LiveServer) -> Typist:
    """The same, logged in as an editor."""
    a_user(Role.EDITOR, with_password=True, username="eve")
    told = typed("login", live_server.url, "--user", "eve", stdin=f"{PASSWORD}\n")
    assert told.exit_code == 0, told.err
    return typed


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 16 bytes: 13 of GLB."""
    monkeypatch.setattr(uploads, "PART_BYTES", 16)
    monkeypatch.setattr(uploads, "_MIB", 1)


@pytest.fixture
def chair(tmp_path: Path) -> Path:
    path = tmp_path / "chair.glb"
    path.write_bytes(GLB)
    return path
