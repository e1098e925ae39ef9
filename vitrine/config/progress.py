"""What is said while a machine is made ready, and how its steps are run. Standard library only."""

import fcntl
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from vitrine.config.environment import ROOT
from vitrine.config.fault import SetupFault

_TICK_S = 0.2
_NETWORK = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|NewConnectionError"
    r"|NameResolutionError|ReadTimeoutError|Temporary failure|Network is unreachable|Connection refused"
    r"|Could not resolve|SSLError|CERT_|certificate"
)
_DISK = re.compile(r"ENOSPC|No space left on device|\[Errno 28\]")
_TELLING_LENGTH = len("npm error code EUSAGE  ")
_REASON = re.compile(r"\berror\b|\bE:", re.IGNORECASE)
_RIGHTS = re.compile(r"EACCES|EROFS|Permission denied|Read-only file system")


def say(line: str) -> None:
    """One line to whoever started us."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run_step(
    title: str, argv: Sequence[str], *, log: Path, environment: Mapping[str, str], folder: Path = ROOT
) -> None:
    """Run a program, saying what it is for and how long it took. What it prints goes to `log`."""
    with log.open("ab") as out:
        out.write(f"\n$ {' '.join(argv)}\n".encode())
        out.flush()
        began_at = out.tell()
        started = time.monotonic()
        child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder, env=dict(environment)
        )
        try:
            code = _wait(child, title, started)
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if code != 0:
        with log.open("rb") as written:
            written.seek(began_at)
            raise SetupFault(cure(title, written.read().decode(errors="replace"), log))
    say(f"{_start_of_line()}  {title}: done in {time.monotonic() - started:.0f} s")


def cure(title: str, output: str, log: Path) -> str:
    """What to do about a step that failed, told by what it printed."""
    if _DISK.search(output):
        return f"{title}: the disk is full. Free about 2 GB and start again."
    if _NETWORK.search(output):
        return f"{title}: no registry can be reached. Check the network, its proxy or its certificate, and start again."
    if _RIGHTS.search(output):
        return f"{title}: '{ROOT}' cannot be written to. Use a checkout that is your own, and start again."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reasons = [line for line in lines if _REASON.search(line) and len(line) > _TELLING_LENGTH]
    reason = reasons[0] if reasons else lines[-1] if lines else "no reason was given"
    return f"{title} failed: {reason[:300]} (all of it: '{log}')"


@contextmanager
def checkout_locked() -> Iterator[None]:
    """Whoever else makes this checkout ready waits. The folder itself is locked, which needs no right to write."""
    lock = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  Another start is making this checkout ready; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _wait(child: subprocess.Popen[bytes], title: str, started: float) -> int:
    if not sys.stdout.isatty():
        say(f"  {title} …")
        return child.wait()
    while child.poll() is None:
        sys.stdout.write(f"{_start_of_line()}  {title} … {time.monotonic() - started:.0f} s")
        sys.stdout.flush()
        time.sleep(_TICK_S)
    return child.wait()


def _start_of_line() -> str:
    return "\r\x1b[K" if sys.stdout.isatty() else ""
