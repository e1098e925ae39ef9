"""Load for a server: by wrk where it is installed, else by a small program of our own that takes more of the cores."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.pipeline.engine import WHEEL_NODE

CONNECTIONS = 16
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of it. `bad` counts answers that were no success."""

    requests: int
    seconds: float
    bad: int
    p50_ms: float
    p95_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def generator() -> str:
    return (
        "wrk" if shutil.which("wrk") else "Node, which takes more of the cores than wrk (not installed here)"
    )


def load(
    port: int,
    paths: Sequence[str],
    headers: Sequence[str] = (),
    *,
    seconds: float,
    connections: int = CONNECTIONS,
) -> Load:
    """Random `paths` with one of the `headers` each, for so long. AssertionError where an answer was no success."""
    make = _by_wrk if shutil.which("wrk") else _by_node
    found = Load(**make(port, paths, headers, seconds, connections))
    assert found.bad == 0, f"{found.bad} of {found.requests} answers on port {port} were no success"
    return found


def _by_node(
    port: int, paths: Sequence[str], headers: Sequence[str], seconds: float, connections: int
) -> dict[str, Any]:
    order = {
        "port": port,
        "paths": list(paths),
        "headers": list(headers),
        "seconds": seconds,
        "connections": connections,
    }
    done = subprocess.run(
        [str(WHEEL_NODE), str(_HERE / "load.mjs")],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _by_wrk(
    port: int, paths: Sequence[str], headers: Sequence[str], seconds: float, connections: int
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        lists = Path(folder, "paths"), Path(folder, "headers")
        for file, lines in zip(lists, (paths, headers), strict=True):
            file.write_text("".join(f"{line}\n" for line in lines))
        size = ["-t", str(min(2, connections)), "-c", str(connections), "-d", f"{max(1, round(seconds))}s"]
        script = ["-s", str(_HERE / "load.lua"), f"http://127.0.0.1:{port}", "--", *map(str, lists)]
        done = subprocess.run(
            [shutil.which("wrk") or "wrk", *size, *script], capture_output=True, text=True, check=True
        )
    told = next(line for line in done.stdout.splitlines() if line.startswith("JSON "))
    found: dict[str, Any] = json.loads(told.removeprefix("JSON "))
    return found
