"""The service's own numbers for Amazon CloudWatch: a line of JSON a minute, which CloudWatch Logs reads metrics off
(its Embedded Metric Format). So nobody needs a key, an agent, or a permission: what writes to the log has them already.

Only what alarms and scaling ask for; Prometheus reads all of it at /metrics.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from vitrine.metrics import table
from vitrine.metrics.kinds import SUM, Cell

Numbers = Mapping[Cell, float]

NAMESPACE = "Vitrine"
READ_S, READY_S = 0.05, 300.0
"""The objectives of docs/operations.md. Each is a bound of its histogram, so what was slower is counted exactly."""
_READ = ("GET", "/api/assets/3d/{product_id}")
_NOT_ASKED = frozenset({"/health/live", "/health/ready", "/metrics"})
_UNITS = {"QueueOldestAge": "Seconds"}


def line_of(standing: Numbers, before: Numbers, now: Numbers, *, at: datetime, installation: str) -> str:
    """`standing` are the gauges; what was counted is what `now` has more than `before`."""
    told = dict(_standing(standing)) | dict(_counted(grown(before, now)))
    metrics = [{"Name": name, "Unit": _UNITS.get(name, "Count")} for name in told]
    described = {"Namespace": NAMESPACE, "Dimensions": [["Installation"]], "Metrics": metrics}
    head = {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [described]}
    return json.dumps({"_aws": head, "Installation": installation, **told}, separators=(",", ":"))


def grown(before: Numbers, now: Numbers) -> dict[Cell, float]:
    """By how much each counter has grown; all of it where counting began anew meanwhile."""
    return {
        cell: amount - (was if (was := before.get(cell, 0.0)) <= amount else 0.0)
        for cell, amount in now.items()
    }


def _standing(standing: Numbers) -> Iterator[tuple[str, float]]:
    yield "QueueOldestAge", standing[Cell(table.QUEUE_AGE.name, "", ())]
    yield "QueueJobs", standing[Cell(table.QUEUE_DEPTH.name, "", ("queued",))]
    needed = (cell for cell in standing if cell.name == table.PART_UP.name and cell.labels != ("studio",))
    yield "PartsDown", sum(standing[cell] == 0 for cell in needed)


def _counted(grew: Numbers) -> Iterator[tuple[str, float]]:
    asked = {
        cell: amount
        for cell, amount in grew.items()
        if cell.name == table.REQUESTS.name and cell.part != SUM and cell.labels[1] not in _NOT_ASKED
    }
    yield "Requests", sum(asked.values())
    yield "RequestsFailed", sum(amount for cell, amount in asked.items() if cell.labels[2].startswith("5"))
    reads = {cell: amount for cell, amount in asked.items() if _is_read(cell)}
    yield "ProductReads", sum(reads.values())
    yield "ProductReadsSlow", _over(READ_S, reads)
    ready = {
        cell: amount for cell, amount in grew.items() if cell.name == table.READY.name and cell.part != SUM
    }
    yield "UploadsReady", sum(ready.values())
    yield "UploadsLate", _over(READY_S, ready)
    yield "WorkerRounds", grew.get(Cell(table.WORKER_ROUNDS.name, "", ()), 0.0)


def _is_read(cell: Cell) -> bool:
    method, route, status = cell.labels
    return (method, route) == _READ and status in {"200", "304"}


def _over(bound_s: float, counts: Numbers) -> float:
    return sum(amount for cell, amount in counts.items() if float(cell.part) > bound_s)
