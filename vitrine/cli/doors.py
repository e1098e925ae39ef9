"""`vitrine login URL` and `vitrine logout`."""

import argparse
import getpass
import ipaddress
import sys
from urllib.parse import urlsplit

from vitrine.cli.credentials import Kept
from vitrine.cli.desk import AGENT, Command, Desk, Outcome, WrongUse
from vitrine.cli.surroundings import Surroundings
from vitrine.client.logins import ApiKey, Tokens
from vitrine.client.problem import Problem
from vitrine.client.service import Vitrine
from vitrine.client.shapes import Me, Pair


def login_arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    parser.add_argument("url", metavar="URL", help="such as https://models.example.com")
    parser.add_argument("--user", help="asked for unless told")
    key = "read an API key from stdin, in place of user and password"
    parser.add_argument("--api-key", action="store_true", help=key)
    parser.add_argument("--otp", action="store_true", help="ask for the code of a second factor too")


def log_in(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    url = _address(chosen.url)
    if not _is_safe(url):
        desk.meter.line(
            f"vitrine: {url} is not encrypted: whoever is on the way can read the login. Use https."
        )
    kept, me = _by_key(url) if chosen.api_key else _by_password(url, chosen)
    desk.credentials.keep(kept)
    told = {"url": url, "username": me["username"], "role": me["role"]}
    return Outcome(told, f"Logged in to {url} as {me['username']} ({me['role']}).")


def log_out(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    """Forgotten here even when the service cannot be reached, or does not know of logging out."""
    kept = desk.credentials.of(desk.surroundings.url)
    if kept is None:
        raise WrongUse("You are not logged in.")
    desk.credentials.forget(kept.url)
    complaint = ""
    if kept.pair is not None:
        service = Vitrine(kept.url, agent=AGENT)
        try:
            service.log_out(kept.pair["refresh"])
        except Problem as problem:
            complaint = f"Forgotten here, but the service did not end the login. {problem}"
        finally:
            service.close()
    return Outcome({"url": kept.url}, f"Logged out of {kept.url}.", complaint)


def _by_key(url: str) -> tuple[Kept, Me]:
    key = (getpass.getpass("API key: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not key:
        raise WrongUse("No API key came on stdin: `vitrine login URL --api-key < FILE`.")
    me = _me(Vitrine(url, ApiKey(key), agent=AGENT))
    return Kept(url=url, username=me["username"], key=key), me


def _by_password(url: str, chosen: argparse.Namespace) -> tuple[Kept, Me]:
    """Without a terminal, user (unless told) and password are stdin's first lines."""
    username = chosen.user or _line("User: ")
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else _line("")
    otp = _line("Code: ") if chosen.otp else ""
    service = Vitrine(url, agent=AGENT)
    try:
        pair: Pair = service.log_in(username, password, otp=otp)
    except Problem as problem:
        if problem.status != 401:
            raise
        raise Problem("You were not let in", problem.detail, code="wrong-login", status=401) from problem
    finally:
        service.close()
    me = _me(Vitrine(url, Tokens(pair), agent=AGENT))
    return Kept(url=url, username=me["username"], pair=pair), me


def _line(prompt: str) -> str:
    if sys.stdin.isatty():
        sys.stderr.write(prompt)
        sys.stderr.flush()
    return sys.stdin.readline().rstrip("\r\n")


def _me(service: Vitrine) -> Me:
    try:
        return service.me()
    finally:
        service.close()


def _address(said: str) -> str:
    url = (said if "://" in said else f"https://{said}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
        raise WrongUse(
            f"{said} is not the address of a service; give one such as https://models.example.com."
        )
    return url


def _is_safe(url: str) -> bool:
    """Encrypted, or not leaving this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    return parts.scheme == "https" or local


def nothing(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    """No arguments."""


COMMANDS = {
    "login": Command(arguments=login_arguments, run=log_in),
    "logout": Command(arguments=nothing, run=log_out),
}
