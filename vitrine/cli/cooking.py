"""`vitrine cook MODEL --out FOLDER`: web, mobile, AR and poster files of one model, without a server.

Exit codes: 0 done, 2 the model is at fault, 64 the order is (an unknown option, a folder that is not empty),
1 we are, 130 stopped. Progress goes to stderr; the summary, or JSON, to stdout.
"""

import argparse
import sys
from pathlib import Path

from vitrine.cli.cook import Order, fill
from vitrine.cli.cooking_options import BUDGETS, given
from vitrine.cli.desk import STOPPED, Command, Desk, Outcome
from vitrine.cli.progress import Progress
from vitrine.cli.shelf import OrderFault
from vitrine.cli.summary import summary
from vitrine.cli.surroundings import Surroundings
from vitrine.errors import Refused, VitrineError
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.formats import ACCEPTED
from vitrine.pipeline.looks import DEFAULT_QUALITY
from vitrine.pipeline.units import Units, UpAxis
from vitrine.pipeline.work import Kind

OURS, THE_MODELS, THE_ORDERS = 1, 2, 64


def run(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    plain = desk.surroundings.plain
    progress = Progress(out=sys.stderr, bar=sys.stderr.isatty() and not plain)
    try:
        report = fill(order_of(chosen), on_progress=progress)
    except OrderFault as fault:
        progress.end()
        return _refused(code="order", detail=str(fault), exit_code=THE_ORDERS)
    except VitrineError as error:
        progress.end()
        exit_code = THE_MODELS if isinstance(error, Refused) else OURS
        return _refused(code=error.code, detail=error.detail, exit_code=exit_code)
    except KeyboardInterrupt:
        progress.end()
        return _refused(code="stopped", detail="Stopped; nothing was written.", exit_code=STOPPED)
    progress.end()
    text = summary(chosen.model.name, report, chosen.out, styled=sys.stdout.isatty() and not plain)
    return Outcome({"folder": str(chosen.out), "report": report}, text)


def arguments(cook: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    add = cook.add_argument
    add("model", type=Path, help=f"{ACCEPTED}")
    add("--out", type=Path, required=True, metavar="FOLDER", help="made; must be empty where it exists")
    alike = f"how alike each variant must look: above 0, at most 1, {DEFAULT_QUALITY} unless told"
    add("--quality", type=_quality, default=DEFAULT_QUALITY, metavar="SSIM", help=alike)
    for budget, words in BUDGETS.items():
        add(f"--{budget.replace('_', '-')}", type=_count, metavar=words[0], help=words[1])
    kinds = f"only these of {', '.join(Kind)}"
    add("--only", type=Kind, nargs="+", default=list(Kind), choices=list(Kind), metavar="KIND", help=kinds)
    add("--force", action="store_true", help="replace what an earlier cook wrote to the folder")
    unit = "of an OBJ, STL or PLY, which cannot say it; guessed, and told, unless given"
    add(
        "--units",
        type=Units,
        choices=list(Units),
        metavar="UNIT",
        help=f"the unit ({', '.join(Units)}) {unit}",
    )
    axis = "which axis points up, y or z, of the same kinds of files"
    add("--up-axis", type=UpAxis, choices=list(UpAxis), metavar="AXIS", help=axis)
    browser = "the browser for posters and proofs; CHROMIUM, else one is found"
    add("--chromium", type=Path, default=surroundings.chromium, metavar="PROGRAM", help=browser)
    node = "the Node 24 for the engine; NODE, else our own"
    add("--node", type=Path, default=surroundings.node, metavar="PROGRAM", help=node)
    converter = "a Python that can import bpy, for FBX and USDZ; CONVERTER_PYTHON, else ours if it can"
    add("--converter", type=Path, default=surroundings.converter, metavar="PROGRAM", help=converter)


def order_of(chosen: argparse.Namespace) -> Order:
    return Order(
        model=chosen.model,
        out=chosen.out,
        quality=chosen.quality,
        budgets=given(chosen, BUDGETS),
        only=frozenset(chosen.only),
        force=chosen.force,
        units=chosen.units,
        up_axis=chosen.up_axis,
        bench=Bench(node=chosen.node, chromium=chosen.chromium, converter=chosen.converter),
    )


def _quality(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 1")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def _refused(*, code: str, detail: str, exit_code: int) -> Outcome:
    told = {"error": {"code": code, "detail": detail}}
    return Outcome(told, complaint=detail, exit_code=exit_code, quiet=True)


COMMANDS = {
    "cook": Command(
        arguments=arguments,
        run=run,
        wrong_use=THE_ORDERS,
        exit_codes="exit codes: 0 done, 2 the model is at fault, 64 the order is, 1 we are, 130 stopped",
    )
}
