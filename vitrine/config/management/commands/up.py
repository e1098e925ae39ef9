from typing import Any

from django.core.management.base import BaseCommand

from vitrine.config.up import Up


class Command(BaseCommand):
    help = "Runs everything on this machine: web server, worker, and the database when none is named."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        Up().run()
