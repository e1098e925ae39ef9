"""The API's limits: which kind a request is of, and what its answer says about it."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from vitrine.access.limits import RECEIPT, Kind, Taken, take
from vitrine.api.authentication import caller
from vitrine.api.callers import name_of_caller
from vitrine.errors import TooMany


class Limits(BaseThrottle):
    """For every view, once it is known who calls. A view names another kind by `limited_as = {"POST": Kind.UPLOAD}`."""

    def allow_request(self, request: Request, view: Any) -> bool:
        taken = take(kind_of(request, view), name_of_caller(request), request.META.get(RECEIPT))
        view.headers.update(taken.headers)
        if not taken.allowed:
            raise too_many(taken)
        return True


def kind_of(request: Request, view: Any) -> Kind:
    named: Kind | None = getattr(view, "limited_as", {}).get(request.method)
    if named is not None:
        return named
    if request.method in SAFE_METHODS:
        return Kind.READ if request.auth or caller(request) else Kind.PUBLIC
    return Kind.AUTH if request.path.startswith("/api/auth/") else Kind.WRITE


def too_many(taken: Taken) -> TooMany:
    limit = taken.limit
    return TooMany(
        f"At most {limit.per_s:g} a second of this kind ({taken.kind}) are taken, and {limit.burst:,} at once. "
        f"Try again in {taken.retry_after_s} s.",
        retry_after_s=taken.retry_after_s,
    )
