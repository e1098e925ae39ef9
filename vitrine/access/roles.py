"""Who may do what: the one table. Doors ask `may`; nothing else decides."""

from collections.abc import Set as AbstractSet
from enum import StrEnum


class Role(StrEnum):
    """What a person is to this installation."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


class Scope(StrEnum):
    """What an API key was made for."""

    ASSETS_READ = "assets:read"
    ASSETS_WRITE = "assets:write"
    ANALYTICS_READ = "analytics:read"
    METRICS_READ = "metrics:read"


class Action(StrEnum):
    """What can be asked for behind a login. Published products and their files need none of these."""

    READ = "read"  # products, versions, reports, tasks
    WRITE = "write"  # upload, change, optimize, publish, delete
    ANALYZE = "analyze"  # what viewers told, over time
    MEASURE = "measure"  # the service's own numbers
    ADMINISTER = "administer"  # people, keys, webhooks, the audit log
    IDENTIFY = "identify"  # ask who one is
    OWN = "own"  # one's own login: its password, its second factor


_ALLOWED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({Action.READ, Action.ANALYZE, Action.IDENTIFY, Action.OWN}),
    Role.EDITOR: frozenset({Action.READ, Action.WRITE, Action.ANALYZE, Action.IDENTIFY, Action.OWN}),
    Role.ADMIN: frozenset(Action),
}
_IN_SCOPE: dict[Scope, frozenset[Action]] = {
    Scope.ASSETS_READ: frozenset({Action.READ, Action.IDENTIFY}),
    # Who writes gets the product back, so reading is no more than that.
    Scope.ASSETS_WRITE: frozenset({Action.READ, Action.WRITE, Action.IDENTIFY}),
    Scope.ANALYTICS_READ: frozenset({Action.ANALYZE, Action.IDENTIFY}),
    Scope.METRICS_READ: frozenset({Action.MEASURE, Action.IDENTIFY}),
}
"""No key administers, and none changes the password of the person it acts for."""


def may(role: Role | None, action: Action, scopes: AbstractSet[Scope] | None = None) -> bool:
    """`role` is None for somebody who is not logged in; `scopes` are those of the API key that calls, None for a
    person. A key reaches as far as its scopes do, and never farther than the role of its person.
    """
    if role is None or action not in _ALLOWED[role]:
        return False
    return scopes is None or any(action in _IN_SCOPE[scope] for scope in scopes)


def scopes_for(action: Action) -> list[Scope]:
    """Each scope that reaches `action`."""
    return [scope for scope in Scope if action in _IN_SCOPE[scope]]


def roles_for(action: Action) -> list[Role]:
    return [role for role in Role if action in _ALLOWED[role]]
