"""The shapes that an environment variable can have, each checked, with an error that says what was expected.

Only the standard library is used: `bootstrap.py` reads the environment before anything is installed.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from vitrine.config.fault import SetupFault

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Reader:
    """One method for each shape that a variable can have. Empty means unset."""

    variables: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.variables.get(name, "").strip() or None

    def refuse(self, name: str, expected: str) -> NoReturn:
        raise SetupFault(f"{name} is {self.variables[name]!r}; expected {expected}.")

    def switch(self, name: str, *, default: bool) -> bool:
        value = (self.text(name) or "").lower()
        if value and value not in _YES | _NO:
            self.refuse(name, "1 or 0 (true, yes, on; false, no, off)")
        return value in _YES if value else default

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,18}", value) or not least <= int(value) <= most:
            self.refuse(name, f"a whole number from {least} to {most}")
        return int(value)

    def one_of(self, name: str, allowed: tuple[str, ...], *, default: str) -> str:
        value = (self.text(name) or default).lower()
        if value not in allowed:
            self.refuse(name, " or ".join(allowed))
        return value

    def several(self, name: str) -> tuple[str, ...]:
        parts = (self.text(name) or "").split(",")
        return tuple(part.strip() for part in parts if part.strip())

    def pairs(self, name: str) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[A-Za-z0-9-]+=[^\s,]*", pair) for pair in self.several(name)):
            # A value may hold a key: it is not repeated.
            raise SetupFault(f"{name} must be pairs such as name=value, separated by commas.")
        return self.several(name)

    def share(self, name: str) -> float:
        value = self.text(name) or "1"
        if not re.fullmatch(r"0?\.[0-9]+|[01](\.0+)?", value):
            self.refuse(name, "a number from 0 to 1, such as 0.1")
        return float(value)

    def url(self, name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        if not _is_web_address(value) or urlsplit(value).query:
            self.refuse(name, "an address such as https://example.com, without a query")
        return value.rstrip("/")

    def provider(self, name: str, *, needs: tuple[str, ...]) -> str | None:
        value = self.url(name)
        if value is None:
            return None
        if not value.startswith("https://") and urlsplit(value).hostname not in {"localhost", "127.0.0.1"}:
            self.refuse(name, "an address that begins with https://")
        for other in needs:
            if self.text(other) is None:
                raise SetupFault(f"{name} is set without {other}: the login provider gives you both.")
        return value

    def origins(self, name: str) -> tuple[str, ...]:
        for origin in self.several(name):
            if not _is_web_address(origin) or urlsplit(origin).path:
                self.refuse(name, "origins such as https://shop.example.com, separated by commas")
        return self.several(name)

    def address(self, name: str, *, schemes: tuple[str, ...]) -> str | None:
        value = self.text(name)
        if value is not None and value.partition("://")[0] not in schemes:
            # The value may hold a password: it is not repeated.
            raise SetupFault(f"{name} must begin with {' or '.join(f'{one}://' for one in schemes)}.")
        return value

    def mail(self, name: str) -> str | None:
        value = self.address(name, schemes=("smtp", "smtps", "smtp+plain"))
        if value and not (_parses(lambda: urlsplit(value).port) and urlsplit(value).hostname):
            raise SetupFault(f"{name} must be like smtp://user:password@host:587, with %XX for odd letters.")
        return value

    def price(self, name: str) -> tuple[Decimal, str] | None:
        value = self.text(name)
        if value is None:
            return None
        match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?([A-Z]{3})", value)
        if match is None:
            self.refuse(name, "an amount and a currency's three letters, such as 0.023 USD")
        return Decimal(match[1]), match[2]

    def program(self, name: str) -> Path | None:
        value = self.text(name)
        if value is None:
            return None
        path = Path(value).expanduser()
        if not path.is_file() or not os.access(path, os.X_OK):
            self.refuse(name, "the path of a program")
        return path.resolve()

    def python(self, name: str) -> Path | None:
        """A Python by the path it was given: resolved, it would no longer be that of its environment."""
        found = self.program(name)
        return None if found is None else Path(self.variables[name].strip()).expanduser().absolute()


def _is_web_address(value: str) -> bool:
    """Whether `value` is an http(s) address with a host and a possible port, and without a login."""
    return _parses(lambda: urlsplit(value).port) and bool(re.match(r"https?://[^/@?#\s]+(/[^\s#]*)?$", value))


def _parses(read: Callable[[], object]) -> bool:
    try:
        read()
    except ValueError:
        return False
    return True
