"""Commands that the guides name are there, and take what is given to them there.

Those in `sh` blocks are run besides, by tests/journey: against a service, or a backup of one.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from vitrine.cli.__main__ import COMMANDS, parser
from vitrine.cli.surroundings import look_around
from vitrine.config.environment import ROOT

PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("examples/*.md"),
    *ROOT.glob("deploy/**/*.md"),
]
MAKEFILE = (ROOT / "Makefile").read_text()
VARIABLES = MAKEFILE + "".join(
    (ROOT / f"vitrine/config/{name}.py").read_text() for name in ("environment", "variables")
)
_ID = "0a4d9c0e-0000-4000-8000-000000000000"
PROGRAM = re.compile(
    r"^(?:(?:(?:python3?|\.venv/bin/python) )?(manage\.py)|(make)|(?:\.venv/bin/)?(vitrine)) "
)


def pages() -> list[Path]:
    return sorted(page for page in PAGES if not {"node_modules", ".venv"} & set(page.parts))


def commands_in(page: Path) -> Iterator[str]:
    """Of its blocks, line by line, and of its sentences."""
    text = page.read_text()
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()
    yield from re.findall(
        r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )


def words_of(command: str) -> list[str]:
    """What follows the program, up to where the shell has its say."""
    given = re.split(r" (?:[<>|&]|&&)", PROGRAM.sub("", re.sub(r"\bID\b|0a4d9c0e-…", _ID, command)))[0]
    return shlex.split(given.rstrip(")"), comments=True)


def all_commands(program: str) -> list[str]:
    found = {line.strip() for page in pages() for line in commands_in(page)}
    return sorted(line for line in found if (match := PROGRAM.match(line)) and program in match.groups())


@pytest.mark.parametrize("command", all_commands("make"))
def test_make_knows_what_it_is_asked(command: str) -> None:
    for word in words_of(command):
        name, is_variable, _ = word.partition("=")
        known = rf"\b{name}\b" if is_variable else rf"^{re.escape(name)}:"
        assert re.search(known, VARIABLES if is_variable else MAKEFILE, re.MULTILINE), word


def is_whole(command: str) -> bool:
    """A sentence may name a command alone, and an ellipsis stands for what only the reader knows."""
    words = words_of(command)
    return "…" not in command and len(words) > 1 and "--help" not in words


@pytest.mark.parametrize("command", all_commands("manage.py"))
def test_manage_py_takes_what_it_is_given(command: str) -> None:
    name, *words = words_of(command)
    asked = load_command_class(get_commands()[name], name)

    if is_whole(command):
        asked.create_parser("manage.py", name).parse_args(words)


@pytest.mark.parametrize("command", all_commands("vitrine"))
def test_vitrine_takes_what_it_is_given(command: str) -> None:
    words = words_of(command)
    assert words[0] in COMMANDS

    if is_whole(command):
        parser(look_around(), words).parse_args(words)


def test_they_were_found() -> None:
    assert all(len(all_commands(program)) > 5 for program in ("make", "manage.py", "vitrine"))
