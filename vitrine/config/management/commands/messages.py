"""`make messages`: what pages, errors and notices say, in `vitrine/locale`, brought up to date with the code."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from vitrine.config import messages, sentences
from vitrine.config.environment import ROOT

_LOCALE = ROOT / "vitrine" / "locale"
_NEW = """Project-Id-Version: Vitrine
Language: {language}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
Plural-Forms: nplurals=2; plural=(n != 1);
"""


class Command(BaseCommand):
    help = "Brings vitrine/locale up to date with the code; --check only says whether it is, and complete."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, and fail when something lacks")

    def handle(self, *args: Any, **options: Any) -> None:
        said = {"django": messages.collected(ROOT, ROOT / "vitrine"), "sentences": sentences.collected(ROOT)}
        faults: list[str] = []
        for language in (code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE):
            for name, wanted in said.items():
                faults += brought_up_to_date(language, name, wanted, check=options["check"])
        if faults and options["check"]:
            sys.exit("\n".join(faults))
        print("\n".join(faults) or "Nothing is missing.")


def brought_up_to_date(language: str, name: str, wanted: messages.Catalog, *, check: bool) -> list[str]:
    """What the language's file of that name lacks, having written what could be."""
    po = _LOCALE / language / "LC_MESSAGES" / f"{name}.po"
    before = po.read_text() if po.is_file() else messages.written_po(_NEW.format(language=language), {})
    header = messages.header_of(before)
    known = messages.merged(wanted, messages.read_po(before), messages.forms_in(header))
    faults = [f"{language}: {fault}" for fault in messages.faults_of(known)]
    made = {po: messages.written_po(header, known).encode()}
    if name == "django":
        made[po.with_suffix(".mo")] = messages.compiled(header, known)
    else:
        made[po.with_suffix(".json")] = sentences.compiled(known).encode()
    for file, content in made.items():
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        elif not file.is_file() or file.read_bytes() != content:
            faults.append(_differs(file))
    return faults


def _differs(file: Path) -> str:
    return f"{file.relative_to(ROOT)} does not agree with the code: make messages, and translate what is new."
