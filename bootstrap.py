"""Makes this checkout ready, then runs something in it: `python3 bootstrap.py [--dev] [PROGRAM ARGUMENT…]`.

Needs nothing but the system's Python. Makes `.venv`, installs what requirements.txt pins, lets
`vitrine.config.machine` do the rest, then becomes `.venv/bin/python PROGRAM ARGUMENT…`. A second start
finds all of it done. `--dev` adds what tests and checks need.

Written so that an old Python can still read it and say that it is too old.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

LEAST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".vitrine-installed"
NEEDED_BYTES = 2_000_000_000


def become_newer() -> None:
    """Go on with a newer Python of this machine, or say that there is none."""
    for name in ("python3.13", "python3.12", "python3.11"):
        newer = shutil.which(name)
        if newer and subprocess.call([newer, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL) == 0:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606  # no shell is what is wanted
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(f"Vitrine needs Python 3.11 or newer, and python3 is {found}: install python3.11 or newer.")


if sys.version_info < LEAST:
    become_newer()

sys.path.insert(0, str(ROOT))  # python3 -P and PYTHONSAFEPATH leave it out

try:
    from vitrine.config.environment import ENVIRONMENT, for_child, for_installer
    from vitrine.config.fault import SetupFault
    from vitrine.config.port import check_port
    from vitrine.config.progress import checkout_locked, run_step, say
except Exception as problem:  # what is wrong with the environment is found while it is imported
    if type(problem).__name__ != "SetupFault":
        raise
    sys.exit(f"Vitrine cannot start. {problem}")


def main(arguments: list[str]) -> None:
    dev = arguments[:1] == ["--dev"]
    command = arguments[1:] if dev else arguments
    if command[-1:] == ["up"]:
        # Before the long work: a taken port is the likeliest thing to be wrong.
        check_port(ENVIRONMENT.host, ENVIRONMENT.port)
    if not python_packages_are_current(dev=dev):
        with checkout_locked():
            install_python_packages(dev=dev)
    made = subprocess.run(
        [PYTHON, "-m", "vitrine.config.machine"], cwd=ROOT, env=for_child(PYTHONPATH=str(ROOT)), check=False
    )
    if made.returncode != 0:
        sys.exit(made.returncode)
    if command:
        sys.stdout.flush()
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *command])  # noqa: S606  # no shell is what is wanted


def python_packages_are_current(*, dev: bool) -> bool:
    wanted = digests()
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return (
        PYTHON.exists()
        and found.get("run") == wanted["run"]
        and (not dev or found.get("dev") == wanted["dev"])
    )


def digests() -> dict[str, str]:
    files = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}


def install_python_packages(*, dev: bool) -> None:
    if python_packages_are_current(dev=dev):
        return  # somebody else did it while we waited
    make_venv()
    log = ENVIRONMENT.data_dir / "logs" / "setup.log"
    log.parent.mkdir(exist_ok=True)
    say("  The first start takes some minutes; the next ones take seconds")
    requirements = "requirements-dev.txt" if dev else "requirements.txt"
    run_step(
        "Installing Python packages",
        [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--no-input",
            "--quiet",
            "-r",
            requirements,
        ],
        log=log,
        environment=for_installer(VENV / "home"),
    )
    made = digests()
    STAMP.write_text(json.dumps(made if dev else {"run": made["run"]}))


def make_venv() -> None:
    if answers("pip"):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise SetupFault("Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv")
    if not os.access(ROOT, os.W_OK | os.X_OK):
        raise SetupFault(f"The checkout '{ROOT}' cannot be written to: use one that is your own.")
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise SetupFault(
            f"The disk that holds '{ROOT}' has {free // 1_000_000} MB free, and the first start needs "
            f"about {NEEDED_BYTES // 1_000_000} MB: free some space."
        )
    say("  Making a Python environment in .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        said = (made.stderr or made.stdout).strip().splitlines()
        raise SetupFault(
            f"python3 -m venv failed: {said[-1] if said else 'no reason was given'}. "
            "On Debian or Ubuntu: apt install python3-venv"
        )


def answers(module: str) -> bool:
    """Whether .venv is whole: one whose Python was removed, or that was left half made, is not."""
    if not PYTHON.exists():
        return False
    return subprocess.call([str(PYTHON), "-c", f"import {module}"], stderr=subprocess.DEVNULL) == 0


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupFault as fault:
        sys.exit(f"Vitrine cannot start. {fault}")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
