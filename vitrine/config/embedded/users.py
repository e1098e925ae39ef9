"""How the embedded servers live: as long as somebody uses them, and no longer.

Each server has a keeper, a small process of its own that starts it, starts it again when it dies, and stops
it when its last user has gone. A user is a process that holds the server's `users.lock` shared. The kernel
lets go of a lock however its holder ends, so nobody is ever counted who is not there. The keeper holds
`keeper.lock` for its whole life.
"""

import atexit
import fcntl
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vitrine.config.embedded.home import home_of
from vitrine.config.environment import ENVIRONMENT, ROOT, Environment, for_child
from vitrine.config.fault import SetupFault

KEEPER_FD = 3
"""The keeper's lock, handed to it at birth."""

_START_S = 120.0
_STOP_S = 30.0
_PAUSE_S = 0.03
_LOG_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the database and Redis are, embedded or not."""

    database_url: str
    redis_url: str


@dataclass(frozen=True, slots=True)
class _Use:
    """This process's hold on one server."""

    home: Path
    lock: int
    pid: int


_uses: dict[Path, _Use] = {}
_keepers: list[int] = []


def ensure(environment: Environment = ENVIRONMENT) -> Servers:
    """The servers of this environment, ours started where no other is named. Again is harmless."""
    named = {"postgres": environment.database_url, "valkey": environment.redis_url}
    homes = {server: home_of(server, environment.data_dir) for server, url in named.items() if not url}
    with _everyone_else_waits(homes.values()):
        for server, home in homes.items():
            _join(server, home, environment.data_dir)
        urls = {server: url or _url(homes[server]) for server, url in named.items()}
    return Servers(urls["postgres"], urls["valkey"])


def mend(environment: Environment = ENVIRONMENT) -> None:
    """Call it now and then from a process that lives long: a keeper that was killed gets a successor."""
    if not all(is_kept(use.home) for use in _uses.values()):
        ensure(environment)


def leave() -> None:
    """Stop using the servers; whoever is the last to go waits until they have stopped."""
    own = [use for use in _uses.values() if use.pid == os.getpid()]
    _uses.clear()
    for use in own:
        os.close(use.lock)
    for use in own:
        _wait_if_last(use.home)


def is_kept(home: Path) -> bool:
    """Whether the server's keeper lives."""
    with _opened(home / "keeper.lock") as lock:
        return not _locked(lock, fcntl.LOCK_SH)


def _join(server: str, home: Path, data_dir: Path) -> None:
    """Hold the server, and see that it has a keeper. Call it while others wait."""
    use = _uses.get(home)
    if use is None or use.pid != os.getpid():
        if not _uses:
            atexit.register(leave)
        lock = os.open(home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits while the keeper of before is still stopping
        _uses[home] = _Use(home, lock, os.getpid())
    with _opened(home / "keeper.lock") as lock:
        # Several tries: somebody who asks whether there is a keeper holds the lock for a moment.
        for _ in range(10):
            if _locked(lock, fcntl.LOCK_EX):
                _start_keeper(server, home, lock, data_dir)
                return
            time.sleep(0.002)


def _start_keeper(server: str, home: Path, lock: int, data_dir: Path) -> None:
    (home / "state.json").unlink(missing_ok=True)
    log = data_dir / "logs" / f"{server}.log"
    log.parent.mkdir(exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "vitrine.config.embedded.keeper", server, str(home)],
        for_child(PYTHONPATH=str(ROOT), DATA_DIR=str(data_dir)),
        file_actions=[
            (os.POSIX_SPAWN_DUP2, lock, KEEPER_FD),
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    _keepers.append(pid)


def _url(home: Path) -> str:
    """The server's address, as soon as its keeper has written that it answers."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        kept = is_kept(home)  # asked first: a keeper that fails writes why before it goes
        state = _state(home)
        if "fault" in state:
            raise SetupFault(state["fault"])
        if not kept:
            raise SetupFault(f"The embedded {home.name} did not start: see logs/{home.name}.log in DATA_DIR.")
        if "url" in state:
            return state["url"]
        time.sleep(_PAUSE_S)
    raise SetupFault(f"The embedded {home.name} did not answer within {_START_S:.0f} s.")


def _state(home: Path) -> dict[str, str]:
    try:
        state: dict[str, str] = json.loads((home / "state.json").read_text())
    except FileNotFoundError:
        return {}
    return state


def _wait_if_last(home: Path) -> None:
    deadline = time.monotonic() + _STOP_S
    with _opened(home / "users.lock") as lock:
        while is_kept(home) and time.monotonic() < deadline:
            stopping = not _locked(lock, fcntl.LOCK_SH)
            if not stopping and not _locked(lock, fcntl.LOCK_EX):
                return  # others use it
            fcntl.flock(lock, fcntl.LOCK_UN)
            time.sleep(_PAUSE_S)
    _bury_keepers()


def _bury_keepers() -> None:
    """A keeper that this process started is its child: its exit status waits until it is fetched."""
    for pid in tuple(_keepers):
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                continue
        _keepers.remove(pid)


@contextmanager
def _everyone_else_waits(homes: Iterable[Path]) -> Iterator[None]:
    with ExitStack() as stack:
        for home in homes:
            fcntl.flock(stack.enter_context(_opened(home / "start.lock")), fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield lock
    finally:
        os.close(lock)


def _locked(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
