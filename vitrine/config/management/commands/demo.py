from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from vitrine.config.demo import show
from vitrine.config.environment import ENVIRONMENT


class Command(BaseCommand):
    help = "Makes the demo products and uploads them to a running Vitrine that has none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="where it runs, such as http://127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        show(options["url"], ENVIRONMENT.data_dir)
