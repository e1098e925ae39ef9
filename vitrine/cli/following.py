"""Waiting for jobs: many at once, told by their steps."""

import time
from collections.abc import Mapping

from vitrine.cli.meter import Meter
from vitrine.cli.words import doing
from vitrine.client.service import Vitrine
from vitrine.client.shapes import TaskShape

_ENDED = frozenset({"done", "failed"})
_ASK_EVERY_S = 1.0


def follow(service: Vitrine, meter: Meter, tasks: Mapping[str, str]) -> dict[str, TaskShape]:
    """`tasks`: ids, with what to call each. Until all have ended, well or badly."""
    ended: dict[str, TaskShape] = {}
    parts = dict.fromkeys(tasks, 0.0)
    while True:
        for task_id in tasks.keys() - ended.keys():
            task = service.task(task_id)
            parts[task_id] = task["progress"]
            _tell(meter, tasks, task, sum(parts.values()) / len(parts), len(ended))
            if task["status"] in _ENDED:
                parts[task_id] = 1.0
                ended[task_id] = task
                meter.line(f"{tasks[task_id]}: {task['status']}")
        if len(ended) == len(tasks):
            return ended
        time.sleep(_ASK_EVERY_S)


def failure(task: TaskShape) -> str:
    """Why, in words; empty when it did not fail."""
    error = task["error"]
    if task["status"] != "failed":
        return ""
    return f"{error['title']}: {error['detail']}" if error else "The job failed."


def _tell(meter: Meter, tasks: Mapping[str, str], task: TaskShape, part: float, ended: int) -> None:
    step = "Waiting for its turn" if task["status"] == "queued" else doing(task["step"] or "begin")
    count = f"{ended} of {len(tasks)} done  " if len(tasks) > 1 else ""
    meter.part(tasks[task["task_id"]], part, f"{count}{step}")
