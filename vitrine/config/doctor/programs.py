"""What must be on this machine: Chromium, Node, room on the disk."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings

from vitrine.config.doctor.finding import Finding, first_line
from vitrine.errors import EngineFailed
from vitrine.pipeline import recipes
from vitrine.pipeline.studio import find_chromium

_NODE_MAJOR = "24"
_ROOM_WARNS = 10_000_000_000
_ANSWERS_WITHIN_S = 30


def chromium() -> Finding:
    named = settings.PIPELINE.chromium
    found = find_chromium(str(named) if named else None)
    without = "Without it there are no posters and variants are not proven."
    if found is None:
        return Finding.failing(
            f"No Chromium was found. {without}", "Install chromium, or name one in CHROMIUM."
        )
    try:
        said = subprocess.run(
            [found, "--version"], capture_output=True, text=True, check=True, timeout=_ANSWERS_WITHIN_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Finding.failing(
            f"{found} does not answer `--version`: {first_line(error)}. {without}",
            "Install chromium anew, or name another in CHROMIUM.",
        )
    return Finding.ok(f"{said.stdout.strip()} at {found}.")


def node() -> Finding:
    engine = recipes.tools_of(settings.PIPELINE).engine
    cure = "Unset NODE to use the one from requirements.txt, and run `make dev` once: it installs the rest."
    try:
        versions = engine.versions()
    except (EngineFailed, OSError, StopIteration) as error:
        return Finding.failing(
            f"The engine cannot start: {getattr(error, 'detail', first_line(error))}", cure
        )
    if versions["node"].split(".")[0] != _NODE_MAJOR:
        said = versions["node"].splitlines()[0][:40]
        return Finding.failing(f"{engine.node} says it is {said}; expected Node {_NODE_MAJOR}.", cure)
    return Finding.ok(f"Node {versions['node']}, glTF-Transform {versions.get('@gltf-transform/core', '?')}.")


def disk() -> Finding:
    folders = {"DATA_DIR": settings.DATA_DIR, "the folder for temporary files": Path(tempfile.gettempdir())}
    for name, folder in folders.items():
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            return Finding.failing(
                f"{name} ({folder}) cannot be written to: {error.strerror}.",
                "Give the user that Vitrine runs as write access to it, or choose another (DATA_DIR, TMPDIR).",
            )
    name, folder = min(folders.items(), key=lambda one: shutil.disk_usage(one[1]).free)
    free = shutil.disk_usage(folder).free
    said, cure = (
        f"{free / 1e9:.1f} GB are free in {name} ({folder}).",
        "Free some room, or use a larger disk.",
    )
    if free < 2 * settings.MAX_UPLOAD_BYTES:
        return Finding.failing(
            f"{said} The largest file that is taken may need twice {settings.MAX_UPLOAD_BYTES:,}.", cure
        )
    return Finding.warning(said, cure) if free < _ROOM_WARNS else Finding.ok(said)
