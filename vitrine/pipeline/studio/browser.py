"""Finding Chromium and starting it: unprivileged, sandboxed, without a network, dying with us."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from vitrine.errors import StudioFailed

LAUNCHER = Path(__file__).with_name("launch.sh")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_S = 30

LLVMPIPE = "llvmpipe"
SWIFTSHADER = "swiftshader"
_GL = {
    LLVMPIPE: ("--use-gl=angle", "--use-angle=gl-egl"),
    SWIFTSHADER: ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
}
_QUIET = (
    "--ignore-gpu-blocklist",
    # WebGL keeps the GL; nobody looks at the page itself, and drawing it there costs a second a browser.
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-extensions",
    "--no-pings",
    # Every request is answered from disk before it reaches the network; no name would resolve anyway.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # /dev/shm is 64 MB in a container, less than one large texture.
    "--disable-dev-shm-usage",
)

_without_sandbox: set[Path] = set()  # browsers that would not start with their sandbox in this process


def find_chromium(explicit: str | None) -> Path | None:
    """The browser to render with: the explicit one, else one on the PATH, else Playwright's own download.

    None when there is none; an explicit one that is not there is None too, and no other is taken for it.
    """
    for name in (explicit,) if explicit else NAMES:
        if found := shutil.which(name):
            return Path(found)
    if explicit:
        return None
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.is_file() else None


@cache
def version(chromium: Path) -> str:
    """The version's numbers; what it said instead when there are none."""
    try:
        said = subprocess.run(
            [chromium, "--version"], capture_output=True, text=True, timeout=START_S, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StudioFailed(f"{chromium} does not tell its version: {error}. Name another browser.") from error
    numbers = re.search(r"\d+(\.\d+)+", said)
    return numbers[0] if numbers else said.strip()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the browser runs as, when that is not us."""

    user: int
    group: int


def identity_for(chromium: Path, home: Path) -> Identity | None:
    """`nobody` when we are root and `nobody` can reach the browser and its home; else None: ourselves."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("setpriv") is None:
        return None
    if not (_open_to_all(chromium) and _open_to_all(home.parent)):
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return None
    return Identity(nobody.pw_uid, nobody.pw_gid)


def _open_to_all(path: Path) -> bool:
    whole = path.resolve()
    return all(one.stat().st_mode & stat.S_IXOTH for one in (whole, *whole.parents))


def launch(playwright: Playwright, *, chromium: Path, home: Path, gl: str, size_px: int) -> BrowserContext:
    """A fresh browser with its home and profile in the folder `home`. StudioFailed when it does not start."""
    identity = identity_for(chromium, home)
    for folder in (home, home / "profile"):
        folder.mkdir(mode=0o700, exist_ok=True)
        if identity:
            os.chown(folder, identity.user, identity.group)
    # As root Chromium refuses its sandbox; we stay root only where `nobody` cannot reach the browser.
    may_sandbox = (identity is not None or os.geteuid() != 0) and chromium not in _without_sandbox
    for sandbox in (True, False) if may_sandbox else (False,):
        try:
            context = playwright.chromium.launch_persistent_context(
                home / "profile",
                executable_path=LAUNCHER,
                headless=True,
                chromium_sandbox=sandbox,
                args=[*(_GL[gl] if sys.platform == "linux" else ()), *_QUIET],
                env=_environment(chromium, home, identity),
                timeout=START_S * 1000,
                viewport={"width": size_px, "height": size_px},
                device_scale_factor=1,
                service_workers="block",
                accept_downloads=False,
            )
        except PlaywrightError as error:
            kill(home)
            if not sandbox:
                raise StudioFailed(
                    f"{chromium} did not start: {error.message.splitlines()[0]} "
                    "Start it by hand to see why, or name another browser."
                ) from error
        else:
            if may_sandbox and not sandbox:
                _without_sandbox.add(chromium)
            return context
    raise AssertionError("unreachable")


def _environment(chromium: Path, home: Path, identity: Identity | None) -> dict[str, str | float | bool]:
    """All that the browser knows of ours: no keys, no addresses."""
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "LP_NUM_THREADS": "1",  # llvmpipe: more threads cost CPU and gain nothing beside a second worker
        "STUDIO_CHROMIUM": str(chromium),
        "STUDIO_PID_FILE": str(home / "pid"),
        "STUDIO_USER": str(identity.user) if identity else "",
        "STUDIO_GROUP": str(identity.group) if identity else "",
    }


def _group(home: Path) -> int | None:
    """The process group of the browser that lives in `home`: Playwright gives each its own."""
    try:
        return int((home / "pid").read_text())
    except (FileNotFoundError, ValueError):
        return None


def kill(home: Path) -> None:
    """End the browser that lives in `home`, whatever it is doing."""
    if group := _group(home):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Used:
    """What a browser's living processes have used. `peak_bytes` adds each one's own peak, what they share counted in
    every one of them: the browser never held more."""

    cpu_s: float
    peak_bytes: int


def used(home: Path) -> Used:
    """Of the browser in `home`; nothing where there is no /proc.

    Asked for while it lives: most of its processes are never waited for, so that no parent is told what they used.
    """
    group, ticks, kilobytes = _group(home), 0, 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
                kilobytes += _peak_kb((process / "status").read_text())
    return Used(ticks / os.sysconf("SC_CLK_TCK"), kilobytes * 1024)


def _peak_kb(status: str) -> int:
    """VmHWM (proc(5)); a zombie has none."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) if found else 0
