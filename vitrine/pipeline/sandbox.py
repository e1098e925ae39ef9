"""Running a child with limits: memory, CPU, wall time, file sizes; no network, no rights, no outliving us."""

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from vitrine.pipeline.limits import Caps
from vitrine.pipeline.work import Notice

LAUNCHER = Path(__file__).with_name("launcher.py")
NOBODY = 65534
TICK_S = 1.0
_TAIL_LINES = 20
_LINE_BYTES = 65_536
_VERSION_SIGN = "Node.js v"
_MEMORY_SIGNS = (
    "out of memory",
    "Failed to allocate memory",
    "Array buffer allocation failed",
    "could not allocate memory",
    "Cannot allocate memory",
    "MemoryError",
)
"""What V8, Node, WebAssembly, libc and Python say when RLIMIT_DATA gives them no more."""
_ERROR_LINE = re.compile(r"\w*(Error|Exception)\b.*:")
_PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
_STAYS_ROOT = Notice(
    code="child-is-root", detail="The child ran as root: its files cannot be reached by the user nobody."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a child ended. `returncode` is negative when a signal ended it, as in `subprocess`."""

    returncode: int
    stdout: bytes
    stderr: str
    timed_out: bool
    flooded: bool
    cpu_s: float
    wall_s: float
    peak_bytes: int
    notices: tuple[Notice, ...]

    def reason(self) -> str:
        """Why it did not end well, as the end of a sentence."""
        if self.timed_out:
            return f"was ended after {self.wall_s:.0f} s, its time limit"
        if self.flooded:
            return "was ended because it wrote more than its limit of output"
        if self.returncode == -signal.SIGXCPU:
            return f"used up its CPU time ({self.cpu_s:.0f} s)"
        if self.returncode < 0:
            return f"was ended by {signal.Signals(-self.returncode).name}{self._last_words()}"
        return f"ended with exit code {self.returncode}{self._last_words()}"

    def exceeded(self, caps: Caps) -> str | None:
        """Which of its limits of CPU time and memory ended it, as the end of a sentence; None when none did."""
        if self.returncode == 0:
            return None
        if self.returncode in (-signal.SIGXCPU, -signal.SIGKILL) and self.cpu_s >= caps.cpu_s - 1:
            return f"used more than its limit of {caps.cpu_s} s of CPU time"
        if any(words in self.stderr for words in _MEMORY_SIGNS):
            return f"needed more than its limit of {caps.memory_bytes} bytes of memory"
        return None

    def used(self) -> dict[str, float | int | list[str]]:
        """What it took, for the report."""
        return {
            "cpu_s": round(self.cpu_s, 3),
            "wall_s": round(self.wall_s, 3),
            "peak_bytes": self.peak_bytes,
            "notices": [notice.code for notice in self.notices],
        }

    def _last_words(self) -> str:
        # Node ends with its version, whatever it died of; what it was stands in the line that names the error.
        lines = [
            line for line in self.stderr.splitlines() if line.strip() and not line.startswith(_VERSION_SIGN)
        ]
        lines = [line for line in lines if _ERROR_LINE.match(line)] or lines
        return f": {lines[-1].strip()[:300]}" if lines else ""


@dataclass(slots=True)
class _Ears:
    """What a child has said so far."""

    on_line: Callable[[str], None]
    limit: int
    stdout: list[bytes] = field(default_factory=list)
    heard: int = 0
    rest: bytes = b""
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=_TAIL_LINES))
    notices: list[Notice] = field(default_factory=list)

    def take_stdout(self, data: bytes) -> None:
        self.heard += len(data)
        if self.heard <= self.limit:
            self.stdout.append(data)

    def take_stderr(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.rest = self.rest[-_LINE_BYTES:]
        for line in lines:
            self._take_line(line.decode(errors="replace"))

    def _take_line(self, line: str) -> None:
        if line.startswith('{"notice"'):
            said = json.loads(line)
            self.notices.append(Notice(code=said["notice"], detail=said["detail"]))
        elif line.startswith("{"):
            self.on_line(line)
        else:
            self.tail.append(line)


def run_confined(
    argv: Sequence[str],
    *,
    caps: Caps,
    folder: Path | None,
    stdin: bytes = b"",
    reads: Iterable[Path] = (),
    on_line: Callable[[str], None] = lambda _: None,
    on_tick: Callable[[], None] = lambda: None,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Run `argv` until it ends or its limits end it. `folder` is where it works and may write.

    As root it runs as `nobody` when `nobody` can reach all of `reads`; the folder is then given to `nobody`,
    and so are those `reads` that lie in it. Where that cannot be, a notice says so.
    `on_line` gets each line of stderr that begins with `{`; `on_tick` is called about once a second. When
    one of them raises, the child is ended and the error goes on.
    """
    uid = _lesser_user([Path(argv[0]), *reads], folder)
    order = {
        "parent": os.getpid(),
        "uid": uid,
        "network": False,
        "limits": {
            "RLIMIT_DATA": caps.memory_bytes,
            "RLIMIT_CPU": caps.cpu_s,
            "RLIMIT_FSIZE": caps.file_bytes,
            "RLIMIT_NOFILE": caps.open_files,
            "RLIMIT_CORE": 0,
        },
    }
    home = str(folder) if folder else "/"
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(order), *argv],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": home,
                "TMPDIR": home,
                "LANG": "C.UTF-8",
                **(environment or {}),
            },
            start_new_session=True,
        )
    ears = _Ears(on_line=on_line, limit=caps.output_bytes)
    if uid is None and os.geteuid() == 0:
        ears.notices.append(_STAYS_ROOT)
    return _attend(child, caps, ears, on_tick)


