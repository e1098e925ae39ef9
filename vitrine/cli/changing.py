"""`vitrine optimize`, `publish`, `unpublish` and `rm`."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from vitrine.cli.cooking_options import add_cooking_options, cooking_fields
from vitrine.cli.desk import DONE, FAILED, Command, Desk, Outcome
from vitrine.cli.following import failure, follow
from vitrine.cli.surroundings import Surroundings
from vitrine.cli.which import product_id
from vitrine.cli.words import printable
from vitrine.client.shapes import ProductShape

_MEANT = "a product's id, its first digits, or its page's address"


def optimize_arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    parser.add_argument("id", metavar="ID", help=_MEANT)
    parser.add_argument("--wait", action="store_true", help="until its variants are made")
    shown = "show the new version when it has passed its proofs; yes unless told"
    parser.add_argument("--publish", action=argparse.BooleanOptionalAction, default=True, help=shown)
    add_cooking_options(parser)


def optimize(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    wanted = product_id(desk.service, chosen.id)
    options = {**cooking_fields(chosen), "publish": "auto" if chosen.publish else "manual"}
    task_id = desk.service.optimize(wanted, options)
    if not chosen.wait:
        task = desk.service.task(task_id)
        return Outcome({"task": task}, f"Begun; `vitrine show {wanted}` tells what it has become.")
    task = follow(desk.service, desk.meter, {task_id: "optimize"})[task_id]
    if said := failure(task):
        return Outcome({"task": task}, complaint=said, exit_code=FAILED)
    return Outcome({"task": task}, f"Version {task['version']} is made.", exit_code=DONE)


def publish_arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    parser.add_argument("id", metavar="ID", help=_MEANT)
    number = "which of its versions, forwards or back; the newest that passed unless told"
    parser.add_argument("--version", type=int, metavar="N", help=number)


def publish(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    wanted = product_id(desk.service, chosen.id)
    if chosen.version is None:
        return _changed(desk, wanted, {"published": True})
    return _told(desk.service.publish_version(wanted, chosen.version))


def unpublish_arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    parser.add_argument("id", metavar="ID", help=_MEANT)


def unpublish(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    return _changed(desk, product_id(desk.service, chosen.id), {"published": False})


def rm_arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID", help=_MEANT)
    parser.add_argument("--yes", action="store_true", help="do not ask; scripts are not asked anyway")


def rm(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    """All are found before any is deleted."""
    found = [desk.service.product(product_id(desk.service, said)) for said in chosen.ids]
    names = ", ".join(printable(one["name"]) for one in found)
    if desk.at_a_terminal and not chosen.yes:
        sys.stderr.write(f"Delete {names}? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            return Outcome({"deleted": []}, "Nothing was deleted.", exit_code=FAILED)
    for one in found:
        desk.service.delete_product(one["id"])
    return Outcome({"deleted": [one["id"] for one in found]}, f"Deleted {names}.")


def _changed(desk: Desk, wanted: str, fields: Mapping[str, Any]) -> Outcome:
    return _told(desk.service.change_product(wanted, fields))


def _told(product: ProductShape) -> Outcome:
    name = printable(product["name"])
    if product["published"]:
        text = f"{name} is published, version {product['version']}: {product['links']['page']}"
    else:
        text = f"{name} is not published."
    return Outcome({"product": product}, text)


COMMANDS = {
    "optimize": Command(arguments=optimize_arguments, run=optimize),
    "publish": Command(arguments=publish_arguments, run=publish),
    "unpublish": Command(arguments=unpublish_arguments, run=unpublish),
    "rm": Command(arguments=rm_arguments, run=rm),
}
