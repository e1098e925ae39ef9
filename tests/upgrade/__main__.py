"""`python -m tests.upgrade VERSION [--at COMMIT]`: keeps the state of a release, for all later ones to take over.

A small installation with every kind of row is made by the code of COMMIT (here and now unless told), and a backup of it
is put into `tests/upgrade/states/VERSION`. Commit that folder, and never change it again.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tests.surroundings  # noqa: F401  # a DATA_DIR of its own, before anything reads it

STATES = Path(__file__).parent / "states"
SECRET_KEY = "of-the-states-for-upgrade-tests-and-of-no-installation-whatever"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade", description=__doc__)
    parser.add_argument("version", help="of the release, such as 0.1")
    parser.add_argument("--at", metavar="COMMIT", help="a commit or tag whose code makes it")
    parser.add_argument("--out", type=Path, default=STATES, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    target = chosen.out.resolve() / chosen.version
    if target.exists():
        sys.exit(f"{target} is there: the state of a release never changes.")
    if chosen.at:
        _made_elsewhere(chosen.at, chosen.version, chosen.out.resolve())
    else:
        _make(target)
    print(f"{target}: commit it.")  # noqa: T201  # talks to a terminal


def _made_elsewhere(commit: str, version: str, out: Path) -> None:
    """In a checkout of that commit, by its own code."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        subprocess.run(["git", "worktree", "add", "--detach", checkout, commit], check=True)
        try:
            command = [sys.executable, "-m", "tests.upgrade", version, "--out", str(out)]
            subprocess.run(command, cwd=checkout, check=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", checkout], check=True)


def _make(target: Path) -> None:
    os.environ["SECRET_KEY"] = SECRET_KEY  # noqa: TID251  # before anything reads it
    from vitrine.config.environment import choose_settings  # noqa: PLC0415  # reads the environment

    choose_settings()
    from tests.upgrade.making import make_state  # noqa: PLC0415  # needs Django

    try:
        make_state(target)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


if __name__ == "__main__":
    main()
