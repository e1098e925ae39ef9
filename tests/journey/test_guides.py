"""The commands of the guides do what the guides say."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gltf_builders import a_plain_ball
from tests.journey.service import PASSWORD, ROOT, Service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]


def commands_of(page: str) -> str:
    """Every `sh` block of a page, as one script that stops at the first failure and says what it runs."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 3, "the page has lost its commands"
    return "set -exuo pipefail\n" + "\n".join(blocks)


def walked(page: str, service: Service, shop: Path) -> subprocess.CompletedProcess[str]:
    """All of a page's commands in a folder of the reader's, with `vitrine` beside."""
    command = shop / "bin" / "vitrine"
    command.parent.mkdir(exist_ok=True)
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {sys.executable} -P -m vitrine.cli "$@"\n'
    )
    command.chmod(0o755)
    return subprocess.run(
        ["bash", "-c", commands_of(page)],  # the shell that readers have
        cwd=shop,
        env={
            "PATH": f"{command.parent}:/usr/bin:/bin:/usr/local/bin",
            "HOME": str(shop),
            "VITRINE": service.url,
            "ADMIN_PASSWORD": PASSWORD,
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def service(open_folder: Path) -> Iterator[Service]:
    with Service(open_folder) as started:
        yield started


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for number, name in enumerate(("chair.glb", "table.glb", "lamp.glb")):
        (tmp_path / name).write_bytes(a_plain_ball(rings=8 + number).bytes())
    return tmp_path


# The first leaves one job behind for the worker, the second three: in this order they wait less for each other.
def test_the_backend_guide_s_commands_work(service: Service, shop: Path) -> None:
    ran = walked("docs/backend.md", service, shop)

    assert ran.returncode == 0, ran.stderr[-2000:]


def test_the_command_line_s_guide_works(service: Service, shop: Path) -> None:
    ran = walked("docs/cli.md", service, shop)

    assert ran.returncode == 0, ran.stderr[-2000:]
    assert len(list((shop / "everything" / "models").iterdir())) == 3
