"""A CSV of products: one row each, with `name`, `file`, `tags`, `alt` and `metadata.…` as columns."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.cli.desk import WrongUse

COLUMNS = ("name", "file", "tags", "alt")
METADATA = "metadata."
_MARKS = ('"', "[", "{")


@dataclass(frozen=True, slots=True)
class Row:
    """`number` as a spreadsheet counts, the head being 1. `fault`: what is wrong with the row itself."""

    number: int
    name: str
    file: str
    fields: dict[str, Any]
    fault: str = ""


def read(path: Path) -> list[Row]:
    """All rows that are not empty. WrongUse for a file that is no such sheet."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongUse(f"{path} is not UTF-8: save it as CSV UTF-8.") from error
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise WrongUse(f"{path} cannot be read as CSV: {error}.") from error
    head = [one.strip() for one in lines[0]] if lines else []
    _check_head(path, head)
    filled = (
        (number, cells) for number, cells in enumerate(lines[1:], start=2) if any(map(str.strip, cells))
    )
    return [_row(number, head, cells) for number, cells in filled]


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Products, with a `file` each, as a sheet that `read` takes."""
    listed = list(rows)
    names = sorted({name for row in listed for name in row["metadata"]})
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, *(METADATA + name for name in names)])
        for row in listed:
            said = [row["name"], row["file"], _joined(row["tags"]), row["alt"]]
            writer.writerow([*said, *(_cell(row["metadata"], name) for name in names)])
    fresh.replace(path)


def _delimiter(text: str) -> str:
    """Spreadsheets write what their country likes: the head says."""
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _check_head(path: Path, head: list[str]) -> None:
    unknown = [one for one in head if one not in COLUMNS and one.removeprefix(METADATA) in {one, ""}]
    missing = [one for one in ("name", "file") if one not in head]
    twice = sorted({one for one in head if head.count(one) > 1})
    for said, names in (("unknown columns", unknown), ("no column", missing), ("columns twice", twice)):
        if names:
            known = f"{', '.join(COLUMNS)} and {METADATA}…"
            raise WrongUse(f"{path} has {said}: {', '.join(names) or '(empty)'}. Known are {known}.")


def _row(number: int, head: list[str], cells: list[str]) -> Row:
    if len(cells) > len(head) and any(cells[len(head) :]):
        return Row(number, cells[0], "", {}, f"has {len(cells)} cells under {len(head)} columns")
    said = {name: cell.strip() for name, cell in zip(head, cells, strict=False)}
    name, file = said.get("name", ""), said.get("file", "")
    fields: dict[str, Any] = {"name": name}
    if tags := said.get("tags"):
        fields["tags"] = [one.strip() for one in tags.split(";" if ";" in tags else ",") if one.strip()]
    if alt := said.get("alt"):
        fields["alt"] = alt
    fault = "has no name" if not name else "has no file" if not file else ""
    try:
        metadata = {
            one.removeprefix(METADATA): _value(cell)
            for one, cell in said.items()
            if one.startswith(METADATA) and cell
        }
    except ValueError as error:
        return Row(
            number, name, file, fields, fault or f"has metadata that begins as JSON and is none: {error}"
        )
    return Row(number, name, file, fields | ({"metadata": metadata} if metadata else {}), fault)


def _value(cell: str) -> Any:
    """Text, since 00123 and 1e5 are numbers of parts too; JSON where it begins with a quote, [ or {."""
    return json.loads(cell) if cell.startswith(_MARKS) else cell


def _cell(metadata: Mapping[str, Any], name: str) -> str:
    if name not in metadata:
        return ""
    value = metadata[name]
    plain = isinstance(value, str) and value == value.strip() and value and not value.startswith(_MARKS)
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def _joined(tags: list[str]) -> str:
    joined = "; ".join(tags)
    return f"{joined};" if len(tags) == 1 and "," in joined else joined