def _attend(child: subprocess.Popen[bytes], caps: Caps, ears: _Ears, on_tick: Callable[[], None]) -> Outcome:
    started = time.monotonic()
    timed_out = flooded = True
    try:
        timed_out, flooded = _listen(child, started + caps.wall_s, ears, on_tick)
    finally:
        # Also when a callback raised: nothing of the child's group outlives this function.
        if timed_out or flooded:
            _kill_group(child.pid)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        _kill_group(child.pid)
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
    return Outcome(
        returncode=child.returncode,
        stdout=b"".join(ears.stdout),
        stderr="\n".join([*ears.tail, ears.rest.decode(errors="replace")]),
        timed_out=timed_out,
        flooded=flooded,
        cpu_s=used.ru_utime + used.ru_stime,
        wall_s=time.monotonic() - started,
        peak_bytes=used.ru_maxrss * 1024,
        notices=tuple(ears.notices),
    )


def _listen(
    child: subprocess.Popen[bytes], deadline: float, ears: _Ears, on_tick: Callable[[], None]
) -> tuple[bool, bool]:
    """Until both pipes are closed, the deadline has passed or too much was said: (timed out, flooded)."""
    next_tick = time.monotonic() + TICK_S
    with selectors.DefaultSelector() as selector:
        for pipe, take in ((child.stdout, ears.take_stdout), (child.stderr, ears.take_stderr)):
            selector.register(_present(pipe), selectors.EVENT_READ, take)
        while selector.get_map():
            now = time.monotonic()
            if now >= deadline:
                return True, False
            if now >= next_tick:
                on_tick()
                next_tick = now + TICK_S
            for key, _ in selector.select(min(deadline, next_tick) - now):
                data = os.read(key.fd, _LINE_BYTES)
                if data:
                    key.data(data)
                else:
                    selector.unregister(key.fileobj)
            if ears.heard > ears.limit:
                return False, True
    return False, False


def _present(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("a pipe that was asked for is missing")
    return pipe


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _lesser_user(reads: Iterable[Path], folder: Path | None) -> int | None:
    """`nobody` when we are root and everything can be reached by it; None: stay who we are."""
    if os.geteuid() != 0:
        return None
    home = folder.resolve() if folder is not None else None
    inside = [path for path in reads if home is not None and path.resolve().is_relative_to(home)]
    outside = [path for path in reads if path not in inside]
    if not all(_reachable(path.resolve()) for path in outside):
        return None
    if home is not None:
        if not all(_open_to_others(parent, 0o001) for parent in home.parents):
            return None
        os.chown(home, NOBODY, NOBODY)
        for path in inside:
            os.chown(path, NOBODY, NOBODY)
    return NOBODY


def _reachable(path: Path) -> bool:
    return _open_to_others(path, 0o004) and all(_open_to_others(parent, 0o001) for parent in path.parents)


def _open_to_others(path: Path, bits: int) -> bool:
    """`bits` as for others: 4 to read, 1 to go through. What is nobody's own counts by its owner's bits."""
    found = path.stat()
    mode = found.st_mode >> 6 if found.st_uid == NOBODY else found.st_mode
    return mode & bits == bits
