import json
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from vitrine import __version__
from vitrine.config.doctor import CHECKS, Finding, State, examine

_MARKS = {State.OK: "✓", State.UNASKED: "–", State.WARNING: "!", State.FAILING: "✗"}


class Command(BaseCommand):
    help = "Tries everything that this deployment stands on, and says what to do. Ends with 1 when something fails."
    requires_system_checks = ()  # they would stop at the first thing that is broken

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "parts", nargs="*", choices=[[], *CHECKS], metavar="PART", help="only these: " + ", ".join(CHECKS)
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        found: dict[str, Finding] = {}
        for part in options["parts"] or CHECKS:
            found[part] = examine(part)
            if not options["json"]:
                self.stdout.write("\n".join(_lines(part, found[part])))
                self.stdout.flush()
        state = _worst(found)
        if options["json"]:
            parts = [
                {"part": part, "state": one.state, "said": one.said, "cure": one.cure}
                for part, one in found.items()
            ]
            self.stdout.write(json.dumps({"state": state, "version": __version__, "parts": parts}, indent=1))
        if state is State.FAILING:
            sys.exit(1)


def _lines(part: str, finding: Finding) -> Iterator[str]:
    yield f"{_MARKS[finding.state]} {part:<11} {finding.said}"
    if finding.cure:
        yield f"  {'':<11} → {finding.cure}"


def _worst(found: dict[str, Finding]) -> State:
    states = {one.state for one in found.values()}
    return next((state for state in (State.FAILING, State.WARNING) if state in states), State.OK)
