"""Ten million rows whose time is up, swept while others write: does anybody wait for a lock?

A second connection goes on writing into the same tables, new rows and those that are about to go, and gives up on every
lock that takes longer than LOCK_MS: each of these is counted.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.tables import heading, row
from vitrine.config.environment import ROOT, for_child

ROWS = 10_000_000
LOCK_MS = 100
HEAD = (
    "expired",
    "seconds",
    "rows/s",
    f"locks over {LOCK_MS} ms",
    "others' statements",
    "p99 ms",
    "slowest ms",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """`waits` are the locks that another writer gave up on; the milliseconds are of that writer's statements."""

    rows: int
    seconds: float
    waits: int
    statements: int
    p99_ms: float
    slowest_ms: float


def measure_retention(folder: Path, *, count: int = ROWS) -> Swept:
    """In a database of its own in `folder`."""
    folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "bench.sweeping", str(count)],
        cwd=ROOT,
        env=for_child(DATA_DIR=str(folder), DATABASE_URL="", REDIS_URL="", LOG_LEVEL="warning"),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return Swept(**json.loads(done.stdout.splitlines()[-1]))


def rows_of(swept: Swept) -> list[str]:
    return [
        row(
            [
                f"{swept.rows:,}",
                f"{swept.seconds:.0f}",
                f"{swept.rows / swept.seconds:,.0f}",
                str(swept.waits),
                f"{swept.statements:,}",
                f"{swept.p99_ms:.1f}",
                f"{swept.slowest_ms:.0f}",
            ]
        )
    ]


def target_of(swept: Swept) -> str:
    waits = str(swept.waits)
    return row([f"locks over {LOCK_MS} ms while {swept.rows:,} rows expire", "1", waits, waits, "0"])


def section_of(swept: Swept | None) -> Iterator[str]:
    if swept is not None:
        yield from ("", "## Retention", "", *heading(HEAD), *rows_of(swept))
