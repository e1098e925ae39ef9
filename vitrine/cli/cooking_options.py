"""How a model is to be cooked, as options of several commands and as fields of the API."""

import argparse
from collections.abc import Iterable
from typing import Any

BUDGETS = {
    "max_bytes": ("BYTES", "what web, mobile and android must fit into"),
    "max_triangles": ("COUNT", "the same of triangles"),
    "max_texture_px": ("PX", "the same of a texture's longer side"),
}
_NAMES = ("quality", *BUDGETS, "units", "up_axis")


def add_cooking_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--quality", type=float, metavar="SSIM", help="how alike each variant must look; 0.98 unless told")
    for budget, (unit, words) in BUDGETS.items():
        add(f"--{budget.replace('_', '-')}", type=int, metavar=unit, help=words)
    add("--units", choices=["mm", "cm", "m", "in"], help="of an OBJ, STL or PLY, which cannot say it")
    add("--up-axis", choices=["y", "z"], help="the same of the axis that points up")


def cooking_fields(chosen: argparse.Namespace) -> dict[str, Any]:
    """What was given; the service knows the rest."""
    return given(chosen, _NAMES)


def given(chosen: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(chosen, name) for name in names if getattr(chosen, name) is not None}
