"""`vitrine COMMAND …`: a service from the command line, by its API, and `cook`, which needs none.

Exit codes: 0 done, 1 refused or failed, 2 wrong use, 130 stopped; `cook` has its own. What was asked for goes to
stdout, as words or, with --json, as one JSON document; everything else to stderr.
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType
from typing import NoReturn

from vitrine import __version__
from vitrine.cli.desk import STOPPED, WRONG_USE, Command, Desk, Outcome, WrongUse
from vitrine.cli.surroundings import Surroundings, look_around
from vitrine.cli.words import printable
from vitrine.client.problem import Problem

COMMANDS = {
    "cook": ("cooking", "make web, mobile, AR and poster files of one model, without a service"),
    "login": ("doors", "log in to a Vitrine, and stay so"),
    "logout": ("doors", "end that login"),
    "push": ("push", "send models, and make products of them"),
    "ls": ("listing", "list products"),
    "show": ("listing", "tell all about a product"),
    "pull": ("pull", "fetch a product's files"),
    "optimize": ("changing", "make a product's variants again"),
    "publish": ("changing", "show a product to everybody"),
    "unpublish": ("changing", "hide it again"),
    "rm": ("changing", "delete products"),
    "keys": ("keys", "list, make and revoke API keys"),
    "import": ("importing", "make products of a CSV and a folder of models"),
    "export": ("exporting", "fetch all products: originals, CSV and JSON"),
}
"""By name: the module, loaded when it is wanted (`cook` brings all of 3D with it), and what it does."""


class Parser(argparse.ArgumentParser):
    """Ends with `wrong_use`, which is another one for `cook`."""

    def __init__(self, *, wrong_use: int = WRONG_USE, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]  # argparse's own, handed through
        self.wrong_use = wrong_use

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(self.wrong_use, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str]) -> int:
    surroundings = look_around()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a real stream; names may hold anything
    signal.signal(signal.SIGTERM, _stop)
    chosen = parser(surroundings, arguments).parse_args(arguments)
    desk = Desk(surroundings, json=chosen.json)
    command: Command = chosen.command
    return _tell(_outcome_of(command, chosen, desk), as_json=chosen.json)


def parser(surroundings: Surroundings, arguments: Sequence[str]) -> Parser:
    top = Parser(prog="vitrine", description="3D and AR product assets, on the command line.")
    top.add_argument("--version", action="version", version=f"vitrine {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    wanted = next((one for one in arguments if not one.startswith("-")), None)
    for name, (module, does) in COMMANDS.items():
        if name != wanted:
            commands.add_parser(name, help=does)
            continue
        command: Command = import_module(f"vitrine.cli.{module}").COMMANDS[name]
        its = commands.add_parser(
            name,
            help=does,
            description=f"{does[0].upper()}{does[1:]}.",
            epilog=command.exit_codes,
            wrong_use=command.wrong_use,
        )
        its.add_argument(
            "--json", action="store_true", help="one JSON document on stdout, and nothing else there"
        )
        its.set_defaults(command=command)
        command.arguments(its, surroundings)
    return top


def _outcome_of(command: Command, chosen: argparse.Namespace, desk: Desk) -> Outcome:
    try:
        return command.run(chosen, desk)
    except Problem as problem:
        return Outcome({"error": problem.shape()}, complaint=str(problem), exit_code=1)
    except WrongUse as wrong:
        told = {"error": {"code": "wrong-use", "detail": str(wrong)}}
        return Outcome(told, complaint=str(wrong), exit_code=WRONG_USE)
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return Outcome({"error": {"code": "local", "detail": said}}, complaint=said, exit_code=1)
    except KeyboardInterrupt:
        told = {"error": {"code": "stopped", "detail": command.stopped}}
        return Outcome(told, complaint=command.stopped, exit_code=STOPPED)
    finally:
        desk.close()


def _tell(outcome: Outcome, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(outcome.document))
    elif outcome.text:
        print(outcome.text.rstrip("\n"))
    if outcome.complaint and not (as_json and outcome.quiet):
        told = "\n".join(printable(line) for line in outcome.complaint.splitlines())
        sys.stderr.write(f"vitrine: {told}\n")
    return outcome.exit_code


def _stop(number: int, frame: FrameType | None) -> None:
    """Being ended goes the way of Ctrl-C, so that nothing is left behind."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
