"""`vitrine keys ls|make|revoke`: API keys, for admins."""

import argparse
from datetime import UTC, datetime, timedelta

from vitrine.cli.desk import Command, Desk, Outcome, WrongUse
from vitrine.cli.surroundings import Surroundings
from vitrine.cli.words import printable
from vitrine.client.shapes import KeyShape

_SCOPES = ("assets:read", "assets:write", "analytics:read", "metrics:read")


def arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    verbs = parser.add_subparsers(required=True, dest="verb", metavar="ls|make|revoke")
    verbs.add_parser("ls", help="all keys, and when each was last used")
    make = verbs.add_parser("make", help="a new key, shown this once")
    make.add_argument("name", help="what it is for")
    scopes = f"what it may do: {', '.join(_SCOPES)}; may be repeated, assets:read unless told"
    make.add_argument("--scope", action="append", default=[], metavar="SCOPE", help=scopes)
    make.add_argument("--days", type=int, help="when it runs out; a year unless told")
    revoke = verbs.add_parser("revoke", help="stop a key at once")
    revoke.add_argument("key", metavar="ID", help="its id, or the beginning of it or of the key")
    for verb in verbs.choices.values():  # before or after the verb: both are typed
        verb.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    return {"ls": _ls, "make": _make, "revoke": _revoke}[chosen.verb](chosen, desk)


def _ls(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    found = list(desk.service.api_keys())
    head = f"{'id':<8}  {'key':<13}  {'name':<20}  {'last used':<10}  {'until':<10}  scopes"
    rows = [_row(one) for one in found]
    return Outcome({"keys": found}, "\n".join([head, *rows]) if rows else "No keys.")


def _make(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    until = None
    if chosen.days is not None:
        until = (datetime.now(UTC) + timedelta(days=chosen.days)).isoformat(timespec="seconds")
    made = desk.service.make_key(chosen.name, chosen.scope or ["assets:read"], expires_at=until)
    return Outcome(dict(made), made["key"], complaint="Keep it now: it is not shown again.", quiet=True)


def _revoke(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    live = [one for one in desk.service.api_keys() if not one["revoked_at"]]
    meant = [
        one for one in live if one["id"].startswith(chosen.key) or one["shown"].startswith(chosen.key[:12])
    ]
    if len(meant) != 1:
        raise WrongUse(
            f"{len(meant)} keys that are not revoked begin with {chosen.key}; see `vitrine keys ls`."
        )
    desk.service.revoke_key(meant[0]["id"])
    return Outcome({"revoked": meant[0]["id"]}, f"Revoked {printable(meant[0]['name'])}.")


def _row(key: KeyShape) -> str:
    used = (key["last_used_at"] or "never")[:10]
    until = "revoked" if key["revoked_at"] else (key["expires_at"] or "")[:10]
    told = f"{printable(key['name'])[:20]:<20}  {used:<10}  {until:<10}  {', '.join(key['scopes'])}"
    return f"{key['id'][:8]}  {key['shown']:<13}  {told}"


COMMANDS = {"keys": Command(arguments=arguments, run=run)}
