"""`make run` in a clean checkout, by an ordinary user with no home."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.lives import processes_with
from tests.gltf_builders import a_plain_ball
from tests.journey.processes import wait_until
from tests.journey.service import PASSWORD, ROOT, Service
from vitrine.config.environment import for_child

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(1200)]

_INSTALL_S = 900.0
_USER = "nobody"


def as_nobody(*command: str, **options: object) -> subprocess.Popen[bytes]:
    entry = pwd.getpwnam(_USER)
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # options are Popen's own
        command,
        user=entry.pw_uid,
        group=entry.pw_gid,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        **options,
    )


def a_python_for_nobody() -> str:
    """A Python 3.11 or newer with venv that `nobody` can start."""
    probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    for name in ("/usr/bin/python3", "/usr/local/bin/python3"):
        if (
            Path(name).exists()
            and as_nobody(name, "-c", probe, stderr=subprocess.DEVNULL, cwd="/").wait() == 0
        ):
            return name
    pytest.skip("this machine has no Python 3.11 with venv that `nobody` can reach")


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A clean clone in a path with a space, owned by `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine of nobody "))
    clone = folder / "checkout"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "venv", "var", "dist", "node_modules", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, clone, ignore=ignored)
    owner = pwd.getpwnam(_USER)
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    yield clone
    for pid in processes_with(str(folder)):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process as somebody else")
def test_make_run_serves_and_cooks_and_leaves_nothing(checkout: Path) -> None:
    service = Service(checkout / "var")
    # No home and no venv; but a machine may need its own certificates to reach the package registries.
    kept = {
        name: value for name, value in for_child().items() if name not in {"HOME", "VIRTUAL_ENV", "DATA_DIR"}
    }
    environment = {
        **kept,
        "PATH": "/usr/bin:/bin",
        "DEMO": "0",
        "PORT": str(service.port),
        "ADMIN_PASSWORD": PASSWORD,
    }
    said = checkout.parent / "said"
    with said.open("wb") as out:
        command = ("make", "run", f"PYTHON={a_python_for_nobody()}")
        running = as_nobody(*command, cwd=checkout, env=environment, stdout=out, stderr=subprocess.STDOUT)
    service.process = running

    assert wait_until(lambda: service.answers() or running.poll() is not None, limit_s=_INSTALL_S, pause_s=1)
    assert running.poll() is None, said.read_text()
    service.log_in()
    product = service.upload(a_plain_ball().bytes())
    task = service.wait_for_end(product["id"])
    running.send_signal(signal.SIGTERM)
    running.wait(120)

    assert (task["status"], task["error"]) == ("done", None)
    assert (checkout / "var").stat().st_uid == pwd.getpwnam(_USER).pw_uid
    assert wait_until(lambda: processes_with(str(checkout)) == [], limit_s=60)
