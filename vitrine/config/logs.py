"""One line an event: readable on a terminal, JSON elsewhere."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

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


def straight_to_the_log() -> Any:
    """A logger whose lines look like all others and go to the same place, but by no way through the standard library,
    which takes longer than many a view."""
    return structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[*_SHARED, without_signatures, _renderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLogger().getEffectiveLevel()),
        cache_logger_on_first_use=True,
    )
