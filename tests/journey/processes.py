"""Finding a service's processes, to kill them."""

import os
import signal
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path


def command_of(pid: int) -> str:
    """The command line of a process, or nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def is_alive(pid: int) -> bool:
    """Running or sleeping; a zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def listener_of(path: str) -> int | None:
    """The process that listens at a unix socket, as the kernel knows it: whoever has a like name is not meant."""
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.settimeout(5)
            asking.connect(path)
        except OSError:
            return None
        pid, _, _ = struct.unpack("3i", asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(pid)


def descendants(pid: int) -> list[int]:
    """Every living process below `pid`, nearest first."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    parents = {one: parent_of(one) for one in pids}
    found, layer = [], [pid]
    while layer:
        layer = [one for one in pids if parents[one] in layer and is_alive(one)]
        found += layer
    return found


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def wait_until(what: Callable[[], bool], *, limit_s: float, pause_s: float = 0.1) -> bool:
    """Whether `what` became true in time."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(pause_s)
    return what()
