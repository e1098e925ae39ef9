"""One line an event: readable on a terminal, JSON elsewhere. One line a request, when it has been answered."""

import logging
import re
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, empty
from django_structlog.middlewares import RequestMiddleware
from structlog.types import EventDict, Processor, WrappedLogger

_STARTED = "vitrine.started"

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

_SIGNATURE = re.compile(r"(/files/[0-9a-f]{8}\.[ps][0-9]+\.)[A-Za-z0-9_-]+")


def without_signatures(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Whoever reads the log must not read files by it: an address without its signature leads nowhere."""
    return {
        name: _SIGNATURE.sub(r"\1…", value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def configure() -> None:
    """Send structlog's events through the standard library, so that libraries' lines look the same."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """For `LOGGING`: colours on a terminal, JSON in a file."""
    configure()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_signatures,
            _renderer(),
        ],
    )


def _renderer() -> Processor:
    return structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()


class RequestLog(RequestMiddleware):
    """The access log. What django-structlog does for every request, without what nobody reads: a line at its beginning,
    a session loaded to name somebody whom nobody asked about, and all headers searched for an address. Its lines look
    like all others and go to the same place, but straight there: the standard library takes longer than many a view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(sys.stderr),
            processors=[*_SHARED, without_signatures, _renderer()],
            wrapper_class=structlog.make_filtering_bound_logger(logging.getLogger().getEffectiveLevel()),
            cache_logger_on_first_use=True,
        )

    def prepare(self, request: HttpRequest) -> None:
        request.META[_STARTED] = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=str(uuid.uuid4()), ip=_address(request))

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if response.streaming or hasattr(request, "_raised_exception"):
            super().handle_response(request, response)
            return
        took_ms = round((time.perf_counter() - request.META[_STARTED]) * 1000, 2)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Server-Timing", f"total;dur={took_ms}")
        user: Any = request.__dict__.get("user")
        known = not (isinstance(user, LazyObject) and user._wrapped is empty)  # noqa: SLF001  # no question asked
        self._log.log(
            self._log_level_for_status_code(response.status_code),
            "request_finished",
            code=response.status_code,
            ms=took_ms,
            request=f"{request.method} {request.get_full_path()}",
            user_id=str(user.pk) if known and getattr(user, "pk", None) else None,
        )
        structlog.contextvars.clear_contextvars()


def _address(request: HttpRequest) -> str:
    """The address that called, or that our own proxy says has called; what is before it, anybody can make up."""
    address: str = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address
