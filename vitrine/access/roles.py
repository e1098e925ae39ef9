"""Who may do what: the one table. Doors ask `may`; nothing else decides."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is to this installation."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


class Action(StrEnum):
    """What can be asked for behind a login. Published products and their files need none of these."""

    READ = "read"  # products, versions, reports, tasks
    WRITE = "write"  # upload, change, optimize, publish, delete
    ADMINISTER = "administer"  # people, keys, settings


_ALLOWED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({Action.READ}),
    Role.EDITOR: frozenset({Action.READ, Action.WRITE}),
    Role.ADMIN: frozenset({Action.READ, Action.WRITE, Action.ADMINISTER}),
}


def may(role: Role | None, action: Action) -> bool:
    """`role` is None for somebody who is not logged in."""
    return role is not None and action in _ALLOWED[role]
