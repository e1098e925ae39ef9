"""The set-up by hand that was promised: venv, pip install, migrate, runserver. The lines are the README's."""

import os
import shutil
import signal
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.lives import processes_with
from tests.gltf_builders import a_plain_ball
from tests.journey.processes import wait_until
from tests.journey.service import PASSWORD, ROOT, Service
from vitrine.config.environment import for_child

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(900)]

_NOT_CLONED = shutil.ignore_patterns(
    ".git", ".venv", "venv", "var", "dist", "node_modules", "__pycache__", ".*_cache"
)
_START_S = 240.0
_INSTALL_S = 600.0


def linked_or_copied(source: str, target: str) -> str:
    """Node's packages are many: a link where the file system can, else a copy."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A clone in a path with a space. Node's packages are there already, to save time."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine by hand "))
    folder.chmod(0o755)
    clone = folder / "checkout"
    shutil.copytree(ROOT, clone, ignore=_NOT_CLONED)
    shutil.copytree(
        ROOT / "node_modules",
        clone / "node_modules",
        symlinks=True,
        ignore=shutil.ignore_patterns(".vitrine-viewer-built"),
        copy_function=linked_or_copied,
    )
    yield clone
    for pid in processes_with(str(folder)):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


def by_hand(checkout: Path, *command: str, **variables: str) -> subprocess.Popen[bytes]:
    """One line typed in the checkout, with its venv activated."""
    activated = {"VIRTUAL_ENV": str(checkout / "venv"), "PATH": f"{checkout / 'venv' / 'bin'}:/usr/bin:/bin"}
    return subprocess.Popen(
        [str(checkout / "venv" / "bin" / command[0]), *command[1:]],
        cwd=checkout,
        env=for_child(DATA_DIR="", **activated, **variables),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def make_venv(checkout: Path) -> None:
    """`python -m venv venv`, and `pip install -r requirements.txt` in it."""
    base = Path(sysconfig.get_config_var("BINDIR")) / "python3"
    subprocess.run([base, "-m", "venv", "venv"], cwd=checkout, check=True)
    install = by_hand(checkout, "python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt")
    assert install.wait(_INSTALL_S) == 0


def test_the_four_lines_lead_to_a_product_that_becomes_ready(checkout: Path) -> None:
    make_venv(checkout)
    assert by_hand(checkout, "python", "manage.py", "migrate").wait(_START_S) == 0
    assert processes_with(str(checkout / "var")) == []

    service = Service(checkout / "var")
    service.process = by_hand(
        checkout, "python", "manage.py", "runserver", PORT=str(service.port), ADMIN_PASSWORD=PASSWORD
    )
    assert wait_until(service.answers, limit_s=_START_S)
    service.log_in()
    product = service.upload(a_plain_ball().bytes())
    task = service.wait_for_end(product["id"])

    assert (task["status"], task["error"]) == ("done", None)
    assert service.product(product["id"])["status"] == "ready"
    assert service.call("GET", "/viewer/vitrine-viewer.js").status == 200

    service.process.send_signal(signal.SIGTERM)
    service.process.wait(120)
    assert wait_until(lambda: processes_with(str(checkout)) == [], limit_s=60)
