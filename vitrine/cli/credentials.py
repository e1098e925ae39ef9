"""Who one is, kept from one command to the next: a file that only its owner reads."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.client.logins import Change
from vitrine.client.problem import Problem
from vitrine.client.shapes import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A login at `url`: an API key, or the tokens of a password."""

    url: str
    username: str
    key: str | None = None
    pair: Pair | None = None


class Credentials:
    """One login for each service; the one logged in to last is meant when none is named."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, url: str | None) -> Kept | None:
        said = self._read()
        wanted = url or said.get("current")
        found = said["logins"].get(wanted)
        return None if wanted is None or found is None else Kept(url=wanted, **found)

    def keep(self, login: Kept) -> None:
        with self._locked():
            said = self._read()
            said["current"] = login.url
            said["logins"][login.url] = {"username": login.username, "key": login.key, "pair": login.pair}
            self._write(said)

    def forget(self, url: str) -> None:
        with self._locked():
            said = self._read()
            said["logins"].pop(url, None)
            said["current"] = next(iter(said["logins"]), None)
            self._write(said)

    def renew(self, url: str, change: Change) -> Pair:
        """Renewed by one process at a time: a refresh token counts once."""
        with self._locked():
            said = self._read()
            found = said["logins"].get(url)
            if found is None or not found["pair"]:
                raise Problem("You have been logged out", code="login-needed", status=401)
            pair: Pair = change(found["pair"])
            if pair != found["pair"]:
                found["pair"] = pair
                self._write(said)
            return pair

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self) -> dict[str, Any]:
        try:
            said = json.loads(self._path.read_text())
        except FileNotFoundError:
            return {"current": None, "logins": {}}
        except ValueError as error:
            detail = f"{self._path} is not what we wrote. Remove it and log in again."
            raise Problem("Your login cannot be read", detail, code="local") from error
        found: dict[str, Any] = said
        return found

    def _write(self, said: dict[str, Any]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(said, file, indent=2)
        fresh.replace(self._path)
