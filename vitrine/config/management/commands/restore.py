from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vitrine.config.backup.restoring import restore
from vitrine.config.fault import SetupFault


class Command(BaseCommand):
    help = "Brings a backup back into an empty DATA_DIR and database, after verifying all of it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        source = "a folder of backups, whose newest whole one is taken, or a backup in it"
        parser.add_argument("source", type=Path, metavar="from", help=source)
        parser.add_argument("--replace", action="store_true", help="what is there already goes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore(options["source"], replace=options["replace"])
        except SetupFault as fault:
            raise CommandError(str(fault)) from fault
        manifest = restored.manifest
        for warning in restored.warnings:
            self.stderr.write(f"Mind: {warning}")
        self.stdout.write(
            f"Restored '{restored.backup}': {manifest.counts['catalog_product']:,} products, {manifest.files:,} files, "
            f"as of {manifest.made_at}."
        )
