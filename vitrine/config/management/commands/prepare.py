from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from vitrine.config.admin import NAME, make_admin_if_nobody_is_there
from vitrine.config.environment import ENVIRONMENT
from vitrine.config.preparing import keep_metrics_key, make_bucket, one_at_a_time


class Command(BaseCommand):
    help = (
        "What goes before web and worker on servers of your own: brings the database up to date and makes the user "
        "admin when nobody is there. May run again at any time, and many at once."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bucket", action="store_true", help="make AWS_BUCKET_NAME when it is missing")
        parser.add_argument(
            "--metrics-key", type=Path, metavar="FILE", help="keep an API key for Prometheus here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with one_at_a_time():
            call_command("migrate", interactive=False, verbosity=0)
            self.stdout.write("The database is up to date.")
            if options["bucket"] and make_bucket():
                self.stdout.write(f"Made the bucket {ENVIRONMENT.aws_bucket_name}.")
            if password := make_admin_if_nobody_is_there(ENVIRONMENT.admin_password):
                self.stdout.write(f"The user {NAME} was made. Password, shown this once: {password}")
            if options["metrics_key"] and keep_metrics_key(options["metrics_key"]):
                self.stdout.write(f"Made an API key for Prometheus: {options['metrics_key']}")
