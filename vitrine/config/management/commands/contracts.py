"""What is generated of the code and kept beside it: written anew, or compared."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from vitrine.config.environment import ROOT
from vitrine.config.metrics_page import metrics_page
from vitrine.config.permissions_page import permissions_page
from vitrine.config.problems_page import problems_page
from vitrine.config.promises import broken, promises_of

_OPENAPI = ROOT / "contracts" / "openapi.yaml"
_PROMISED = ROOT / "contracts" / "promised.json"
_PERMISSIONS = ROOT / "docs" / "permissions.md"
_METRICS = ROOT / "docs" / "metrics.md"
_PROBLEMS = ROOT / "docs" / "problems.md"


class Command(BaseCommand):
    help = "Writes contracts/openapi.yaml and pages of docs/ from the code; --check only says whether they agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, and fail when they differ")
        parser.add_argument("--promise", action="store_true", help="promise all that is there now")

    def handle(self, *args: Any, **options: Any) -> None:
        openapi, plain = _openapi()
        pages = {_PERMISSIONS: permissions_page(), _METRICS: metrics_page(), _PROBLEMS: problems_page()}
        for file, made in ((_OPENAPI, openapi), *((page, text.encode()) for page, text in pages.items())):
            if not options["check"]:
                file.write_bytes(made)
            elif not file.is_file() or file.read_bytes() != made:
                name = file.relative_to(ROOT)
                sys.exit(f"{name} does not agree with the code: make contracts, and look at the change.")
        now = promises_of(json.loads(plain))
        if options["promise"]:
            _PROMISED.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")
        elif faults := broken(json.loads(_PROMISED.read_text()), now):
            sys.exit("contracts/promised.json is broken:\n  " + "\n  ".join(faults))


def _openapi() -> tuple[bytes, bytes]:
    """As it is kept, and as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        made, plain = Path(folder) / _OPENAPI.name, Path(folder) / "openapi.json"
        call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
        call_command("spectacular", file=str(plain), format="openapi-json")
        return made.read_bytes(), plain.read_bytes()
