"""What a confined tool tells: its progress, line by line, and at its end a report."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vitrine.errors import Broken, ModelRejected
from vitrine.pipeline.limits import Caps
from vitrine.pipeline.sandbox import Outcome

MODEL_AT_FAULT = 2
"""The exit code by which a tool says that the model is at fault, not we."""


class TookTooMuch(ModelRejected):
    """A tool was ended by its limit of CPU time or memory: it would be again, so this is the model's fault."""


@dataclass(slots=True)
class Listener:
    """Hears lines of {"progress": 0 to 1} and hands on the last known; other lines say nothing to it."""

    note: Callable[[float], None]
    last: float = 0.0

    def hear(self, line: str) -> None:
        try:
            value = json.loads(line)["progress"]
        except (ValueError, KeyError, TypeError):
            value = None
        if isinstance(value, int | float):
            self.last = max(self.last, min(float(value), 1.0))
        self.note(self.last)

    def tick(self) -> None:
        """Nothing new was said."""
        self.note(self.last)


def report_of(outcome: Outcome, tool: str, failed: type[Broken], *, caps: Caps) -> dict[str, Any]:
    """The report of a tool that ended. ModelRejected for a model at fault, else `failed`, which names the `tool`."""
    if exceeded := outcome.exceeded(caps):
        raise TookTooMuch(f"{tool} {exceeded} on this model. Send it with less in it.")
    if outcome.returncode not in (0, MODEL_AT_FAULT):
        raise failed(f"{tool} {outcome.reason()}.")
    try:
        report: dict[str, Any] = json.loads(outcome.stdout)
    except ValueError as cause:
        raise failed(f"{tool} answered something that is not JSON.") from cause
    if outcome.returncode == MODEL_AT_FAULT:
        raise ModelRejected(str(report.get("detail", "The model cannot be read.")))
    return report
