"""The peers, each run as its own users run it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from vitrine.pipeline.engine import ROOT, WHEEL_NODE

MODULES = ROOT / "node_modules"
MEASURE = Path(__file__).with_name("measure.py")
WEBP = ("--texture-compress", "webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """`package` is where its version is read; `{source}` and `{target}` stand in `arguments`."""

    name: str
    package: str
    program: str
    arguments: tuple[str, ...]


PEERS = (
    Peer(
        name="gltf-transform meshopt+webp",
        package="@gltf-transform/cli",
        program="gltf-transform",
        arguments=("optimize", "{source}", "{target}", "--compress", "meshopt", *WEBP),
    ),
    Peer(
        name="gltf-transform draco+webp",
        package="@gltf-transform/cli",
        program="gltf-transform",
        arguments=("optimize", "{source}", "{target}", "--compress", "draco", *WEBP),
    ),
    Peer(
        name="gltfpack -cc",
        package="gltfpack",
        program="gltfpack",
        arguments=("-i", "{source}", "-o", "{target}", "-cc"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run took. `fault` is empty when it went well."""

    cpu_s: float
    peak_bytes: int
    fault: str


def run_peer(peer: Peer, source: Path, target: Path) -> Run:
    """Have `peer` make `target` out of `source`."""
    places = {"source": str(source), "target": str(target)}
    argv = [str(WHEEL_NODE), str(MODULES / ".bin" / peer.program)]
    argv += [argument.format_map(places) for argument in peer.arguments]
    log = target.with_suffix(".log")
    measured = subprocess.run(
        [sys.executable, "-I", "-S", str(MEASURE), str(log), *argv],
        capture_output=True,
        text=True,
        check=True,
    )
    took = json.loads(measured.stdout)
    well = took["returncode"] == 0 and target.is_file()
    fault = "" if well else _last_words(log) or f"ended with {took['returncode']}"
    return Run(cpu_s=took["cpu_s"], peak_bytes=took["peak_bytes"], fault=fault)


def _last_words(log: Path) -> str:
    """The last line that is no stack trace, without paths, and without bytes of a model that are no text."""
    said = "".join(
        one if one.isprintable() or one == "\n" else " " for one in log.read_text(errors="replace")
    )
    lines = [line.strip() for line in said.splitlines()]
    told = [line for line in lines if line and not line.startswith(("at ", "Node.js "))]
    return " ".join(word for word in told[-1].split() if "/" not in word)[:100] if told else ""


def versions() -> dict[str, str]:
    """Package to version."""
    return {
        name: json.loads((MODULES / name / "package.json").read_text())["version"]
        for name in dict.fromkeys(peer.package for peer in PEERS)
    }
