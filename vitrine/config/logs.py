"""One line an event: readable on a terminal, JSON elsewhere."""

import logging
import sys
from enum import StrEnum
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from vitrine.config.secrets import without_secrets

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class LogKind(StrEnum):
    """What a line is about, in its field `kind`."""

    ACCESS = "access"  # a request, answered
    ERROR = "error"  # something of ours failed
    PERFORMANCE = "performance"  # how long something took
    INTERACTION = "interaction"  # what a shopper's viewer told; nothing about the shopper
    SERVICE = "service"  # all else: what the service does


def told_apart(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Each line has a kind; an error is one whoever writes it."""
    if "kind" not in event:
        failed = event.get("level") in {"error", "critical"} or "exception" in event
        event["kind"] = LogKind.ERROR if failed else LogKind.SERVICE
    if event["kind"] == LogKind.INTERACTION:
        event.pop("address", None)
    return event


def kept_back(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    cleaned: EventDict = without_secrets(event)
    return cleaned


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
            told_apart,
            kept_back,
            _renderer(),
        ],
    )


def _renderer() -> Processor:
    return structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()


def straight_to_the_log() -> Any:
    """A logger whose lines look like all others and go to the same place, but by no way through the standard library,
    which takes longer than many a view. Nothing is cut out of them: whoever writes them sees to it."""
    return structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[*_SHARED, _renderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLogger().getEffectiveLevel()),
        cache_logger_on_first_use=True,
    )
