from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vitrine.privacy import gone, retention
from vitrine.privacy.record import record_of_processing, rules_table
from vitrine.privacy.words import how_long


class Command(BaseCommand):
    help = "What is kept and for how long: what would go, let it go, the record of processing, proof that it went."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        commands.add_parser("plan", help="what a sweep would take now, rule by rule; changes nothing")
        commands.add_parser("sweep", help="let it go now; workers do so each night")
        commands.add_parser("record", help="the record of processing activities (Art. 30 GDPR), as Markdown")
        commands.add_parser("table", help="the rules as a table in Markdown, as docs/privacy.md holds it")
        proof = commands.add_parser("gone", help="prove that a deleted product is gone, or say what is left")
        proof.add_argument("product", type=UUID, help="the id that it had")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "plan":
            for due in retention.plan():
                self.stdout.write(f"{due.count:>12,}  {due.rule.name}, kept for {how_long(due.rule)}")
        elif options["what"] == "sweep":
            for name, count in retention.sweep().items():
                self.stdout.write(f"{count:>12,}  {name}")
        elif options["what"] == "record":
            self.stdout.write(record_of_processing(), ending="")
        elif options["what"] == "table":
            self.stdout.write(rules_table())
        else:
            self._prove(gone.prove(options["product"]))

    def _prove(self, proof: gone.Proof) -> None:
        for place in proof.places:
            why = f"  its id alone, by the rule {place.by_rule}" if place.by_rule and place.count else ""
            self.stdout.write(f"{place.count:>12,}  {place.name}{why}")
        self.stdout.write(f"Deleted {_at(proof.deleted_at)}, purged {_at(proof.purged_at)}.")
        if proof.caches_until is not None:
            self.stdout.write(f"No cache keeps a file of it after {_at(proof.caches_until)}.")
        elif proof.deleted_at is not None:
            self.stdout.write("FILE_URLS is plain: a CDN keeps its files until you purge them there.")
        if proof.late:
            raise CommandError(f"Not gone as promised ({_at(proof.promised_by)}): {_named(proof)}.")
        if proof.left:
            self.stdout.write(f"Until {_at(proof.promised_by)} this may be left: {_named(proof)}.")
        else:
            self.stdout.write("Gone: nothing that it was is left.")


def _named(proof: gone.Proof) -> str:
    return ", ".join(place.name for place in proof.left) or "it went late"


def _at(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
