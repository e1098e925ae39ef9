"""`manage.py cdn_logs FILE …`: adds CloudFront's standard logs to the numbers, each once."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vitrine.errors import Refused
from vitrine.insight.cdn_logs import take_log


class Command(BaseCommand):
    help = "Adds CloudFront's standard logs to the numbers: hits, misses and bytes of models' files. Each log once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "logs", nargs="+", type=Path, help="as CloudFront writes them, packed (.gz) or not"
        )

    def handle(self, *, logs: list[Path], **_: Any) -> None:
        for log in logs:
            try:
                counted = take_log(log)
            except (Refused, OSError, EOFError) as error:
                raise CommandError(f"{log}: {error}") from error
            if counted is None:
                print(f"{log}: taken before")
            else:
                print(f"{log}: {counted.hits:,} hits, {counted.misses:,} misses, {counted.others:,} others")
