"""`vitrine push FILE…`"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.cli.cooking_options import add_cooking_options, cooking_fields
from vitrine.cli.desk import AGAIN, DONE, FAILED, Command, Desk, Outcome, WrongUse
from vitrine.cli.following import failure, follow
from vitrine.cli.pushing import Order, Pushed, Pusher
from vitrine.cli.surroundings import Surroundings
from vitrine.cli.unfinished import Unfinished
from vitrine.cli.which import product_id
from vitrine.cli.words import printable
from vitrine.client.problem import Problem
from vitrine.client.shapes import ProductShape, TaskShape


@dataclass(slots=True)
class Line:
    """What became of one file."""

    path: Path
    pushed: Pushed | None = None
    task: TaskShape | None = None
    product: ProductShape | None = None
    error: dict[str, Any] | None = None
    said: str = ""


def arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    add = parser.add_argument
    add(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="glb, gltf, usdz, obj, stl, ply, zip; fbx where it is taken",
    )
    add("--name", help="the product's; the file's name without its ending unless told")
    add("--to", metavar="ID", help="make it that product's next version, and no new product")
    add("--tag", action="append", default=[], metavar="WORD", help="a word to find it by; may be repeated")
    add("--alt", help="what a screen reader says")
    add("--metadata", type=_object, metavar="JSON", help='such as \'{"sku": "C-1"}\'; all of it is public')
    add("--ar", action=argparse.BooleanOptionalAction, help="buttons and codes for AR; shown unless told")
    shown = "show it to everybody when it has passed its proofs; yes unless told"
    add("--publish", action=argparse.BooleanOptionalAction, help=shown)
    add("--no-optimize", action="store_true", help="keep the model as it is, and only check it")
    add("--wait", action="store_true", help="until its variants are made")
    add_cooking_options(parser)


def run(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    _check(chosen)
    to = product_id(desk.service, chosen.to) if chosen.to else None
    unfinished = Unfinished(desk.surroundings.state, desk.service.url)
    pusher = Pusher(desk.service, unfinished, desk.meter)
    lines = [Line(path) for path in chosen.files]
    for line in lines:
        _push(line, _order(chosen, line.path, to), pusher)
    if chosen.wait:
        _wait(lines, desk)
    for line in lines:
        if line.pushed is not None:
            line.product = desk.service.product(line.pushed.product_id)
    failed = sum(line.said != "" for line in lines)
    if not failed:  # else those that went well are skipped when the same is run again
        for line in lines:
            unfinished.forget(line.pushed.sha256 if line.pushed else "")
    return _outcome(lines, failed)


def _check(chosen: argparse.Namespace) -> None:
    if len(chosen.files) > 1 and (chosen.name or chosen.to):
        raise WrongUse("--name and --to are for one file; this is about several.")
    new_only = [name for name in ("name", "alt", "metadata", "ar") if getattr(chosen, name) is not None]
    if chosen.to and (new_only or chosen.tag):
        named = ", ".join(f"--{name}" for name in [*new_only, *(["tag"] if chosen.tag else [])])
        raise WrongUse(f"{named}: a new version changes the model only, not what is said about its product.")
    missing = [str(path) for path in chosen.files if not path.is_file()]
    if missing:
        raise WrongUse(f"There is no file {', '.join(missing)}. Nothing was sent.")
    if len({path.resolve() for path in chosen.files}) < len(chosen.files):
        raise WrongUse("A file is named twice. Nothing was sent.")


def _order(chosen: argparse.Namespace, path: Path, to: str | None) -> Order:
    fields = cooking_fields(chosen)
    if chosen.no_optimize:
        fields["optimize"] = False
    if to is not None:
        if chosen.publish is not None:
            fields["publish"] = "auto" if chosen.publish else "manual"
        return Order(path=path, fields=fields, product_id=to)
    said = {
        "name": chosen.name or path.stem,
        "tags": chosen.tag or None,
        "alt": chosen.alt,
        "metadata": chosen.metadata,
        "ar_enabled": chosen.ar,
        "published": chosen.publish,
    }
    return Order(
        path=path, fields=fields | {name: value for name, value in said.items() if value is not None}
    )


def _push(line: Line, order: Order, pusher: Pusher) -> None:
    try:
        line.pushed = pusher.push(order)
    except Problem as problem:
        if problem.status == 401:
            raise
        line.error, line.said = problem.shape(), str(problem)
    except OSError as error:
        line.said = f"{error.filename}: {error.strerror}"
        line.error = {"code": "local", "detail": line.said}


def _wait(lines: list[Line], desk: Desk) -> None:
    newest = {}
    for line in lines:
        if line.pushed is not None and (tasks := desk.service.tasks(line.pushed.product_id)):
            newest[tasks[0]["task_id"]] = line
    ended = follow(desk.service, desk.meter, {task: line.path.name for task, line in newest.items()})
    for task_id, task in ended.items():
        newest[task_id].task, newest[task_id].said = task, failure(task)
        newest[task_id].error = dict(task["error"]) if task["error"] else None


def _outcome(lines: list[Line], failed: int) -> Outcome:
    results = [
        {
            "file": str(line.path),
            "status": "failed" if line.said else "done",
            "again": bool(line.pushed and line.pushed.again),
            "product": line.product,
            "task": line.task,
            "error": line.error,
        }
        for line in lines
    ]
    text = "\n".join(_told(line) for line in lines if not line.said)
    complaint = "\n".join(f"{line.path.name}: {line.said}" for line in lines if line.said)
    if failed and len(lines) > 1:
        complaint += (
            f"\n{failed} of {len(lines)} failed; run the same again when that is mended: the rest is skipped."
        )
    return Outcome({"results": results}, text, complaint, FAILED if failed else DONE)


def _told(line: Line) -> str:
    product = line.product
    assert product is not None, "what did not fail has a product"
    seen = "published" if product["published"] else "not published"
    before = ", made by an earlier try" if line.pushed and line.pushed.again else ""
    name = printable(product["name"])
    return f"{name}  {product['id']}  {product['status']}, {seen}{before}\n  {product['links']['page']}"


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError('give a JSON object, such as {"sku": "C-1"}')
    return found


COMMANDS = {"push": Command(arguments=arguments, run=run, stopped=AGAIN)}
