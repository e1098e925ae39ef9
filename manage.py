"""Django's command line, with Vitrine's own commands `up`, `password` and `reset`."""

import sys

from vitrine.config.fault import SetupFault


def main() -> None:
    try:
        # Here, not above: importing these reads the environment, and a fault in it is told in one line.
        from django.core.management import execute_from_command_line  # noqa: PLC0415

        from vitrine.config.environment import choose_settings  # noqa: PLC0415

        choose_settings()
        execute_from_command_line(sys.argv)
    except SetupFault as fault:
        sys.exit(f"Vitrine cannot start. {fault}")
    except ModuleNotFoundError as error:
        if error.name != "django":
            raise
        sys.exit("Django is not installed here: source venv/bin/activate; pip install -r requirements.txt")


if __name__ == "__main__":
    main()
