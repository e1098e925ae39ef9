"""The one list of `doors.py`, asked before a page for people is made. `api/permissions.py` asks it for programs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from vitrine.access.caller import Caller
from vitrine.access.doors import admits, need_of
from vitrine.access.models import User

View: TypeAlias = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """A page for whom the list lets in by the console's session; strangers are led to the login."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        assert request.resolver_match is not None, "a view has an address"
        caller = Caller(request.user) if isinstance(request.user, User) else None
        if admits(need_of(request.resolver_match.route, request.method or ""), caller):
            return view(request, *args, **kwargs)
        if caller is None:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied

    return checked
