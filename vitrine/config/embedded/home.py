"""Where a server's files lie and as whom it runs.

PostgreSQL refuses to run as root, so root's servers run as a lesser user. Not as `nobody`: that is whom the
engine runs as on models that strangers send, and it must reach neither the database's files nor its socket.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from vitrine.config.fault import SetupFault

OUTSIDE = Path("/var/lib/vitrine")
"""Holds what a lesser user must reach when DATA_DIR or the checkout lies in a closed folder such as /root."""

_LESSER_USERS = ("daemon", "nobody")
_SOCKET_PATH_BYTES = 103  # what a Unix socket's address can hold on macOS; 107 on Linux
_BELOW_BYTES = len("/vitrine-0123456789abcdef/.s.PGSQL.5432")


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a server runs as. `name` is None when that is whoever we are."""

    name: str | None
    uid: int
    gid: int

    @classmethod
    def for_servers(cls) -> "Account":
        if os.geteuid() != 0:
            return cls(None, os.geteuid(), os.getegid())
        for name in _LESSER_USERS:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(name, entry.pw_uid, entry.pw_gid)
        raise SetupFault(
            "PostgreSQL cannot run as root and this machine has neither a user 'daemon' nor 'nobody': "
            "start Vitrine as an ordinary user, or set DATABASE_URL and REDIS_URL."
        )

    def give(self, path: Path) -> None:
        if self.name is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_reach(self, path: Path) -> bool:
        """Whether the account can walk to `path` and read it. As ourselves we find out by doing."""
        if self.name is None:
            return True
        return _open_to_all(path, 0o005 if path.is_dir() else 0o004) and all(
            _open_to_all(parent, 0o001) for parent in path.resolve().parents
        )


def _open_to_all(path: Path, bits: int) -> bool:
    return path.stat().st_mode & bits == bits


def home_of(server: str, data_dir: Path) -> Path:
    """The server's folder: DATA_DIR/server, or what that links to outside a closed one."""
    named = data_dir / server
    account = Account.for_servers()
    if named.is_symlink():
        home = named.resolve()
        home.mkdir(parents=True, exist_ok=True)
    elif named.is_dir() or account.can_reach(data_dir):
        named.mkdir(exist_ok=True)
        home = named
    else:
        others = [path.resolve().parent for path in data_dir.iterdir() if path.is_symlink()]
        outside = [parent for parent in others if parent.parent == OUTSIDE]
        home = (outside or [OUTSIDE / f"{data_dir.name}-{secrets.token_hex(6)}"])[0] / server
        home.mkdir(parents=True)
        named.symlink_to(home)
    if account.name is not None:
        for folder in (home, home.parent, OUTSIDE) if home.is_relative_to(OUTSIDE) else (home,):
            folder.chmod(0o755)
    return home


def forget(server: str, data_dir: Path) -> None:
    """Delete the server's folder, wherever it lies. The server must have stopped."""
    named = data_dir / server
    if named.is_symlink():
        home = named.resolve()
        named.unlink()
        shutil.rmtree(home, ignore_errors=True)
        if home.is_relative_to(OUTSIDE) and home.parent != OUTSIDE and not any(home.parent.glob("*")):
            home.parent.rmdir()
    else:
        shutil.rmtree(named, ignore_errors=True)


def programs(distribution: str, *, package: str, parts: Iterable[str]) -> Path:
    """Where a wheel's `parts` lie: site-packages, or a copy that the servers' account can reach."""
    site = _site_packages(package)
    parts = tuple(parts)
    account = Account.for_servers()
    if all(account.can_reach(site / part) for part in parts):
        return site
    copy = OUTSIDE / "programs" / f"{distribution}-{version(distribution)}"
    if not copy.is_dir():
        _copy(site, parts, copy)
    return copy


def _site_packages(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SetupFault(f"The Python package {package} is missing: pip install -r requirements.txt")
    return Path(spec.origin).parents[1]


def _copy(site: Path, parts: tuple[str, ...], target: Path) -> None:
    """Whole or not at all, and readable by everyone whatever the umask says."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    try:
        for part in parts:
            _copy_part(site / part, draft / part)
        for path in (OUTSIDE, target.parent, draft, *draft.rglob("*")):
            _open_up(path)
        draft.rename(target)
    except OSError:
        if not target.is_dir():  # else somebody was faster
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copy_part(source: Path, target: Path) -> None:
    if target.exists():
        return  # it came with the folder that it lies in
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)


def _open_up(path: Path) -> None:
    if not path.is_symlink():
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | (0o055 if mode & 0o100 else 0o044))


def socket_folder(home: Path, account: Account) -> Path:
    """A folder that only the account may enter, with a short path, the same for each start where possible.

    The same, so that whoever holds its address finds the server again after a crash.
    """
    place = Path(tempfile.gettempdir())
    if len(os.fsencode(place)) + _BELOW_BYTES > _SOCKET_PATH_BYTES:
        place = Path("/tmp")  # noqa: S108  # a private folder is made in it
    folder = place / f"vitrine-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not _is_private(folder, account):
            folder = Path(tempfile.mkdtemp(prefix="vitrine-", dir=place))
    account.give(folder)
    return folder


def _is_private(folder: Path, account: Account) -> bool:
    found = folder.lstat()
    ours = found.st_uid in {account.uid, os.geteuid()}
    return ours and stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
