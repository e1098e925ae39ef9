"""Errors and notices are collected from the code as they stand there, and found again by their shape."""

import json
from pathlib import Path

from vitrine.config import sentences
from vitrine.config.environment import ROOT
from vitrine.wording import in_language

_GERMAN = json.loads((ROOT / "vitrine/locale/de/LC_MESSAGES/sentences.json").read_text())

PYTHON = '''
"""A docstring is not said by anybody."""
_WORDS = {"m": "metres", "ft": "feet"}
TERM = Term("triangles", "count", "Simplify the mesh.")
SAYING = "{feature} is left out of {file:>5}."
OPTIONS = Field(help_text="A sentence that describes a field.")

def check(found, limit):
    log.warning("This stands in the log.")
    gettext("This is translated elsewhere.")
    told = f"The model has {len(found)} {found.kind:>3}; the limit is {limit}."
    raise Refused(f"Send the model with {'less in it' if found else limit}{limit}.")
'''
TYPESCRIPT = """
answer({ code: "two", detail: `The file has ${count({ of: file })} parts.` });
answer({ code: "one", detail: "The file names no scene." });
throw new Error("not for people, this one");
"""


def a_tree(root: Path) -> Path:
    for name, text in {
        "vitrine/pipeline/checks.py": PYTHON,
        "vitrine/pipeline/studio/room.py": 'A = "This is for operators only."',
        "vitrine/console/page.py": 'A = "Pages have gettext for their words."',
        "engine/src/report.ts": TYPESCRIPT,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_what_is_said_is_collected_without_marks_and_its_holes_are_numbered(tmp_path: Path) -> None:
    assert [key.text for key in sentences.collected(a_tree(tmp_path))] == [
        "metres",
        "feet",
        "triangles",
        "Simplify the mesh.",
        "{1} is left out of {2}.",
        "The model has {1} {2}; the limit is {3}.",
        "Send the model with {1}.",
        "less in it",
        "The file has {1} parts.",
        "The file names no scene.",
    ]


def test_each_sentence_is_known_again_whatever_stands_in_its_holes() -> None:
    values = {f"{{{number}}}": f"chair-{number}.bin" for number in range(1, 8)}
    for said, wanted in _GERMAN.items():
        for hole, value in values.items():
            said, wanted = said.replace(hole, value), wanted.replace(hole, value)  # noqa: PLW2901  # each in its turn

        assert in_language(said, "de") == wanted
