"""To a collector, by OTLP over HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/), from a thread of the process.

Traces are worth less than what they tell of: nothing waits for a collector, and what it does not take is dropped.
"""

import atexit
import http.client
import json
import os
import ssl
import threading
from collections import deque
from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog

from vitrine import __version__
from vitrine.traces.spans import Span, Tracing, attributes_of, told_of, trace_by

log = structlog.get_logger()

_EVERY_S = 2.0
_PATIENCE_S = 5.0
_MOST_KEPT = 10_000
_AT_ONCE = 500
_begun: "list[Collector]" = []  # of this process: one or none


class Collector:
    """Where spans are sent: OTEL_EXPORTER_OTLP_ENDPOINT, with `/v1/traces` behind it as the specification says."""

    def __init__(self, endpoint: str, headers: Mapping[str, str]) -> None:
        self._parts = urlsplit(endpoint)
        self._path = f"{self._parts.path.rstrip('/')}/v1/traces"
        self._headers = {"Content-Type": "application/json", **headers}
        self._waiting: deque[Span] = deque(maxlen=_MOST_KEPT)
        self._lock = threading.Lock()

    def keep(self, span: Span) -> None:
        self._waiting.append(span)

    def send(self) -> None:
        """All that waits. Never raises for what the collector does."""
        with self._lock:
            while self._waiting:
                taken = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
                try:
                    status = self._posted(json.dumps(_body(taken)).encode())
                except (OSError, http.client.HTTPException) as error:
                    log.warning("traces_dropped", spans=len(taken), reason=str(error))
                    return
                if status >= 300:
                    log.warning("traces_dropped", spans=len(taken), status=status)

    def _posted(self, body: bytes) -> int:
        over_tls = self._parts.scheme == "https"
        connection = (
            http.client.HTTPSConnection(
                self._parts.netloc, timeout=_PATIENCE_S, context=ssl.create_default_context()
            )
            if over_tls
            else http.client.HTTPConnection(self._parts.netloc, timeout=_PATIENCE_S)
        )
        try:
            connection.request("POST", self._path, body, self._headers)
            return connection.getresponse().status
        finally:
            connection.close()


def begin(collector: Collector, *, share: float) -> None:
    """Trace in this process from now on. Call it after forking."""

    def run() -> None:
        while not ended.wait(_EVERY_S):
            collector.send()

    ended = threading.Event()
    _begun[:] = [collector]
    trace_by(Tracing(collector.keep, share))
    threading.Thread(target=run, name="traces", daemon=True).start()
    atexit.register(collector.send)


def send_traces() -> None:
    """What waits in this process, at once; nothing where nobody traces."""
    for collector in _begun:
        collector.send()


def _body(spans: list[Span]) -> dict[str, object]:
    us = {"service.name": "vitrine", "service.version": __version__, "process.pid": os.getpid()}
    who = attributes_of(us)
    scope = {"scope": {"name": "vitrine"}, "spans": [told_of(one) for one in spans]}
    return {"resourceSpans": [{"resource": {"attributes": who}, "scopeSpans": [scope]}]}
