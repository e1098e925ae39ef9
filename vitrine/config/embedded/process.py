"""Small questions about processes."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_SET_PARENT_DEATH_SIGNAL = 1  # prctl's number, from linux/prctl.h


def is_running_with(pid: int, argument: str) -> bool:
    """Whether process `pid` lives and names `argument` on its command line: a pid may by now be another's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    proc = Path(f"/proc/{pid}/cmdline")
    if proc.parent.parent.is_dir() and sys.platform == "linux":
        try:
            return argument in os.fsdecode(proc.read_bytes().replace(b"\0", b" "))
        except OSError:
            return False
    shown = subprocess.run(
        ["/bin/ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False
    )
    return argument in shown.stdout


def dies_with_parent(signal_number: int) -> Callable[[], None] | None:
    """For `preexec_fn`: the child gets this signal when its parent ends in whatever way. Linux only."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_the_kernel() -> None:
        # Until the new program runs, the parent's own handler stands here, and would swallow the signal.
        signal.signal(signal_number, signal.SIG_DFL)
        libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal_number, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal_number)

    return ask_the_kernel


def last_line(text: str) -> str:
    """The last line that says something: where programs put their reason."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"
