"""`manage.py up`: what `make run` becomes once the machine is ready."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.config.lives import processes_with
from tests.journey.conftest import an_open_folder, fill
from tests.journey.processes import parent_of, wait_until
from tests.journey.service import Service, a_free_port
from tests.outreach.receiver import a_receiver
from vitrine.config.embedded.home import forget
from vitrine.config.environment import ROOT, for_child

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

WORKER = "vitrine.config.celery worker"
_START_S = 240.0


@dataclass(frozen=True, slots=True)
class Start:
    """A Vitrine that was told to start. What it says goes to `said`."""

    process: subprocess.Popen[bytes]
    data_dir: Path
    port: int
    said: Path

    def lines(self) -> list[str]:
        return self.said.read_text().splitlines()

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(120)


def a_start(data_dir: Path, *, port: int | None = None) -> Start:
    chosen = port or a_free_port()
    said = data_dir / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=for_child(DATA_DIR=str(data_dir), PORT=str(chosen), DEMO="0"),
            start_new_session=True,
        )
    return Start(process, data_dir, chosen, said)


def left_of(process: subprocess.Popen[bytes] | None, data_dir: Path, port: int) -> list[int]:
    """Processes of its session, or that name its folder or its port."""
    assert process is not None
    session = [pid for pid in processes_with("") if session_of(pid) == process.pid]
    return sorted({*session, *processes_with(str(data_dir)), *processes_with(f"--port {port} ")})


def session_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3])
    except OSError:
        return None


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """One with a space in its path."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine of a journey "))
    folder.chmod(0o755)
    yield folder
    for pid in processes_with(str(folder)):
        os.kill(pid, signal.SIGKILL)
    for server in ("postgres", "valkey"):
        forget(server, folder)
    shutil.rmtree(folder)


@pytest.fixture
def used_dir(data_dir: Path, prepared: Path) -> Path:
    """One in which Vitrine was started before: a first start takes twice as long."""
    fill(data_dir, prepared)
    return data_dir


@pytest.fixture(scope="module")
def running(prepared: Path) -> Iterator[Service]:
    """One that is still whole after each of the tests that ask for it."""
    folder = an_open_folder()
    fill(folder, prepared)
    with Service(folder) as service:
        yield service
    shutil.rmtree(folder)


def test_it_serves_and_tells_and_leaves_nothing_running(data_dir: Path) -> None:
    with a_receiver() as receiver, Service(data_dir, {"WEBHOOKS_TO": "private"}) as service:
        assert service.call("GET", "/api/assets/3d/").json()["results"] == []
        endpoint = service.call("POST", "/api/webhooks/", {"url": receiver.url}).json()["id"]
        service.call("POST", f"/api/webhooks/{endpoint}/test")
        assert wait_until(lambda: len(receiver.received) == 1, limit_s=60), "its worker sends webhooks"
        assert len(left_of(service.process, data_dir, service.port)) > 4

    assert service.process is not None
    assert service.process.returncode == 0
    assert left_of(service.process, data_dir, service.port) == []


def test_ctrl_c_while_it_still_starts_leaves_nothing_running(used_dir: Path) -> None:
    start = a_start(used_dir)
    assert wait_until(lambda: bool(processes_with(f"--port {start.port} ")), limit_s=_START_S), start.lines()

    assert start.stop(signal.SIGINT) == 0

    assert left_of(start.process, used_dir, start.port) == []


def test_a_killed_supervisor_takes_everything_with_it(data_dir: Path) -> None:
    start = a_start(data_dir)
    assert wait_until(lambda: bool(processes_with(f"--port {start.port} ")), limit_s=_START_S), start.lines()

    start.process.kill()
    start.process.wait()

    assert wait_until(lambda: left_of(start.process, data_dir, start.port) == [], limit_s=120)


def test_a_dead_child_is_started_again_and_that_is_said(running: Service) -> None:
    (worker,) = workers_of(running)
    before = set(running.processes(WORKER))  # its children become `up`'s for a moment

    os.kill(worker, signal.SIGKILL)

    assert wait_until(lambda: bool(set(workers_of(running)) - before), limit_s=60)
    assert "The worker ended with signal 9" in (running.folder / "up.log").read_text()


def workers_of(service: Service) -> list[int]:
    """The workers that `up` started; a worker's own children have the same command line."""
    assert service.process is not None
    found = service.processes(WORKER)
    return [pid for pid in found if parent_of(pid) == service.process.pid]


def test_a_second_one_in_the_same_folder_is_refused_in_one_line(running: Service) -> None:
    second = a_start(running.folder)

    assert second.process.wait(_START_S) == 1
    (said,) = second.lines()
    refusal = r"Vitrine cannot start\. DATA_DIR '.*' is in use by another Vitrine \(process \d+\): stop that"
    assert re.match(refusal, said)
    assert running.call("GET", "/health/live").status == 200


def test_a_taken_port_is_refused_in_one_line(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        start = a_start(data_dir, port=port)
        assert start.process.wait(_START_S) == 1

    cure = f"Choose another: make run PORT={port % 65535 + 1}"
    assert start.lines() == [f"Vitrine cannot start. Port {port} on 127.0.0.1 is taken. {cure}"]
    assert left_of(start.process, data_dir, port) == []


def test_two_run_side_by_side(running: Service, used_dir: Path) -> None:
    with Service(used_dir) as second:
        assert running.port != second.port
        assert running.call("GET", "/api/auth/me/").json()["username"] == "admin"
        assert second.call("GET", "/api/auth/me/").json()["username"] == "admin"
