"""What is generated of the code and kept beside it: written anew, or compared."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from vitrine.config.environment import ROOT
from vitrine.config.permissions_page import permissions_page

_OPENAPI = ROOT / "contracts" / "openapi.yaml"
_PERMISSIONS = ROOT / "docs" / "permissions.md"


class Command(BaseCommand):
    help = "Writes contracts/openapi.yaml and docs/permissions.md from the code; --check only says whether they agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, and fail when they differ")

    def handle(self, *args: Any, **options: Any) -> None:
        for file, made in ((_OPENAPI, _openapi()), (_PERMISSIONS, permissions_page().encode())):
            if not options["check"]:
                file.write_bytes(made)
            elif not file.is_file() or file.read_bytes() != made:
                name = file.relative_to(ROOT)
                sys.exit(f"{name} does not agree with the code: make contracts, and look at the change.")


def _openapi() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / _OPENAPI.name
        call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
        return made.read_bytes()
