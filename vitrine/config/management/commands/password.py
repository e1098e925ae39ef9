from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from vitrine.config.admin import NAME, set_password
from vitrine.config.environment import ENVIRONMENT


class Command(BaseCommand):
    help = "Gives the user admin a new password: ADMIN_PASSWORD, or a random one that is printed once."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        made = set_password(ENVIRONMENT.admin_password)
        said = made or "as ADMIN_PASSWORD says"
        self.stdout.write(f"The password of {NAME} is now: {said}")
