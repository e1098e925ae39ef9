"""Processes that use the embedded servers, and what is left of them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vitrine.config.embedded import Servers
from vitrine.config.environment import ROOT, for_child

_USE = """
import dataclasses, json, sys
from vitrine.config import embedded
from vitrine.config.fault import SetupFault
try:
    print(json.dumps(dataclasses.asdict(embedded.ensure())), flush=True)
except SetupFault as fault:
    sys.exit(str(fault))
sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class Life:
    """One process that uses the servers until it is told to go."""

    process: subprocess.Popen[str]
    servers: Servers

    def go(self) -> None:
        """End well, and see to it that nothing is left when nobody else is there."""
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


def a_life(data_dir: Path, *, user: str | None = None, **variables: str) -> Life:
    """A process that has asked for the servers of `data_dir` and got them."""
    process = subprocess.Popen(
        [sys.executable, "-c", _USE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=for_child(DATA_DIR=str(data_dir), PYTHONPATH=str(ROOT), **variables),
        user=user,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the servers did not start"
    return Life(process, Servers(**json.loads(line)))


def a_refusal(data_dir: Path) -> str:
    """What is said when the servers of `data_dir` cannot be had."""
    done = subprocess.run(
        [sys.executable, "-c", _USE],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=for_child(DATA_DIR=str(data_dir), PYTHONPATH=str(ROOT)),
    )
    assert done.returncode == 1
    return done.stderr.strip()


def processes_with(words: str) -> list[int]:
    """The processes whose command line holds `words`, this one left out. A folder /tmp/x1 is not meant by /tmp/x10."""
    found, meant = [], re.compile(re.escape(words) + r"(?!\w)" if words else "")
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = os.fsdecode((entry / "cmdline").read_bytes().replace(b"\0", b" "))
        except OSError:
            continue
        if meant.search(command) and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def until(condition: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    """Whether `condition` came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
