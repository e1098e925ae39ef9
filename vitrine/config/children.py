"""The processes that `up` looks after: started, started again when they die, ended with all they started."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from vitrine.config.embedded.process import dies_with_parent, last_line
from vitrine.config.environment import ROOT

_SET_CHILD_SUBREAPER = 36  # prctl's number, from linux/prctl.h
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_STEADY_S = 60.0
_LOG_BYTES = 10_000_000
_TAIL_BYTES = 16_384
_KEEPER = "vitrine.config.embedded.keeper"


@dataclass(slots=True)
class Child:
    """One process, in a process group of its own. `patience_s`: how long it may take to end when asked to."""

    name: str
    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    patience_s: float
    talks: bool = False
    """Whether its standard output is for the person before the terminal, not for the log."""
    process: subprocess.Popen[bytes] | None = None
    pause_s: float = _FIRST_PAUSE_S
    started_at: float = 0.0
    start_again_at: float = field(default=0.0)

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=None if self.talks else out,
                stderr=out,
                cwd=ROOT,
                env=dict(self.environment),
                process_group=0,  # Ctrl-C reaches us alone; we end the others in order
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  # `up` has one thread
            )
        self.started_at = time.monotonic()

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def mend(self) -> str | None:
        """Call it often: starts the process again after a pause. What to say about it, if anything."""
        now = time.monotonic()
        if self.lives:
            if now - self.started_at > _STEADY_S:
                self.pause_s = _FIRST_PAUSE_S
            return None
        if self.process is not None:
            said = f"{self.how_it_ended()}. It is started again in {self.pause_s:g} s."
            self.process = None
            self.start_again_at = now + self.pause_s
            self.pause_s = min(self.pause_s * 2, _LONGEST_PAUSE_S)
            return said
        if now >= self.start_again_at:
            self.start()
        return None

    def how_it_ended(self) -> str:
        code = self.process.returncode if self.process is not None else None
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return f"The {self.name} ended with {how}: {self._last_words()} (all of it: '{self.log}')"

    def shorten_log(self) -> None:
        """Keep one log of before. The process goes on writing at the end of the file, which is its start now."""
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)

    def ask_to_end(self) -> None:
        if self.process is not None and self.lives:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Until it has ended, or the time is over."""
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)

    def end(self) -> None:
        """At once, with everything in its group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _last_words(self) -> str:
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
            return last_line(log.read().decode(errors="replace"))[:300]


def adopt_orphans() -> None:
    """Processes whose parent dies become our children, so that `end_descendants` finds them. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury_orphans(children: Sequence[Child]) -> None:
    """Fetch the exit status of adopted processes; those of our own children are theirs to fetch."""
    own = {child.process.pid for child in children if child.process is not None}
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid in own:
            return
        with suppress(ChildProcessError):
            os.waitpid(ended.si_pid, 0)


def end_descendants() -> None:
    """Kill whatever still descends from us. The keepers of the embedded servers end by themselves."""
    for _ in range(50):
        left = _descendants()
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if not left:
            return
        time.sleep(0.05)


def _descendants() -> list[int]:
    parents = _parents()
    found: list[int] = []
    generation = [os.getpid()]
    while generation:
        generation = [pid for pid, parent in parents.items() if parent in generation and not _is_keeper(pid)]
        found += generation
    return found


def _parents() -> dict[int, int]:
    """Each process's parent."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(after_name[1])
    return parents


def _is_keeper(pid: int) -> bool:
    with suppress(OSError):
        return _KEEPER.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
