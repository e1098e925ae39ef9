"""Message files: all that is said is collected, German lacks nothing, and what is compiled is what was written."""

import gettext
import io
from pathlib import Path

import pytest
from django.core.management import call_command

from vitrine.config import messages
from vitrine.config.environment import ROOT

_PO = ROOT / "vitrine" / "locale" / "de" / "LC_MESSAGES" / "django.po"

TEMPLATE = """{% load i18n %}<p title="{% translate 'A "title"' %}">{% blocktranslate trimmed count n=n %}
  {{ n }} chair
{% plural %}
  {{ n }} chairs
{% endblocktranslate %}{% translate "May" context "month" %}</p>"""
PYTHON = """from django.utils.translation import gettext_lazy as _, gettext_lazy as words
D = words("By another name")
A = _("One" " and two")
B = ngettext("%(n)d lamp", "%(n)d lamps", n)
C = gettext(A)
"""


def a_tree(folder: Path) -> Path:
    (folder / "templates").mkdir()
    (folder / "templates" / "page.html").write_text(TEMPLATE)
    (folder / "words.py").write_text(PYTHON)
    (folder / "errors.py").write_text('class Lost(Exception):\n    title: ClassVar[str] = "It is lost"\n')
    return folder


def test_german_lacks_nothing_and_both_files_agree_with_the_code() -> None:
    call_command("messages", "--check")


def test_all_that_is_said_is_collected(tmp_path: Path) -> None:
    found = messages.collected(tmp_path, a_tree(tmp_path))

    assert {(key.context, key.text): message.plural for key, message in found.items()} == {
        ("", "It is lost"): "",
        ("", "By another name"): "",
        ("", 'A "title"'): "",
        ("", "%(n)s chair"): "%(n)s chairs",
        ("month", "May"): "",
        ("", "One and two"): "",
        ("", "%(n)d lamp"): "%(n)d lamps",
    }


def test_what_was_written_is_read_again_and_compiled(tmp_path: Path) -> None:
    said = {
        'A "title"': ["Ein »Titel«\n"],
        "%(n)s chair": ["%(n)s Stuhl", "%(n)s Stühle"],
        "May": ["Mai"],
    }
    found = messages.collected(tmp_path, a_tree(tmp_path))
    for key, message in found.items():
        message.said = said.get(key.text, message.said)
    header = messages.header_of(_PO.read_text())

    text = messages.written_po(header, messages.merged(found, found, 2))
    catalog = messages.read_po(text)
    compiled = gettext.GNUTranslations(io.BytesIO(messages.compiled(header, catalog)))

    assert messages.written_po(header, messages.merged(found, catalog, 2)) == text
    assert compiled.gettext('A "title"') == "Ein »Titel«\n"
    assert [compiled.ngettext("%(n)s chair", "%(n)s chairs", n) for n in (1, 5)] == [
        "%(n)s Stuhl",
        "%(n)s Stühle",
    ]
    assert compiled.pgettext("month", "May") == "Mai"
    assert compiled.gettext("One and two") == "One and two"


@pytest.mark.parametrize(
    ("said", "fault"),
    [("", "not translated"), ("Noch {much}", "other placeholders"), ("Noch %(count)d", "")],
)
def test_what_lacks_or_would_break_is_told(said: str, fault: str) -> None:
    key = messages.Key("", "%(count)d left")

    found = "".join(messages.faults_of({key: messages.Message(key, said=[said])}))

    assert fault in found
    assert bool(found) == bool(fault)
