"""What the service says in English with values in it, as translators see it: "The file has {1} bytes; …".

Errors and notices are made far from any reader, are logged and kept, and answer programs: always in English. So they
are collected from the code as they stand there, without marks, and `vitrine/wording.py` puts them into a reader's
language by their shape.
"""

import ast
import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from vitrine.config.messages import Catalog, Key, Message

_SENTENCES = ("access", "api", "catalog", "outreach", "privacy/erase.py", "privacy/export.py", "processing")
_PIECES_TOO = ("pipeline", "outreach/targets.py")
"""Here sentences are put together of pieces, which stand in the holes of others."""

_FOR_PROGRAMS = (  # or for operators
    *("access/arrival.py", "access/chain.py", "access/migrations", "api/authentication.py", "api/events.py"),
    *("api/predicates.py", "api/schema.py", "api/system.py", "catalog/holding.py", "catalog/replica.py"),
    *("pipeline/launcher.py", "pipeline/studio", "pipeline/usdz/comparison.py", "pipeline/usdz/gltf.py"),
)

_NAMING = {"Term", "drop", "emulate", "check_count", "check_finite"}
_LOGGED = {"debug", "info", "warning", "error", "exception"}
_DESCRIBING = {"help_text", "description", "summary"}
_SENTENCE = re.compile(r"[A-Z\"{`“].*\w\W* .*([.?]|( \S+){2}: \{\d+\})\Z")
"""One line that ends as sentences do, or with somebody else's words: "The JSON cannot be read: {1}"."""
_SENTENCE_LETTERS = 4
_PIECE = re.compile(r"[^<>=|\\]*[\w}][,:;]? \(?[a-z{].*\Z|The [A-Z]+\Z")
"""Two words of which the second is a small one, and no code; or "The OBJ"."""
_PIECE_LETTERS = 6
_HOLE = re.compile(r"\{\w*(?::[^{}]*)?\}")
_IN_TYPESCRIPT = re.compile(
    r"(?:\bdetail:|\bnew ModelFault\(\s*\"[^\"]*\",)\s*(?:\"((?:[^\"\\]|\\.)*)\"|`((?:[^`\\]|\\.)*)`)"
)
_TYPESCRIPT_HOLE = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")


def collected(root: Path) -> Catalog:
    """By file and order. Holes are numbered from 1, from the left."""
    found: Catalog = {}
    for file in files(root):
        pieces = file.relative_to(root / "vitrine").as_posix().startswith(_PIECES_TOO)
        _add(found, _in_python(ast.parse(file.read_text()), pieces=pieces), file.relative_to(root))
    for file in sorted((root / "engine" / "src").rglob("*.ts")):
        _add(found, _in_typescript(file.read_text()), file.relative_to(root))
    return found


def files(root: Path) -> Iterator[Path]:
    """Python's, in which people are told something."""
    for file in sorted((root / "vitrine").rglob("*.py")):
        name = file.relative_to(root / "vitrine").as_posix()
        if name.startswith(_SENTENCES + _PIECES_TOO) and not name.startswith(_FOR_PROGRAMS):
            yield file


def compiled(catalog: Catalog) -> str:
    """What `vitrine/wording.py` reads: translations by their English."""
    said = {key.text: message.said[0] for key, message in catalog.items() if message.said[0]}
    return json.dumps(said, ensure_ascii=False, indent=0) + "\n"


def _add(found: Catalog, texts: Iterator[str], file: Path) -> None:
    for text in texts:
        message = found.setdefault(Key("", text), Message(Key("", text)))
        if str(file) not in message.files:
            message.files.append(str(file))


def _in_python(tree: ast.AST, *, pieces: bool) -> Iterator[str]:
    words = list(_single_words(tree))
    for node in _texts_in(tree):
        text = numbered(node)
        if node in words or _is_sentence(text) or (pieces and _is_piece(text)):
            yield text


def _is_sentence(text: str) -> bool:
    return _SENTENCE.match(text) is not None and _letters(text) >= _SENTENCE_LETTERS


def _is_piece(text: str) -> bool:
    return _PIECE.match(text) is not None and _letters(text) >= _PIECE_LETTERS


def _letters(text: str) -> int:
    return len(re.sub(r"\{\d+\}|[\W\d]", "", text))


def _texts_in(node: ast.AST) -> Iterator[ast.AST]:
    """Every text but docstrings, what is logged or described, and what gettext has."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    if not _is_silent(node):
        inner = node.values if isinstance(node, ast.JoinedStr) else ast.iter_child_nodes(node)
        for one in inner:
            if not (isinstance(node, ast.JoinedStr) and isinstance(one, ast.Constant)):
                yield from _texts_in(one)


def _is_silent(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.endswith(("_SIGN", "_SIGNS"))  # of what others say
        case ast.keyword(arg=name):
            return name in _DESCRIBING
        case ast.Call(func=func):
            called = ast.unparse(func).rpartition(".")[2]
            return "gettext" in called or called in _LOGGED or called == "compile"
    return False


def _single_words(tree: ast.AST) -> Iterator[ast.AST]:
    """In dictionaries and tuples of words, and what the calls begin with that name a thing for people."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=func, args=[first, *_]) if ast.unparse(func).rpartition(".")[2] in _NAMING:
                yield first
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Dict(values=words) | ast.Tuple(elts=words)
            ):
                yield from words if name.endswith("_WORDS") else ()


def numbered(node: ast.AST) -> str:
    """An f-string or a template of `str.format` with its holes numbered; another text as it is."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in parts)
    return _with_numbers(text.replace("{{", "{").replace("}}", "}").strip(), _HOLE)


def _in_typescript(text: str) -> Iterator[str]:
    for plain, template in _IN_TYPESCRIPT.findall(text):
        yield _with_numbers(plain or template, _TYPESCRIPT_HOLE)


def _with_numbers(text: str, hole: re.Pattern[str]) -> str:
    """Holes side by side are one: nobody could tell where the first ends."""
    numbers = count(1)
    return re.sub(f"(?:{hole.pattern})+", lambda _: f"{{{next(numbers)}}}", text)
