"""What each process of the service tells while it runs: its metrics, and traces where somebody collects them."""

from vitrine.config.environment import ENVIRONMENT
from vitrine.metrics import sending as metrics
from vitrine.traces import sending as traces
from vitrine.traces.sending import Collector


def begin_telling() -> None:
    """Call it once in a process, after it was forked."""
    metrics.begin()
    if ENVIRONMENT.otel_endpoint:
        headers = dict(pair.split("=", 1) for pair in ENVIRONMENT.otel_headers)
        traces.begin(Collector(ENVIRONMENT.otel_endpoint, headers), share=ENVIRONMENT.otel_share)
