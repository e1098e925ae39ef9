"""Builds the images by buildah, without an engine and without fetching an image.

The base that deploy/Dockerfile names cannot be fetched everywhere, so a stand-in is made: the same Debian with its own
Python of the same version, by debootstrap. All else is as Docker would do it.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.deploy.stack import instructions
from vitrine.config.environment import ROOT

_PACKAGES = "ca-certificates,python3,python3-venv"
_BASE = "localhost/vitrine-base"
_CERTIFICATES = Path("/usr/local/share/ca-certificates")
_NAMED = re.compile(r"PYTHON_IMAGE=python:(?P<python>[\d.]+)-slim-(?P<suite>\w+)")


class Builder:
    """`folder` holds the builder's images."""

    def __init__(self, folder: Path) -> None:
        missing = [name for name in ("buildah", "debootstrap") if shutil.which(name) is None]
        if missing:
            raise SystemExit(
                f"Missing: {' '.join(missing)}. On Debian or Ubuntu: apt install {' '.join(missing)}"
            )
        self.folder = folder
        self.store = ["buildah", "--root", f"{folder}/images", "--runroot", f"{folder}/run"]

    def buildah(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self.store, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True, cwd=ROOT
        )
        return done.stdout.decode().strip()

    def base(self) -> None:
        named = next(
            found for name, said in instructions() if name == "ARG" and (found := _NAMED.match(said))
        )
        tree = self.folder / named["suite"]
        if not tree.is_dir():
            made = [
                "debootstrap",
                "--variant=minbase",
                f"--include={_PACKAGES}",
                named["suite"],
                str(tree),
            ]
            subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
            for file in _CERTIFICATES.glob("*.crt"):
                shutil.copy(file, tree / _CERTIFICATES.relative_to("/"))
            subprocess.run(["chroot", tree, "update-ca-certificates"], check=True, stdout=subprocess.DEVNULL)
            (tree / "usr/local/bin/python3").symlink_to("/usr/bin/python3")
            (tree / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        python = (tree / "usr/bin/python3").readlink().name
        assert python == f"python{named['python']}", f"{named['suite']} has {python}"
        container = self.buildah("from", "scratch")
        self.buildah("copy", "-q", container, str(tree), "/")
        trusted = "/etc/ssl/certs/ca-certificates.crt"
        self.buildah(
            "config", "--env", f"NODE_EXTRA_CA_CERTS={trusted}", "--env", f"PIP_CERT={trusted}", container
        )
        self.buildah("commit", "-q", "--rm", container, _BASE)

    def build(self, target: str) -> None:
        chosen = [
            "--isolation",
            "chroot",
            "--format",
            "docker",
            "--layers",
            "--build-arg",
            f"PYTHON_IMAGE={_BASE}",
        ]
        image = ["--target", target, "-t", f"localhost/vitrine-{target}"]
        self.buildah("bud", "-q", *chosen, "-f", "deploy/Dockerfile", *image, ".")

    def unpacked(self, target: str) -> tuple[Path, dict[str, Any]]:
        """Where the image's files are, and its configuration."""
        image = f"localhost/vitrine-{target}"
        root = Path(self.buildah("mount", self.buildah("from", "--pull-never", image)))
        return root, json.loads(self.buildah("inspect", "--type", "image", image))["Docker"]["config"]
