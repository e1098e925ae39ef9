"""Prometheus' text format, 0.0.4."""

from collections.abc import Iterable, Iterator, Mapping

from vitrine.metrics.kinds import SUM, Cell, Histogram, Metric
from vitrine.metrics.table import METRICS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text_of(numbers: Mapping[Cell, float], metrics: Iterable[Metric] = METRICS) -> str:
    """Each of `metrics`. What another release counted under a name or with labels that we do not know is left out; a
    counter without labels that was never counted is 0, so that its first is seen as one more.
    """
    by_name: dict[str, list[Cell]] = {}
    for cell in sorted(numbers):
        by_name.setdefault(cell.name, []).append(cell)
    lines = []
    for metric in metrics:
        cells = [cell for cell in by_name.get(metric.name, ()) if len(cell.labels) == len(metric.labels)]
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.type}"]
        lines += (
            _histogram(metric, cells, numbers)
            if isinstance(metric, Histogram)
            else _plain(metric, cells, numbers)
        )
    return "\n".join(lines) + "\n"


def _plain(metric: Metric, cells: Iterable[Cell], numbers: Mapping[Cell, float]) -> Iterator[str]:
    told = {cell.labels: numbers[cell] for cell in cells}
    if not metric.labels and metric.type == "counter":
        told.setdefault((), 0)
    for labels, number in told.items():
        yield f"{metric.name}{_labels(metric.labels, labels)} {number:.17g}"


def _histogram(metric: Histogram, cells: Iterable[Cell], numbers: Mapping[Cell, float]) -> Iterator[str]:
    series: dict[tuple[str, ...], dict[str, float]] = {} if metric.labels else {(): {}}
    for cell in cells:
        series.setdefault(cell.labels, {})[cell.part] = numbers[cell]
    for labels, parts in series.items():
        total = parts.pop(SUM, 0.0)
        bounds = sorted({*parts, *map(str, metric.bounds), "+Inf"}, key=float)
        so_far = 0.0
        for bound in bounds:
            so_far += parts.get(bound, 0.0)
            yield f"{metric.name}_bucket{_labels((*metric.labels, 'le'), (*labels, bound))} {so_far:.17g}"
        yield f"{metric.name}_sum{_labels(metric.labels, labels)} {total:.17g}"
        yield f"{metric.name}_count{_labels(metric.labels, labels)} {so_far:.17g}"


def _labels(names: Iterable[str], values: Iterable[str]) -> str:
    pairs = [f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True)]
    return f"{{{','.join(pairs)}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
