"""`vitrine export --out FOLDER`: every product's original, and all that is said about it as CSV and JSON."""

import argparse
import json
from pathlib import Path
from typing import Any

from vitrine.cli import sheet
from vitrine.cli.desk import AGAIN, DONE, FAILED, Command, Desk, Outcome
from vitrine.cli.meter import Bytes
from vitrine.cli.pull import original_of
from vitrine.cli.surroundings import Surroundings
from vitrine.client.fetching import fetch
from vitrine.client.problem import Problem
from vitrine.client.shapes import ProductShape

MODELS = "models"
SHEET, ALL = "products.csv", "products.json"


def arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    out = f"made; files that are there already are not fetched again. `vitrine import` takes its {SHEET}"
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help=out)
    parser.add_argument("--q", default="", metavar="WORDS", help="only products with these words or tags")


def run(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    out: Path = chosen.out
    (out / MODELS).mkdir(parents=True, exist_ok=True)
    told: list[dict[str, Any]] = []
    failed: list[str] = []
    fetched = 0
    for product in desk.service.products(q=chosen.q):
        try:
            file, fresh = _original(product, out, desk)
        except Problem as problem:
            if problem.status in {0, 401}:
                raise
            failed.append(f"{product['name']} ({product['id']}): {problem}")
            continue
        fetched += fresh
        told.append({**product, "file": file})
    _write_all(out / ALL, told)
    sheet.write(out / SHEET, told)
    document = {"folder": str(out), "products": len(told), "fetched": fetched, "failed": failed}
    text = f"{len(told)} products, {fetched} files fetched, {len(told) - fetched} were there: {out}"
    return Outcome(document, text, "\n".join(failed), FAILED if failed else DONE)


def _original(product: ProductShape, out: Path, desk: Desk) -> tuple[str, bool]:
    """Where it lies under `out`, and whether it was fetched now. A version never changes: its size tells all."""
    sent = original_of(desk.service.versions(product["id"]))
    name = f"{MODELS}/{product['id']}-v{sent['version']}.{sent['format']}"
    target = out / name
    if target.is_file() and target.stat().st_size == sent["size"]:
        return name, False
    told = Bytes(desk.meter, product["name"], sent["size"], verb="fetched")
    fetch(desk.service.transport, sent["url"], target, size=sent["size"], on_bytes=told)
    return name, True


def _write_all(path: Path, told: list[dict[str, Any]]) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)


COMMANDS = {"export": Command(arguments=arguments, run=run, stopped=AGAIN)}
