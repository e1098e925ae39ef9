"""The commands of the guides do what the guides say."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.gltf_builders import a_ball
from tests.journey.service import PASSWORD, ROOT, Service

pytestmark = pytest.mark.journey


def commands_of(page: str) -> str:
    """Every `sh` block of a page, as one script that stops at the first failure and says what it runs."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 5, "the page has lost its commands"
    return "set -exuo pipefail\n" + "\n".join(blocks)


def test_the_backend_guide_s_commands_work(open_folder: Path, tmp_path: Path) -> None:
    data, shop = open_folder, tmp_path
    (shop / "chair.glb").write_bytes(a_ball().bytes())

    with Service(data) as service:
        ran = subprocess.run(
            ["bash", "-c", commands_of("docs/backend.md")],  # the shell that readers have
            cwd=shop,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "VITRINE": service.url, "ADMIN_PASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )

    assert ran.returncode == 0, ran.stderr[-2000:]
