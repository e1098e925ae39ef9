"""The restore drill of docs/operations.md, by its own commands: uploads go on while a backup is taken."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gltf_builders import a_ball
from tests.journey.processes import wait_until
from tests.journey.service import ROOT, Service
from vitrine.config.backup.marker import refuse_half_restored
from vitrine.config.environment import for_child
from vitrine.config.fault import SetupFault

pytestmark = pytest.mark.journey

NOT_COOKED = {"optimize": "false"}


def commands_of(section: str) -> str:
    """The `sh` blocks of one section of docs/operations.md."""
    page = (ROOT / "docs" / "operations.md").read_text()
    text = re.split(rf"^## {section}$", page, flags=re.MULTILINE)[1].split("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert blocks, f"{section} has lost its commands"
    return "\n".join(blocks)


def walk(*sections: str, **variables: str) -> str:
    """What the commands say; they stop at the first failure."""
    script = "\n".join(["set -exuo pipefail", *map(commands_of, sections)])
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=for_child(**variables),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@contextmanager
def uploading(service: Service) -> Iterator[list[str]]:
    """Somebody who sends one model after another. The ids of the products so far."""
    made: list[str] = []
    done = threading.Event()

    def send() -> None:
        while not done.is_set():
            content = a_ball(rings=4).bytes() + bytes(4 * len(made))
            made.append(service.upload(content, name=f"Meanwhile {len(made)}", **NOT_COOKED)["id"])
            done.wait(0.2)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield made
    finally:
        done.set()
        thread.join()


def kill_a_restore(backups: Path, drill: Path) -> None:
    """As soon as it has begun to put things back."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "restore", str(backups)],
        cwd=ROOT,
        env=for_child(DATA_DIR=str(drill)),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as child:
        assert wait_until((drill / "restoring").exists, limit_s=200, pause_s=0.005)
        os.kill(child.pid, signal.SIGKILL)


def files_of(service: Service) -> dict[str, str]:
    """By product, the SHA-256 of the model that is read at its address."""
    found: dict[str, str] = {}
    path = "/api/assets/3d/?limit=100"
    while path:  # a slow backup leaves time for more than a page of uploads
        page = service.call("GET", path).json()
        for one in page["results"]:
            found[one["id"]] = hashlib.sha256(service.call("GET", one["model_3d_url"]).body).hexdigest()
        path = page["next"]
    return found


def test_all_that_a_snapshot_named_is_back_after_a_restore_that_died_once(open_folder: Path) -> None:
    data, backups, drill = (open_folder / name for name in ("data", "backups", "drill"))
    for folder in (data, drill):
        folder.mkdir(mode=0o755)

    with Service(data) as service:
        key = service.call("POST", "/api/keys/", {"name": "A shop", "scopes": ["assets:read"]}).json()["key"]
        first = service.upload(a_ball(rings=5).bytes(), **NOT_COOKED)["id"]
        with uploading(service) as meanwhile:
            assert wait_until(lambda: len(meanwhile) > 2, limit_s=60)
            said = walk("Backup", DATA_DIR=str(data), BACKUPS=str(backups))
        before = files_of(service)
    assert "is whole." in said
    kill_a_restore(backups, drill)
    with pytest.raises(SetupFault, match="did not end: run it again"):
        refuse_half_restored(drill)
    restored = walk("Restore drill", DATA_DIR="", BACKUPS=str(backups), DRILL=str(drill))

    with Service(drill) as again:
        after = files_of(again)
        by_key = again.call("GET", f"/api/assets/3d/{first}/", headers={"Authorization": f"Api-Key {key}"})

    assert "Mind" not in restored
    assert {first, *meanwhile[:2]} <= set(after)
    assert after == {product: before[product] for product in after}
    assert by_key.status == 200
    assert (data / "secret_key").read_text() == (drill / "secret_key").read_text()
