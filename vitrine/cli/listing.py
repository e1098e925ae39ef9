"""`vitrine ls` and `vitrine show ID`."""

import argparse
from itertools import islice

from vitrine.cli.desk import Command, Desk, Outcome
from vitrine.cli.surroundings import Surroundings
from vitrine.cli.which import product_id, short
from vitrine.cli.words import printable, size
from vitrine.client.service import PAGE
from vitrine.client.shapes import ProductShape, VersionShape


def ls_arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    parser.add_argument("--q", default="", metavar="WORDS", help="words of the name, or tags")
    parser.add_argument("--limit", type=int, default=50, help="at most so many; 50 unless told, 0 for all")


def ls(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    pages = desk.service.products(q=chosen.q, limit=min(chosen.limit or PAGE, PAGE))
    found = list(islice(pages, chosen.limit) if chosen.limit else pages)
    head = f"{'id':<8}  {'name':<32}  {'status':<10}  {'version':>7}  {'size':>8}"
    rows = [_row(product) for product in found]
    text = "\n".join([head, *rows]) if rows else "No products."
    return Outcome({"products": found}, text)


def show_arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    parser.add_argument("id", metavar="ID", help="a product's id, its first digits, or its page's address")


def show(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    wanted = product_id(desk.service, chosen.id)
    product, versions = desk.service.product(wanted), desk.service.versions(wanted)
    return Outcome({"product": product, "versions": versions}, _told(product, versions))


def _row(product: ProductShape) -> str:
    name = printable(product["name"])
    shown = name if len(name) <= 32 else f"{name[:31]}…"
    state = "published" if product["published"] else product["status"]
    of = f"{product['version']:>7}  {size(product['size']):>8}"
    return f"{short(product['id'])}  {shown:<32}  {state:<10}  {of}"


def _told(product: ProductShape, versions: list[VersionShape]) -> str:
    seen = "published" if product["published"] else "not published"
    lines = [
        printable(product["name"]),
        f"  {product['id']}",
        f"  {product['status']}, {seen}, version {product['version']}",
        f"  {product['links']['page']}",
    ]
    if product["tags"]:
        lines.append(f"  tags: {printable(', '.join(product['tags']))}")
    lines += ["", "  variant        size  triangles  likeness"]
    for kind, made in product["variants"].items():
        triangles = "" if made["triangles"] is None else f"{made['triangles']:,}"
        likeness = f"{made['proof']['ssim']:.4f}" if made["proof"] else ""
        lines.append(f"  {kind:<9}  {size(made['size']):>8}  {triangles:>9}  {likeness:>8}".rstrip())
    lines += ["", "  version  made of"]
    for version in versions:
        made_of = "by optimizing" if version["optimized"] else f"{version['format']}, as it was sent"
        mark = "  (shown)" if version["published"] else ""
        lines.append(f"  {version['version']:>7}  {made_of}, {version['created_at'][:10]}{mark}")
    return "\n".join(lines)


COMMANDS = {
    "ls": Command(arguments=ls_arguments, run=ls),
    "show": Command(arguments=show_arguments, run=show),
}
