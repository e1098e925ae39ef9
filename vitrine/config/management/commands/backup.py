import itertools
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vitrine.config.backup import checking
from vitrine.config.backup.home import chosen
from vitrine.config.backup.making import HERE, Made, make
from vitrine.config.fault import SetupFault

_TOLD = 20


class Command(BaseCommand):
    help = "Backs up database, files and keys into a folder while everything runs. Files are shared by its backups."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups lie; made when it is missing")
        parser.add_argument(
            "--keep", type=int, metavar="N", help="let all but the N newest go; all stay unless told"
        )
        check = "make none, but read every byte of the newest (or of the backup that is named) and say what has changed"
        parser.add_argument("--check", action="store_true", help=check)

    def handle(self, *args: Any, **options: Any) -> None:
        keep: int | None = options["keep"]
        if keep is not None and keep < 1:
            raise CommandError(f"--keep is {keep}; expected 1 or more.")
        try:
            if options["check"]:
                self._check(options["folder"])
            else:
                self._tell(make(options["folder"], keep=keep))
        except SetupFault as fault:
            raise CommandError(str(fault)) from fault

    def _check(self, folder: Path) -> None:
        home, backup = chosen(folder)
        found = list(itertools.islice(checking.faults(home, backup), _TOLD))
        for one in found:
            self.stdout.write(one)
        if found:
            raise CommandError(f"'{backup}' is not what it was when it was made.")
        self.stdout.write(f"'{backup}' is whole.")

    def _tell(self, made: Made) -> None:
        manifest = made.manifest
        files = f"{manifest.files:,} files ({manifest.file_bytes / 1_000_000:,.1f} MB), {made.fresh:,} of them new"
        if manifest.files_in != HERE:
            files = f"no files: they are in {manifest.files_in}, whose versioning is their backup"
        self.stdout.write(f"'{made.folder}': the database, the keys and {files}.")
        if made.pruned:
            self.stdout.write(f"{made.pruned} older backups went.")
        if manifest.missing:
            for key in manifest.missing[:_TOLD]:
                self.stdout.write(f"Missing or damaged in the store: {key}")
            raise CommandError(f"Everything else is in it, but {len(manifest.missing)} files are not.")
