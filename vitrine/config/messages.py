"""Message files without gettext's programs: what there is to say, `.po` read and written, `.mo` made of it.

Translators get an ordinary `.po`. Where a text stands is told by file and not by line: moving code changes nothing.
"""

import ast
import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

_TEXT = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(\s*{_TEXT}(?:\s*,\s*{_TEXT})?(?:\s*,\s*{_TEXT})?", re.DOTALL)
_IN_PYTHON = re.compile(r"^_$|^(n?)(p?)gettext(_lazy|_noop)?$")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")
_MAGIC = 0x950412DE


class Key(NamedTuple):
    """What a text is known by: the English one, and in which sense where that matters."""

    context: str
    text: str


@dataclass(slots=True)
class Message:
    """`plural` is empty for a text that counts nothing; `said` has one form, or one for each number."""

    key: Key
    plural: str = ""
    files: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=lambda: [""])


Catalog = dict[Key, Message]


def collected(root: Path, folder: Path) -> Catalog:
    """All that templates and Python files below `folder` have to say, by file and order."""
    found: Catalog = {}
    files = [*folder.rglob("*.py"), *folder.rglob("templates/**/*.html"), *folder.rglob("templates/**/*.txt")]
    for file in sorted(files):
        text = file.read_text()
        calls = _in_python(text, file.name) if file.suffix == ".py" else _in_template(text)
        for key, plural in calls:
            message = found.setdefault(key, Message(key, plural))
            message.plural = message.plural or plural
            if (name := str(file.relative_to(root))) not in message.files:
                message.files.append(name)
    return found


def merged(wanted: Catalog, before: Catalog, forms: int) -> Catalog:
    """What is wanted, said as before where it was."""
    made: Catalog = {}
    for key, message in wanted.items():
        count = forms if message.plural else 1
        old = before[key].said if key in before else []
        said = old if len(old) == count else [*old, *[""] * count][:count]
        made[key] = Message(key, message.plural, message.files, said)
    return made


def faults_of(catalog: Catalog) -> Iterator[str]:
    """What is not said yet, or lacks a placeholder or has one too many."""
    for message in catalog.values():
        for said in message.said:
            if not said:
                yield f"not translated: {message.key.text!r}"
            elif not any(_holes(said) == _holes(one) for one in (message.key.text, message.plural) if one):
                yield f"other placeholders than in {message.key.text!r}: {said!r}"


def header_of(text: str) -> str:
    """The entry with the empty text: language, encoding, plural forms."""
    return next(message.said[0] for key, message in read_po(text).items() if key == Key("", ""))


def forms_in(header: str) -> int:
    match = re.search(r"nplurals=(\d)", header)
    return int(match[1]) if match else 2


def read_po(text: str) -> Catalog:
    found: Catalog = {}
    for block in re.split(r"\n\s*\n", text):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if match := re.match(r"(msg\w+(?:\[\d\])?)\s+(\".*\")$", line):
                name = match[1]
                parts[name] = json.loads(match[2])
            elif line.startswith('"'):
                parts[name] += json.loads(line)
        if "msgid" in parts:
            key = Key(parts.get("msgctxt", ""), parts["msgid"])
            said = [value for one, value in parts.items() if one.startswith("msgstr")]
            found[key] = Message(key, parts.get("msgid_plural", ""), said=said)
    return found


def written_po(header: str, catalog: Catalog) -> str:
    lines = ['msgid ""', 'msgstr ""', *(json.dumps(f"{one}\n") for one in header.splitlines())]
    for message in catalog.values():
        lines += ["", *(f"#: {name}" for name in message.files)]
        lines += [f"msgctxt {_quoted(message.key.context)}"] if message.key.context else []
        lines.append(f"msgid {_quoted(message.key.text)}")
        if message.plural:
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            lines += [f"msgstr[{number}] {_quoted(said)}" for number, said in enumerate(message.said)]
        else:
            lines.append(f"msgstr {_quoted(message.said[0])}")
    return "\n".join(lines) + "\n"


def compiled(header: str, catalog: Catalog) -> bytes:
    """GNU's MO format, without a hash table: it is optional."""
    entries: Mapping[str, str] = {"": header} | {
        _id_of(message): "\0".join(message.said) for message in catalog.values() if all(message.said)
    }
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items())
    count, at = len(pairs), 28
    start = at + 16 * count
    tables: list[bytes] = []
    body = b""
    for column in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[column]), start + len(body)))
            body += pair[column] + b"\0"
    head = struct.pack("<7I", _MAGIC, 0, count, at, at + 8 * count, 0, start)
    return head + b"".join(tables) + body


def _id_of(message: Message) -> str:
    context = f"{message.key.context}\x04" if message.key.context else ""
    plural = f"\0{message.plural}" if message.plural else ""
    return f"{context}{message.key.text}{plural}"


def _in_template(text: str) -> Iterator[tuple[Key, str]]:
    for call in _IN_TEMPLATE.finditer(templatize(text)):
        texts = [ast.literal_eval(one) for one in call.groups()[1:] if one]
        yield _told(
            texts, counts="n" in call[1].partition("get")[0], senses="p" in call[1].partition("get")[0]
        )


def _in_python(text: str, name: str) -> Iterator[tuple[Key, str]]:
    tree = ast.parse(text)
    called = dict(_called_in(tree))
    for node in ast.walk(tree):
        name_here = _name_of(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and (match := _IN_PYTHON.match(called.get(name_here, name_here))):
            wanted = 1 + bool(match[1]) + bool(match[2])
            texts = [one.value for one in node.args[:wanted] if isinstance(one, ast.Constant)]
            if len(texts) == wanted:  # else it is told elsewhere, and only looked up here
                yield _told([str(one) for one in texts], counts=bool(match[1]), senses=bool(match[2]))
        if name == "errors.py" and isinstance(
            node, ast.ClassDef
        ):  # it knows no Django, to mark its titles by
            yield from _titles_in(node)


def _called_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a module calls gettext and its kin, and what they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            yield from ((one.asname, one.name) for one in node.names if one.asname)


def _titles_in(node: ast.ClassDef) -> Iterator[tuple[Key, str]]:
    for line in node.body:
        names = getattr(line, "targets", [getattr(line, "target", None)])
        value = getattr(line, "value", None)
        if any(getattr(one, "id", "") == "title" for one in names) and isinstance(value, ast.Constant):
            yield Key("", str(value.value)), ""


def _told(texts: list[str], *, counts: bool, senses: bool) -> tuple[Key, str]:
    context, *rest = texts if senses else ["", *texts]
    return Key(context, rest[0]), rest[1] if counts else ""


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _holes(text: str) -> list[str]:
    return sorted(set(_PLACEHOLDER.findall(text)))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
