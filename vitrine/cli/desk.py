"""What every command is given, and what it gives back."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vitrine import __version__
from vitrine.cli.credentials import Credentials, Kept
from vitrine.cli.meter import Meter
from vitrine.cli.surroundings import Surroundings
from vitrine.client.logins import ApiKey, Login, Tokens
from vitrine.client.service import Vitrine

DONE, FAILED, WRONG_USE, STOPPED = 0, 1, 2, 130
_WORTH_TELLING_S = 2.0
AGAIN = "Stopped. Run the same again: what is done stays so, and the rest goes on where it was."
AGENT = f"vitrine-cli/{__version__}"


class WrongUse(Exception):
    """The command cannot be meant as it was given. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`document` for --json, `text` for people, `complaint` for stderr. `quiet`: with --json the document says it."""

    document: Any
    text: str = ""
    complaint: str = ""
    exit_code: int = DONE
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    arguments: Callable[[argparse.ArgumentParser, Surroundings], None]
    run: Callable[[argparse.Namespace, "Desk"], Outcome]
    wrong_use: int = WRONG_USE
    stopped: str = "Stopped."
    exit_codes: str = "exit codes: 0 done, 1 refused or failed, 2 wrong use, 130 stopped"


class Desk:
    """Where a command works: the service as whoever is logged in, and a terminal to tell how far it is."""

    def __init__(self, surroundings: Surroundings, *, json: bool) -> None:
        self.surroundings, self.json = surroundings, json
        self.credentials = Credentials(surroundings.config / "credentials.json")

    @cached_property
    def service(self) -> Vitrine:
        url, login = self._who()
        return Vitrine(url, login, agent=AGENT, on_wait=self._tell_wait)

    @cached_property
    def meter(self) -> Meter:
        return Meter(out=sys.stderr, bar=sys.stderr.isatty() and not self.surroundings.plain)

    @property
    def at_a_terminal(self) -> bool:
        return sys.stdin.isatty() and not self.json

    def close(self) -> None:
        self.meter.clear()
        if "service" in self.__dict__:
            self.service.close()

    def _tell_wait(self, seconds: float) -> None:
        if seconds >= _WORTH_TELLING_S:
            self.meter.line(f"The service asks us to wait {seconds:.0f} s")

    def _who(self) -> tuple[str, Login]:
        around = self.surroundings
        if around.api_key:
            if not around.url:
                raise WrongUse("VITRINE_API_KEY goes to the service that VITRINE_URL names: set it too.")
            return around.url, ApiKey(around.api_key)
        kept = self.credentials.of(around.url)
        if kept is None:
            where = f" to {around.url}" if around.url else ""
            raise WrongUse(f"You are not logged in{where}: run `vitrine login {around.url or 'URL'}` first.")
        return kept.url, self._login_of(kept)

    def _login_of(self, kept: Kept) -> Login:
        if kept.key:
            return ApiKey(kept.key)
        assert kept.pair is not None, "what is kept is a key or a pair"
        return Tokens(kept.pair, keep=lambda change: self.credentials.renew(kept.url, change))
