"""`vitrine cook MODEL --out FOLDER`: web, mobile, AR and poster files of one model, without a server.

Exit codes: 0 done, 2 the model is at fault, 64 the order is (an unknown option, a folder that is not empty),
1 we are, 130 stopped. Progress goes to stderr; the summary, or JSON, to stdout.
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from vitrine import __version__
from vitrine.cli.cook import Order, fill
from vitrine.cli.progress import Progress
from vitrine.cli.shelf import OrderFault
from vitrine.cli.summary import summary
from vitrine.cli.surroundings import Surroundings, look_around
from vitrine.cli.words import printable
from vitrine.errors import Refused, VitrineError
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.formats import ACCEPTED
from vitrine.pipeline.looks import DEFAULT_QUALITY
from vitrine.pipeline.units import Units, UpAxis
from vitrine.pipeline.work import Kind

DONE, OURS, THE_MODELS, THE_ORDERS, STOPPED = 0, 1, 2, 64, 130


class Parser(argparse.ArgumentParser):
    """Leaves exit code 2 to models at fault."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(THE_ORDERS, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str]) -> int:
    surroundings = look_around()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a real stream; names may hold anything
    signal.signal(signal.SIGTERM, _stop)
    chosen = parser(surroundings).parse_args(arguments)
    progress = Progress(out=sys.stderr, bar=sys.stderr.isatty() and not surroundings.plain)
    try:
        report = fill(order_of(chosen), on_progress=progress)
    except OrderFault as fault:
        progress.end()
        return _tell(chosen, code="order", detail=str(fault), exit_code=THE_ORDERS)
    except VitrineError as error:
        progress.end()
        exit_code = THE_MODELS if isinstance(error, Refused) else OURS
        return _tell(chosen, code=error.code, detail=error.detail, exit_code=exit_code)
    except KeyboardInterrupt:
        progress.end()
        return _tell(chosen, code="stopped", detail="Stopped; nothing was written.", exit_code=STOPPED)
    progress.end()
    if chosen.json:
        print(json.dumps({"folder": str(chosen.out), "report": report}))
    else:
        styled = sys.stdout.isatty() and not surroundings.plain
        sys.stdout.write(summary(chosen.model.name, report, chosen.out, styled=styled))
    return DONE


def parser(surroundings: Surroundings) -> Parser:
    top = Parser(prog="vitrine", description="3D and AR product assets, on the command line.")
    top.add_argument("--version", action="version", version=f"vitrine {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    cook = commands.add_parser(
        "cook",
        help="make web, mobile, AR and poster files of one model",
        epilog="exit codes: 0 done, 2 the model is at fault, 64 the order is, 1 we are, 130 stopped",
    )
    add = cook.add_argument
    add("model", type=Path, help=f"{ACCEPTED}")
    add("--out", type=Path, required=True, metavar="FOLDER", help="made; must be empty where it exists")
    alike = f"how alike each variant must look: above 0, at most 1, {DEFAULT_QUALITY} unless told"
    add("--quality", type=_quality, default=DEFAULT_QUALITY, metavar="SSIM", help=alike)
    kinds = f"only these of {', '.join(Kind)}"
    add("--only", type=Kind, nargs="+", default=list(Kind), choices=list(Kind), metavar="KIND", help=kinds)
    add("--force", action="store_true", help="replace what an earlier cook wrote to the folder")
    add("--json", action="store_true", help="the report as JSON on stdout, in place of the table")
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
    return top


def order_of(chosen: argparse.Namespace) -> Order:
    return Order(
        model=chosen.model,
        out=chosen.out,
        quality=chosen.quality,
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


def _tell(chosen: argparse.Namespace, *, code: str, detail: str, exit_code: int) -> int:
    """Why it did not work: a line for people, or JSON."""
    told: dict[str, Any] = {"error": {"code": code, "detail": detail}}
    if chosen.json:
        print(json.dumps(told))
    else:
        sys.stderr.write(f"vitrine: {printable(detail)}\n")
    return exit_code


def _stop(number: int, frame: FrameType | None) -> None:
    """Being ended goes the way of Ctrl-C, so that nothing is left behind."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
