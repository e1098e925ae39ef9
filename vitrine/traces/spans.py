"""Spans, and where in a trace this thread is. Without a collector all of it is one look at a variable.

Traces travel as W3C Trace Context says (`traceparent`): from a proxy of ours into a request, and by a job's row into
the worker that cooks it.
"""

import random
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from enum import IntEnum
from types import TracebackType
from typing import Any, Self

_HEADER = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})")


class SpanKind(IntEnum):
    """OTLP's numbers."""

    INTERNAL = 1
    SERVER = 2
    CONSUMER = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a trace. What is not `sampled` is handed on, and told to nobody."""

    trace_id: str
    span_id: str
    sampled: bool

    @classmethod
    def of(cls, header: str) -> "Place | None":
        """What a `traceparent` says; None for none, or a bad one."""
        found = _HEADER.fullmatch(header)
        if found is None or not int(found["trace"], 16) or not int(found["span"], 16):
            return None
        return cls(found["trace"], found["span"], bool(int(found["flags"], 16) & 1))

    @property
    def header(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{int(self.sampled):02x}"


@dataclass(slots=True)
class Span:
    """Something that takes its time. `with` it, and what begins meanwhile in this thread stands below it."""

    name: str
    kind: SpanKind
    place: Place
    parent: Place | None
    tell: Callable[["Span"], None]
    attributes: dict[str, str | int | float] = field(default_factory=dict)
    failed: bool = False
    begun_ns: int = field(default_factory=time.time_ns)
    ended_ns: int = 0
    _before: "Token[Place | None] | None" = None

    def __enter__(self) -> Self:
        self._before = _here.set(self.place)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> None:
        if self._before is not None:
            _here.reset(self._before)
        self.end(failed=self.failed or error is not None)

    def note(self, attributes: Mapping[str, str | int | float]) -> None:
        self.attributes.update(attributes)

    def end(self, *, failed: bool = False) -> None:
        self.failed, self.ended_ns = failed, time.time_ns()
        if self.place.sampled:
            self.tell(self)


@dataclass(frozen=True, slots=True)
class Tracing:
    """Where spans go, and which share of the traces that begin here is told."""

    tell: Callable[[Span], None]
    share: float


_here: ContextVar[Place | None] = ContextVar("trace", default=None)
_tracing: list[Tracing] = []  # of this process: one or none


def trace_by(tracing: Tracing | None) -> None:
    _tracing[:] = [] if tracing is None else [tracing]


def traces() -> bool:
    """Whether anybody wants to hear of spans."""
    return bool(_tracing)


def current_place() -> Place | None:
    return _here.get()


def span(name: str, kind: SpanKind = SpanKind.INTERNAL, *, parent: Place | None = None) -> Span | None:
    """A span below `parent`, else below where this thread is, else a trace of its own. None where nobody traces."""
    if not _tracing:
        return None
    (tracing,) = _tracing
    above = parent or _here.get()
    if above is None:
        sampled = random.random() < tracing.share  # noqa: S311  # no secret
        place = Place(secrets.token_hex(16), secrets.token_hex(8), sampled)
    else:
        place = Place(above.trace_id, secrets.token_hex(8), above.sampled)
    return Span(name, kind, place, above, tracing.tell)


def told_of(span: Span) -> dict[str, Any]:
    """One span as OTLP's JSON writes it."""
    return {
        "traceId": span.place.trace_id,
        "spanId": span.place.span_id,
        **({"parentSpanId": span.parent.span_id} if span.parent else {}),
        "name": span.name,
        "kind": int(span.kind),
        "startTimeUnixNano": str(span.begun_ns),
        "endTimeUnixNano": str(max(span.ended_ns, span.begun_ns)),
        "attributes": attributes_of(span.attributes),
        "status": {"code": 2} if span.failed else {},
    }


def attributes_of(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    def value(one: Any) -> dict[str, Any]:
        if isinstance(one, int):
            return {"intValue": str(one)}
        return {"doubleValue": one} if isinstance(one, float) else {"stringValue": str(one)}

    return [{"key": name, "value": value(one)} for name, one in attributes.items()]
