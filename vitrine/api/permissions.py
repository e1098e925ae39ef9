"""Whether a caller may come in: asked of the one list, `access/doors.py`, for every address alike."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from vitrine.access.caller import Caller
from vitrine.access.doors import admits, need_of
from vitrine.access.roles import Action, scopes_for
from vitrine.api.authentication import calling


def allowed(request: Request, action: Action) -> bool:
    caller = calling(request)
    return caller is not None and caller.may(action)


class ByTheTable(BasePermission):
    """The default for every view, and the only one. An address or method that nobody listed is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        match, method = request.resolver_match, request.method or ""
        need = need_of(match.route if match else "", method)
        if need is None and not hasattr(view, method.lower()):
            return True  # on to a 405
        found = calling(request)
        if found is not None and isinstance(need, Action):
            self.message = _words(found, need)
        return admits(need, found)


def _words(caller: Caller, action: Action) -> str:
    """What the caller lacks, should it lack something."""
    if caller.key is None or not caller.may_as_person(action):
        return f"Your role, {caller.role}, does not reach as far as this."
    scopes = " or ".join(scopes_for(action))
    had = ", ".join(sorted(caller.key.scopes))
    return (
        f"This takes a key with {scopes}; yours has {had}." if scopes else "No API key reaches this: log in."
    )
