"""Makes the state. Importing this sets Django up."""

import json
from pathlib import Path

import django
from django.core.management import call_command

django.setup()

from tests.upgrade.filling import fill  # noqa: E402  # needs Django's apps
from vitrine.config.backup import making  # noqa: E402  # needs Django's apps


def make_state(target: Path) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    known = fill()
    made = making.make(target)
    assert made.manifest.missing == []
    (target / ".lock").unlink()
    (target / "known.json").write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")
