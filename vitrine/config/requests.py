"""Each request's id and its one line in the log: what was asked, how it ended, how long it took, from which network.

Never a query, which may hold a secret; never a whole address, nor what somebody's browser calls itself.
"""

import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from vitrine.access.addresses import HasMeta, address_of, shortened
from vitrine.access.models import User
from vitrine.config.logs import straight_to_the_log
from vitrine.config.secrets import CUT
from vitrine.metrics.database import watch_database
from vitrine.metrics.table import REQUESTS
from vitrine.traces.spans import Place, Span, SpanKind, span, traces

_ID = re.compile(r"[0-9A-Za-z._=+/-]{8,128}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SECRET = re.compile(r"[0-9A-Za-z_-]{30,}(?=/|$)")
_LONGEST_PATH = 300
_SLOW_MS = 1_000
_QUIET = ("/static/", "/health/", "/metrics")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestLog:
    """The outermost middleware, so that every answer has its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._log = straight_to_the_log()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        watch_database()
        request_id = id_of(request)
        with structlog.contextvars.bound_contextvars(
            request_id=request_id, address=shortened(address_of(request))
        ):
            response = self._traced(request, request_id) if traces() else self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            took_ms = round((time.perf_counter() - started) * 1000, 2)
            if request.path.startswith("/api/"):
                response.headers.setdefault("Server-Timing", f"total;dur={took_ms}")
            method, route = _labels(request)
            asked = {"method": method, "path": told_path(request.path)}
            told = Told(**asked, route=route, status=response.status_code, ms=took_ms)
            tell(self._log, told, _person(request), quiet=request.path.startswith(_QUIET))
        return response

    def _traced(self, request: HttpRequest, request_id: str) -> HttpResponseBase:
        opened = request_span(request)
        assert opened is not None, "somebody traces"
        with opened, structlog.contextvars.bound_contextvars(trace_id=opened.place.trace_id):
            response = self.get_response(request)
            method, route = _labels(request)
            opened.name, opened.failed = f"{method} {route}", response.status_code >= 500
            opened.note(
                {"http.request.method": method, "http.route": route, "vitrine.request_id": request_id}
            )
            opened.note({"http.response.status_code": response.status_code})
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A request that was answered, as it may be written down."""

    method: str
    path: str
    route: str
    status: int
    ms: float


def tell(to: Any, told: Told, more: Mapping[str, str], *, quiet: bool = False) -> None:
    """Into the log, and among the metrics."""
    level = "error" if told.status >= 500 else "debug" if quiet else "info"
    asked = {"method": told.method, "path": told.path, "status": told.status}
    getattr(to, level)("request", kind="access", **asked, ms=told.ms, **more)
    if told.ms > _SLOW_MS:
        to.info("slow_request", kind="performance", method=told.method, route=told.route, ms=told.ms)
    REQUESTS.note(told.ms / 1000, told.method, told.route, str(told.status))


def id_of(request: HasMeta) -> str:
    """The one that a proxy of ours gave, so that both logs can be read side by side; else a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if settings.TRUSTED_PROXIES and _ID.fullmatch(given) else str(uuid.uuid4())


def request_span(request: HasMeta) -> Span | None:
    """A proxy of ours may have begun the trace; what others say of traces is not believed. None where nobody traces."""
    given = request.META.get("HTTP_TRACEPARENT", "") if settings.TRUSTED_PROXIES else ""
    return span("request", SpanKind.SERVER, parent=Place.of(given))


def told_path(path: str) -> str:
    """A path as it may be written down: signatures of files and tokens in it are left out."""
    hidden = _SECRET.sub(lambda found: found[0] if _UUID.fullmatch(found[0]) else CUT, path)
    return hidden if len(hidden) <= _LONGEST_PATH else f"{hidden[:_LONGEST_PATH]}…"


def _labels(request: HttpRequest) -> tuple[str, str]:
    """Method and route. What others make up has no name of its own among the metrics: it would be one more for ever."""
    method = request.method if request.method in _METHODS else None
    match = request.resolver_match
    if match is not None:
        return method or "(other)", route_of(match.route)
    return method or "(other)", "(static)" if request.path.startswith("/static/") else "(none)"


@cache
def route_of(route: str) -> str:
    """As docs/permissions.md writes it, with and without the slash at its end alike."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).rstrip("/")


def _person(request: HttpRequest) -> dict[str, str]:
    """Who it was, if the view asked: asking here would make every answer depend on the cookie."""
    for user in (request.__dict__.get("_cached_user"), request.__dict__.get("user")):
        if type(user) is User:
            return {"person": str(user.pk)}
    return {}
