"""Django's `runserver`, for a set-up by hand: it makes ready what `make run` would have, and brings a worker."""

import signal
import sys
from types import FrameType
from typing import Any

from django.contrib.staticfiles.management.commands.runserver import Command as StaticFilesRunserver
from django.core.management import CommandError, call_command

from vitrine.config.admin import NAME, make_admin_if_nobody_is_there
from vitrine.config.children import Child
from vitrine.config.environment import ENVIRONMENT, is_reloaded
from vitrine.config.machine import prepare
from vitrine.config.progress import say
from vitrine.config.up import collect_static_files, worker


class Command(StaticFilesRunserver):
    """The reloader runs this command twice, once as its own child; what is done once is done by the first."""

    help = "Serves this machine while you develop, with a worker beside it."
    default_addr = ENVIRONMENT.host
    default_port = str(ENVIRONMENT.port)

    def run(self, **options: Any) -> None:
        if ENVIRONMENT.tls:
            raise CommandError("TLS=1 is for `make run`; Django's own server speaks http only: unset TLS.")
        if is_reloaded():
            super().run(**options)
            return
        prepare()
        call_command("migrate", interactive=False, verbosity=0)
        collect_static_files()
        password = make_admin_if_nobody_is_there(ENVIRONMENT.admin_password)
        if password:
            say(f"The user {NAME} was made. Password, shown this once: {password}")
        beside = worker(ENVIRONMENT)
        # SystemExit instead of a sudden end: the worker must go first.
        signal.signal(signal.SIGTERM, _exit)
        beside.start()
        say(f"A worker runs beside the server; it tells its story in {beside.log}")
        try:
            super().run(**options)
        finally:
            _end(beside)


def _exit(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _end(beside: Child) -> None:
    beside.ask_to_end()
    beside.wait(beside.patience_s)
    beside.end()
