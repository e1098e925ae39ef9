"""Servers of the bench: started as `make run` starts ours, and asked what they have used."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.journey.processes import descendants
from tests.journey.service import a_free_port
from vitrine.config.environment import ROOT, for_child

_BOOT_S = 60.0
_TICKS_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A database with products and people. `servers` are the processes of PostgreSQL and Valkey, `session` is the
    cookie of an admin."""

    folder: Path
    ids: tuple[str, ...]
    tokens: tuple[str, ...]
    stock_tokens: tuple[str, ...]
    session: str
    database_url: str
    redis_url: str
    servers: tuple[int, ...]

    @property
    def cpu_s(self) -> float:
        return sum(cpu_of_family(pid) for pid in self.servers)


@contextmanager
def held(folder: Path, count: int) -> Iterator[Held]:
    """At least `count` seeded products in `folder`; those that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.doors.hold", str(count)],
        cwd=ROOT,
        env=environment_in(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        told = next((line for line in process.stdout if line.startswith("{")), None)
        assert told is not None, "the products could not be made ready; what it said stands above"
        found = json.loads(told)
        yield Held(
            folder=folder,
            ids=tuple(found["ids"]),
            tokens=tuple(found["tokens"]),
            stock_tokens=tuple(found["stock_tokens"]),
            session=found["session"],
            database_url=found["database_url"],
            redis_url=found["redis_url"],
            servers=tuple(found["servers"]),
        )
    finally:
        process.stdin.close()
        process.wait()


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int

    @property
    def cpu_s(self) -> float:
        return cpu_of_family(self.pid)

    @property
    def family(self) -> list[int]:
        """Its processes, the children first: who is killed last sees nobody come back."""
        return [*reversed(descendants(self.pid)), self.pid]


WIDE = "1000"
"""RATE_LIMITS: asked as ever, but one address and a few people are let through with all of it."""


@contextmanager
def serving(
    app: str, held: Held, *, interface: str = "rsgi", workers: int = 2, **environment: str
) -> Iterator[Server]:
    """granian with `app`, with the options of `config/up.py`; another application has its own interface."""
    port = a_free_port()
    threads = ("--blocking-threads", "8") if interface == "wsgi" else ()
    log = held.folder / f"{app.partition(':')[0]}-{workers}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", interface, "--port", str(port), "--no-ws"),
                *("--workers", str(workers), *threads, "--no-access-log", "--log-level", "warning", app),
            ],
            cwd=ROOT,
            env=environment_in(held.folder, **environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            process_group=0,
        )
    try:
        _wait_for(port, process, log)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def environment_in(folder: Path, **more: str) -> Mapping[str, str]:
    return for_child(DATA_DIR=str(folder), PYTHONPATH=str(ROOT), PYTHONUNBUFFERED="1", **more)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _BOOT_S
    while True:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-2000:]  # noqa: PT018
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()


def cpu_of_family(pid: int) -> float:
    """CPU seconds of a process and all its children, ended ones among them."""
    own, parents = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
            own[int(entry.name)] = sum(map(int, fields[11:15])) / _TICKS_S
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(own.get(one, 0.0) for one in family)
