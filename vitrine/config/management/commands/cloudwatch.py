"""`manage.py cloudwatch`: what CloudWatch's alarms and scaling ask for, a line a minute, until it is ended."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from vitrine.api.numbers import counted, standing
from vitrine.config.cloudwatch import line_of

log = structlog.get_logger()


class Command(BaseCommand):
    help = (
        "Prints the service's numbers for Amazon CloudWatch, a line each minute. Run one of it, and one only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every", type=float, default=60.0, help="seconds between two lines; 60 by default"
        )
        parser.add_argument("--lines", type=int, default=0, help="end after so many; 0, as by default: never")

    def handle(self, *, every: float, lines: int, **_: Any) -> None:
        told_to_stop = threading.Event()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, lambda *_: told_to_stop.set())
        installation = urlsplit(settings.PUBLIC_URL or "").hostname or "vitrine"
        before, number = counted() or {}, 0
        while not told_to_stop.wait(every) and (lines == 0 or number < lines):
            number += 1
            try:
                now = counted() or {}
                told = line_of(dict(standing()), before, now, at=timezone.now(), installation=installation)
            except DatabaseError:
                log.exception("numbers_failed")  # silence is an alarm of its own; the next minute tries again
                connection.close()
            else:
                self.stdout.write(told)
                self.stdout.flush()
                before = now or before
