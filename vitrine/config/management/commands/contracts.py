"""The promises of `contracts/` that are generated: written anew, or compared with the code."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from vitrine.config.environment import ROOT

_OPENAPI = ROOT / "contracts" / "openapi.yaml"


class Command(BaseCommand):
    help = "Writes contracts/openapi.yaml from the code; with --check it only says whether they agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, and fail when they differ")

    def handle(self, *args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / _OPENAPI.name
            call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
            if not options["check"]:
                _OPENAPI.write_bytes(made.read_bytes())
            elif not _OPENAPI.is_file() or _OPENAPI.read_bytes() != made.read_bytes():
                sys.exit(
                    "contracts/openapi.yaml does not agree with the code: make contracts, and look at the change."
                )
