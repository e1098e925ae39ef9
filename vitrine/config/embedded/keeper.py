"""A server's keeper: `python -m vitrine.config.embedded.keeper postgres HOME`. Started by `users.py` only.

Starts the server, says where it is in HOME/state.json, starts it again when it dies, and stops it when nobody
uses it any more. Should the keeper itself be killed, the kernel tells the server to end.
"""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Protocol

from vitrine.config.embedded.home import Account
from vitrine.config.embedded.postgres import Postgres
from vitrine.config.embedded.process import dies_with_parent
from vitrine.config.embedded.valkey import Valkey
from vitrine.config.fault import SetupFault

_TICK_S = 0.1
_READY_S = 90.0
_STOP_S = 15.0
_LONGEST_PAUSE_S = 5.0


class Server(Protocol):
    """What the keeper must know of a server."""

    stop_signals: tuple[signal.Signals, ...]
    """How to ask it to stop, ever less gently."""
    death_signal: signal.Signals
    """What it gets when the keeper dies."""
    account: Account
    socket_folder: Path

    @property
    def url(self) -> str: ...
    @property
    def argv(self) -> list[str]: ...
    @property
    def environment(self) -> dict[str, str]: ...
    def prepare(self) -> None: ...
    def ready(self) -> bool: ...


class Keeper:
    """Holds one server until its last user has gone."""

    def __init__(self, server: Server, home: Path) -> None:
        self.server = server
        self.home = home
        self.users = os.open(home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        self.told_to_stop = False
        self.child: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """Blocks for as long as there are users."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        self._start()
        self._tell(url=self.server.url)
        pause_s = _TICK_S
        while not self.told_to_stop and self._is_used():
            if self._lives():
                pause_s = _TICK_S
            else:
                time.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
                self._start_again()
            time.sleep(_TICK_S)
        self._stop()
        with suppress(OSError):
            self.server.socket_folder.rmdir()
        # Both locks go with this process, the lower descriptor first: newcomers look at the keeper's lock last.

    def _start(self) -> None:
        """Until it answers. A crash just before may leave it unable to start for some moments."""
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline:
            self.server.prepare()
            self.child = self._spawn()
            while self._lives() and time.monotonic() < deadline:
                if self.server.ready():
                    return
                time.sleep(0.02)
            if self.child.poll() is not None and time.monotonic() > deadline - _READY_S + _STOP_S:
                break
            time.sleep(0.5)
        self._stop()
        raise SetupFault(
            f"The embedded {self.home.name} does not start: see logs/{self.home.name}.log in DATA_DIR."
        )

    def _start_again(self) -> None:
        sys.stderr.write(f"keeper: {self.home.name} ended; it is started again\n")
        try:
            self._start()
        except (SetupFault, OSError) as fault:
            sys.stderr.write(f"keeper: {fault}\n")

    def _spawn(self) -> subprocess.Popen[bytes]:
        account = self.server.account
        return subprocess.Popen(
            self.server.argv,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=self.server.environment,
            user=account.name,
            group=account.gid if account.name else None,
            extra_groups=[] if account.name else None,
            preexec_fn=dies_with_parent(self.server.death_signal),  # noqa: PLW1509  # this process has one thread
        )

    def _lives(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def _is_used(self) -> bool:
        """Nobody is left once the lock can be had alone; it is then kept, so that newcomers wait."""
        try:
            fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False

    def _stop(self) -> None:
        if self.child is not None:
            for number in (*self.server.stop_signals, signal.SIGKILL):
                self.child.send_signal(number)
                try:
                    self.child.wait(_STOP_S)
                    break
                except subprocess.TimeoutExpired:
                    sys.stderr.write(f"keeper: {self.home.name} does not end on signal {number}\n")

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True

    def _tell(self, **state: str) -> None:
        tell(self.home, state)


def tell(home: Path, state: dict[str, str]) -> None:
    """Write the state whole: whoever reads it never sees a half."""
    draft = home / "state.json.new"
    draft.write_text(json.dumps(state))
    draft.replace(home / "state.json")


def main(name: str, home: Path) -> None:
    try:
        Keeper(_server(name, home), home).keep()
    except SetupFault as fault:
        tell(home, {"fault": str(fault)})
    except OSError as error:
        tell(home, {"fault": _cure(error, name, home)})


def _server(name: str, home: Path) -> Server:
    return Postgres(home) if name == "postgres" else Valkey(home)


def _cure(error: OSError, name: str, home: Path) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk that holds '{home}' is full: the embedded {name} cannot start. Free some space."
    return f"The embedded {name} cannot start in '{home}': {error}."


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
