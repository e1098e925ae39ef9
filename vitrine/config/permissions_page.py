"""`docs/permissions.md`, made of the one list in `access/doors.py` and the one table in `access/roles.py`."""

import re
from collections.abc import Iterator

from vitrine.access.doors import DOORS, Need, Open
from vitrine.access.roles import Action, roles_for, scopes_for

_WORDS = {
    Action.READ: "read products, versions, reports, tasks",
    Action.WRITE: "upload, change, optimize, publish, delete",
    Action.ANALYZE: "read what viewers told",
    Action.MEASURE: "read the service's own numbers",
    Action.ADMINISTER: "people, keys, webhooks, the audit log",
    Action.IDENTIFY: "ask who one is",
    Action.OWN: "one's own password and second factor",
    Open.ANYONE: "needs no login",
    Open.PUBLISHED: "needs no login for what is published; for the rest like `read`, and 404 without",
}
_HEAD = """# Who may do what

Made by `make contracts` of `vitrine/access/doors.py` and `vitrine/access/roles.py`; a test tries each address with each
method as everybody. An address that is not listed is closed.

An API key acts for the person who made it: it reaches what its scopes reach, and never farther than that person's role
does today. What is not published answers 404 to those who may not read it. The console's pages and `/p/…/snippets` take
the console's session only; the rest an access token, an API key or, from the console itself, its session.

| to | | roles | key's scopes |
|---|---|---|---|
"""


def permissions_page() -> str:
    return _HEAD + "\n".join([*_needs(), "", *_doors()]) + "\n"


def _needs() -> Iterator[str]:
    for need in (*Open, *Action):
        by = ("everybody", "any, or none")
        if isinstance(need, Action):
            by = (", ".join(roles_for(need)), ", ".join(f"`{one}`" for one in scopes_for(need)) or "–")
        yield f"| `{need}` | {_WORDS[need]} | {by[0]} | {by[1]} |"


def _doors() -> Iterator[str]:
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    yield f"| address | {' | '.join(methods)} |"
    yield f"|---{'|---' * len(methods)}|"
    for route, row in DOORS.items():
        shown = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        yield f"| `/{shown}` | {' | '.join(_cell(row.get(method)) for method in methods)} |"


def _cell(need: Need | None) -> str:
    return "" if need is None else f"{need}"
