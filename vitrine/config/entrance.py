"""Which way a request goes: the read of a product is answered on the event loop, all else by Django in a thread."""

import asyncio
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID
from wsgiref.types import WSGIApplication

import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from vitrine.access.addresses import address_of, shortened
from vitrine.access.limits import Receipt
from vitrine.api.answers import manners
from vitrine.api.quick import QuickReads, Told, product_in
from vitrine.api.shapes import base_url
from vitrine.config import requests
from vitrine.config.logs import straight_to_the_log
from vitrine.config.threads import Exchange, Headers, LongWay, Scope, Threads, address_in
from vitrine.metrics.table import READ_CACHE
from vitrine.processing.live import STATION

log = structlog.get_logger()

_ROUTE = "/api/assets/3d/{product_id}"
_DRESSED_BY = (
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vitrine.config.policy.ContentPolicy",
    "vitrine.config.headers.Headers",
)
"""Of settings.MIDDLEWARE, what gives headers to an answer that is neither page nor file."""
_READ = {
    "authorization": "HTTP_AUTHORIZATION",
    "accept": "HTTP_ACCEPT",
    "cookie": "HTTP_COOKIE",
    "host": "HTTP_HOST",
    "if-none-match": "HTTP_IF_NONE_MATCH",
    "origin": "HTTP_ORIGIN",
    "traceparent": "HTTP_TRACEPARENT",
    "x-forwarded-for": "HTTP_X_FORWARDED_FOR",
    "x-forwarded-proto": "HTTP_X_FORWARDED_PROTO",
    "x-request-id": "HTTP_X_REQUEST_ID",
}
"""What the quick way reads of a request's headers."""
_ODD = frozenset({"content-length", "transfer-encoding", "expect", "x-forwarded-host"})
"""What no read of a product needs: whoever sends it goes the long way."""


@dataclass(slots=True)
class Asked:
    """A request as far as the quick way reads it, and what was taken for it from a quota."""

    META: dict[str, str]
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """How a request reached us, as far as answers depend on it."""

    host: str
    scheme: str
    forwarded_proto: str | None
    origin: str | None


class Entrance:
    """Of one event loop."""

    def __init__(self, application: WSGIApplication, loop: asyncio.AbstractEventLoop) -> None:
        self.threads = Threads(loop, settings.THREADS)
        self.quick = QuickReads(loop, self.threads.run)
        self._long = LongWay(application, self.threads)
        self._log = straight_to_the_log()
        # Names of hosts and origins are anybody's to make up: only the last ones are remembered.
        self._base = lru_cache(maxsize=1024)(_base)
        self._dress = lru_cache(maxsize=1024)(_dress)

    async def answer(self, scope: Scope, exchange: Exchange) -> None:
        receipt = None
        if scope.method in {"GET", "HEAD"} and (product_id := product_in(scope.path)) is not None:
            request = _asked(scope)
            if request is not None:
                if await self._answered(scope, exchange, product_id, request):
                    return
                receipt = request.receipt
            READ_CACHE.count("long")
        await self._long.answer(scope, exchange, receipt)

    def stop(self) -> None:
        """The server was told to end: lines that would stay open for minutes end now."""
        STATION.let_go()

    async def _answered(self, scope: Scope, exchange: Exchange, product_id: UUID, request: Asked) -> bool:
        started = time.perf_counter()
        place = _place(request, scope.scheme)
        base = self._base(place) if place else None
        if place is None or base is None:
            return False
        opened = requests.request_span(request)
        try:
            told = await self.quick.answer(request, product_id, base)
        except (
            Exception
        ):  # a fault of ours must not cost an answer: the long way has nothing in common with this one
            log.exception("quick_read_failed")
            return False
        headers = self._dress(place, told.status, public=told.public) if told else None
        if told is None or headers is None:
            return False
        request_id = requests.id_of(request)
        exchange.response_bytes(
            told.status, [*headers, *told.headers, ("X-Request-ID", request_id)], told.body
        )
        more = {"request_id": request_id, "address": shortened(address_of(request))}
        if opened is not None:
            opened.name = f"{scope.method} {_ROUTE}"
            opened.note({"http.request.method": scope.method, "http.route": _ROUTE})
            opened.note({"vitrine.request_id": request_id, "http.response.status_code": told.status})
            opened.end()
            more["trace_id"] = opened.place.trace_id
        self._tell(scope, told, started, more)
        return True

    def _tell(self, scope: Scope, told: Told, started: float, more: dict[str, str]) -> None:
        person = {} if told.person is None else {"person": str(told.person)}
        requests.tell(
            self._log,
            requests.Told(
                method=scope.method,
                path=scope.path,  # a product's, so there is nothing in it to hide
                route=_ROUTE,
                status=told.status,
                ms=round((time.perf_counter() - started) * 1000, 2),
            ),
            {**more, **person},
        )


def _asked(scope: Scope) -> Asked | None:
    """None for what the quick way does not understand."""
    meta = {"REMOTE_ADDR": address_in(scope.client)}
    for name, text in scope.headers.items():
        known = _READ.get(name)
        if known is not None:
            if known in meta:  # which of the two is meant?
                return None
            meta[known] = text
        elif name in _ODD:
            return None
    if scope.authority is not None:
        if meta.get("HTTP_HOST", scope.authority) != scope.authority:
            return None
        meta["HTTP_HOST"] = scope.authority
    return Asked(meta)


def _place(request: Asked, scheme: str) -> Place | None:
    host = request.META.get("HTTP_HOST")
    if not host:
        return None
    return Place(host, scheme, request.META.get("HTTP_X_FORWARDED_PROTO"), request.META.get("HTTP_ORIGIN"))


def _request_at(place: Place) -> HttpRequest:
    request: Any = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = f"/api/assets/3d/{UUID(int=0)}/"
    request.META = {"HTTP_HOST": place.host, "SERVER_NAME": "", "SERVER_PORT": "0"}
    request._get_scheme = lambda: place.scheme  # noqa: SLF001  # as WSGIRequest does
    if place.forwarded_proto is not None:
        request.META["HTTP_X_FORWARDED_PROTO"] = place.forwarded_proto
    if place.origin is not None:
        request.META["HTTP_ORIGIN"] = place.origin
    found: HttpRequest = request
    return found


def _base(place: Place) -> str | None:
    """Where this service is reached from there; None for a host that is not ours."""
    request = _request_at(place)
    try:
        request.get_host()
        return base_url(request)
    except SuspiciousOperation:
        return None


def _dress(place: Place, status: int, *, public: bool) -> Headers | None:
    """What the middleware adds to an answer there, asked of itself; None where it answers otherwise."""

    def bare(_: HttpRequest) -> HttpResponseBase:
        response = HttpResponse(status=status, content_type="application/json")
        if status == 304:  # it has no content, so it is of no type
            del response.headers["Content-Type"]
        manners(response, "", public=public)
        del response.headers["ETag"]
        return response

    answer: Any = bare
    for name in reversed(_DRESSED_BY):
        answer = import_string(name)(answer)
    dressed: HttpResponseBase = answer(_request_at(place))
    return list(dressed.headers.items()) if dressed.status_code == status else None
