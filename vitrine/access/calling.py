"""Who is calling, for those deep down who must write it into the log: the request that this thread answers."""

from collections.abc import Callable
from contextvars import ContextVar

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from vitrine.pipeline.legible import legible

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)

Respond = Callable[[HttpRequest], HttpResponseBase]


def remember_request(respond: Respond) -> Respond:
    """Middleware. It decides nothing: it only keeps what otherwise every verb would have to be handed."""

    def remembering(request: HttpRequest) -> HttpResponseBase:
        before = _request.set(request)
        try:
            return respond(request)
        finally:
            _request.reset(before)

    return remembering


def current_request_id() -> str:
    """As it stands in the web server's log, and in a worker's for what came of a request; empty without one."""
    return str(legible(str(structlog.contextvars.get_contextvars().get("request_id", ""))))[:64]


def current_request() -> HttpRequest | None:
    """None in a worker and on the command line."""
    return _request.get()
