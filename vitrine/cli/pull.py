"""`vitrine pull ID`: a product's files."""

import argparse
import re
from pathlib import Path

from vitrine.cli.desk import Command, Desk, Outcome, WrongUse
from vitrine.cli.meter import Bytes
from vitrine.cli.surroundings import Surroundings
from vitrine.cli.which import product_id
from vitrine.client.fetching import fetch
from vitrine.client.shapes import ProductShape, VersionShape

ORIGINAL = "original"
_KINDS = (ORIGINAL, "preview", "mobile", "web", "android", "ios", "poster", "thumbnail", "turntable")


def arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    parser.add_argument("id", metavar="ID", help="a product's id, its first digits, or its page's address")
    which = f"one of {', '.join(_KINDS)}; the model as it was sent unless told"
    parser.add_argument("--variant", choices=_KINDS, default=ORIGINAL, metavar="KIND", help=which)
    out = "a file, or a folder that is there or whose name ends with /; here unless told"
    parser.add_argument("--out", default=".", metavar="PATH", help=out)
    parser.add_argument("--force", action="store_true", help="replace a file that is there")


def run(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    wanted = product_id(desk.service, chosen.id)
    product = desk.service.product(wanted)
    url, file_format, length = _file(chosen.variant, product, desk)
    target = Path(chosen.out)
    if chosen.out.endswith("/") or target.is_dir():
        suffix = "" if chosen.variant == ORIGINAL else f"-{chosen.variant}"
        target = target / f"{file_name(product)}{suffix}.{file_format}"
    if target.exists() and not chosen.force:
        raise WrongUse(f"{target} is there already. Name another file, or replace it with --force.")
    told = Bytes(desk.meter, target.name, length, verb="fetched")
    fetch(desk.service.transport, url, target, size=length, on_bytes=told)
    desk.meter.clear()
    shape = {"product_id": wanted, "variant": chosen.variant, "file": str(target), "size": length}
    return Outcome(shape, str(target))


def original_of(versions: list[VersionShape]) -> VersionShape:
    """The newest that was sent."""
    return next(one for one in versions if not one["optimized"])


def file_name(product: ProductShape) -> str:
    """A name for its files: the product's, in letters that every system takes."""
    words = re.sub(r"[^\w.-]+", "-", product["name"]).strip("-.")
    return words[:80] or product["id"]


def _file(kind: str, product: ProductShape, desk: Desk) -> tuple[str, str, int]:
    """Address, format, bytes."""
    if kind == ORIGINAL:
        sent = original_of(desk.service.versions(product["id"]))
        return sent["url"], sent["format"], sent["size"]
    if kind not in product["variants"]:
        made = ", ".join(product["variants"]) or "none yet"
        raise WrongUse(f"This product has no {kind}; it has {ORIGINAL} and: {made}.")
    variant = product["variants"][kind]
    return variant["url"], variant["format"], variant["size"]


COMMANDS = {"pull": Command(arguments=arguments, run=run)}
