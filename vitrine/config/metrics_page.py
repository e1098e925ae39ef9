"""`docs/metrics.md`, made of the one table in `metrics/table.py`."""

from collections.abc import Iterator

from vitrine.metrics.kinds import Histogram, Metric
from vitrine.metrics.table import METRICS

_HEAD = """# Metrics

Made by `make contracts` of `vitrine/metrics/table.py`; a test finds each of them at a living `/metrics`.

`/metrics` answers in Prometheus' text format to admins and to [API keys](backend.md#a-key-for-a-program) with
`metrics:read`: [how to set up Prometheus and Grafana](operations.md#metrics). One answer tells of all processes on all
machines of an installation, so ask one of them. Counters begin anew when Redis does.

Beside its name a histogram has `_bucket` (with `le`, the upper bound of a bucket in seconds), `_sum` and `_count`.

| name | kind | labels | tells |
|---|---|---|---|
"""


def metrics_page() -> str:
    return _HEAD + "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        yield f"| `{metric.name}` | {_kind(metric)} | {labels} | {metric.help} |"


def _kind(metric: Metric) -> str:
    if not isinstance(metric, Histogram):
        return metric.type
    return f"histogram, {metric.bounds[0]:g} to {metric.bounds[-1]:g} s"
