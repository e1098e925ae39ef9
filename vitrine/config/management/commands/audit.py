import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vitrine.access import chain
from vitrine.access.audit import AuditEntry, told


class Command(BaseCommand):
    help = "The audit log: `verify` walks its chain, `export` writes it as JSON lines."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        verify = commands.add_parser("verify", help="say whether it was tampered with, and where first")
        verify.add_argument("--head", help="NUMBER:DIGEST, noted earlier: shows whether the end was cut off")
        commands.add_parser("export", help="all sealed entries, oldest first, as JSON lines")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "export":
            self._export()
        else:
            self._verify(options["head"])

    def _export(self) -> None:
        for entry in AuditEntry.objects.exclude(number=None).order_by("number").iterator(chunk_size=1_000):
            self.stdout.write(json.dumps(told(entry)))

    def _verify(self, head: str | None) -> None:
        verdict = chain.verify(expected=None if head is None else _noted(head))
        if verdict.fault is not None:
            where = (
                f"Entry {verdict.fault.number}" if verdict.fault.number else "An entry without a place yet"
            )
            raise CommandError(f"{where} ({verdict.fault.entry_id or 'gone'}): {verdict.fault.what}.")
        waiting = f", {verdict.unsealed} more wait for their place" if verdict.unsealed else ""
        self.stdout.write(f"{verdict.count} entries hold together{waiting}.")
        self.stdout.write(f"Head: {verdict.count}:{verdict.head}")


def _noted(head: str) -> tuple[int, str]:
    number, _, digest = head.partition(":")
    if not number.isdecimal() or len(digest) != len(chain.START):
        raise CommandError(f"--head is {head!r}; expected NUMBER:DIGEST as `verify` prints it.")
    return int(number), digest
