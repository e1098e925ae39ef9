"""A module of ours in a process of its own, confined: it reads what strangers sent."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vitrine.pipeline.limits import Caps
from vitrine.pipeline.sandbox import Outcome, run_confined
from vitrine.pipeline.telling import Listener

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonChild:
    """`python -m module`. `libraries` are the packages it imports; this process imports none of them."""

    module: str
    libraries: tuple[str, ...]
    environment: Mapping[str, str]

    def run(
        self,
        order: Mapping[str, Any],
        *,
        folder: Path,
        caps: Caps,
        reads: Iterable[Path],
        note: Callable[[float], None],
    ) -> Outcome:
        """How it ended on `order`, which it gets as JSON. It works in `folder` and may read `reads`."""
        listener = Listener(note)
        return run_confined(
            # -P: the child's folder, where files of strangers lie, is no place to import from.
            (sys.executable, "-P", "-s", "-m", self.module),
            caps=caps,
            folder=folder,
            stdin=json.dumps(dict(order)).encode(),
            reads=(_ROOT / "vitrine", *self._homes(), *reads),
            on_line=listener.hear,
            on_tick=listener.tick,
            environment={"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", **self.environment},
        )

    def _homes(self) -> list[Path]:
        """The libraries' folders, for the question who may read them."""
        specs = [find_spec(name) for name in self.libraries]
        return [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin is not None]
