"""The promises of `contracts/` that are generated: written anew, or compared with the code."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from vitrine.config.environment import ROOT
from vitrine.config.promises import broken, promises_of

_OPENAPI = ROOT / "contracts" / "openapi.yaml"
_PROMISED = ROOT / "contracts" / "promised.json"


class Command(BaseCommand):
    help = "Writes contracts/openapi.yaml from the code; with --check it only says whether they agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, and fail when they differ")
        parser.add_argument("--promise", action="store_true", help="promise all that is there now")

    def handle(self, *args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            made, plain = Path(folder) / _OPENAPI.name, Path(folder) / "openapi.json"
            call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
            call_command("spectacular", file=str(plain), format="openapi-json")
            now = promises_of(json.loads(plain.read_text()))
            if not options["check"]:
                _OPENAPI.write_bytes(made.read_bytes())
            elif not _OPENAPI.is_file() or _OPENAPI.read_bytes() != made.read_bytes():
                sys.exit(
                    "contracts/openapi.yaml does not agree with the code: make contracts, and look at the change."
                )
        if options["promise"]:
            _PROMISED.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")
        elif faults := broken(json.loads(_PROMISED.read_text()), now):
            sys.exit("contracts/promised.json is broken:\n  " + "\n  ".join(faults))
