"""Errors and notices are collected from the code as they stand there, and found again by their shape."""

import ast
import json
from pathlib import Path

import pytest

from vitrine import errors
from vitrine.config import sentences
from vitrine.config.environment import ROOT
from vitrine.wording import in_language

_GERMAN = json.loads((ROOT / "vitrine/locale/de/LC_MESSAGES/sentences.json").read_text())

_TELLING = {"Fault", "Notice", "refuse", *(name for name in vars(errors) if name[0].isupper())}
_JOINING = {"{1}: {2}", "cursor: {1}"}
"""A field and its fault, which `api/problems.py` joins anew in the reader's language."""

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
throw new ModelFault(
  "three",
  `The model requires ${unknown.join(", ")}, which we cannot read.`,
);
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
        "The model requires {1}, which we cannot read.",
    ]


@pytest.mark.parametrize("value", ["chair-{}.bin", "Chair {}. Oak"])
def test_each_sentence_is_known_again_whatever_stands_in_its_holes(value: str) -> None:
    for english, german in _GERMAN.items():
        said, wanted = english, german
        for number in range(1, 8):
            said = said.replace(f"{{{number}}}", value.format(number))
            wanted = wanted.replace(f"{{{number}}}", value.format(number))

        assert in_language(said, "de") == wanted


def test_every_text_that_an_error_or_a_notice_is_made_with_is_collected() -> None:
    """Whatever rule collects it: what a person could read of a refusal has to be there for translators."""
    missing = [
        f"{file.relative_to(ROOT)}:{node.lineno}: {text}"
        for file in sentences.files(ROOT)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _TELLING
        for argument in node.args
        if isinstance(argument, ast.JoinedStr | ast.Constant)
        if " " in (text := sentences.numbered(argument)) and text not in _GERMAN.keys() | _JOINING
    ]

    assert not missing, "\n".join(missing)
