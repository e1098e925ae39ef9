from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vitrine.config import seeding
from vitrine.config.progress import say

_MOST = 10_000_000


class Command(BaseCommand):
    help = (
        "Makes products by the thousand, without files, to see how lists and searches fare; or removes them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--products", type=int, default=10_000, help="how many in all; 10,000 unless told"
        )
        parser.add_argument(
            "--remove", action="store_true", help="delete every product that this command made"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count: int = options["products"]
        if options["remove"]:
            seeding.remove(lambda gone: say(f"  {gone:,} removed"))
        elif not 1 <= count <= _MOST:
            raise CommandError(f"--products is {count:,}; expected 1 to {_MOST:,}.")
        else:
            seeding.seed(count, lambda there: say(f"  {there:,} of {count:,}"))
