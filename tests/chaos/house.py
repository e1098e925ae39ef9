"""An installation to be hurt: the web server's processes, a worker, PostgreSQL, Valkey and a store, on this machine.

`apart`: database, Redis and an S3 server stand elsewhere, each behind a way that can be bad. `together`: one machine
as `make run` makes it, its files on a small disk of their own (a tmpfs, which only root can mount).
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3

from tests.chaos.clock import Clock
from tests.chaos.proxy import Proxy
from tests.config.lives import a_life
from tests.journey.processes import descendants, is_alive, listener_of
from tests.journey.service import ROOT, Service
from tests.storage.s3_server import moto_server
from vitrine.config.embedded import Servers
from vitrine.config.environment import for_child

DISK_MIB = 96
_KEYS = {
    "AWS_ACCESS_KEY_ID": "a-key-of-16-chars",
    "AWS_SECRET_ACCESS_KEY": "a-secret",
    "AWS_REGION": "eu-central-1",
    "AWS_BUCKET_NAME": "models",
}


@dataclass(slots=True)
class House:
    """`own`: how the service is told where its parts are; `books`: how whoever checks reaches them, past all ways."""

    folder: Path
    service: Service
    books: dict[str, str]
    ways: dict[str, Proxy] = field(default_factory=dict)
    disk: Path | None = None
    clock: Clock | None = None

    def processes(self, part: str) -> list[int]:
        """Those of one part that live now."""
        if part in {"postgres", "valkey"}:
            return self._server(part)
        words = {
            "web": "granian",
            "worker": "vitrine.config.celery worker",
            "engine": "vitrine-engine",
            "chromium": "--type=",
        }
        return self.service.processes(words[part])

    def _server(self, part: str) -> list[int]:
        """A server is kept by a process of its own, which is nobody's child: found by where it listens."""
        url = json.loads((self.folder / part / "state.json").read_text())["url"]
        first = listener_of(_socket(url) if part == "postgres" else urlsplit(url).path)
        return [] if first is None else [pid for pid in (first, *descendants(first)) if is_alive(pid)]

    def logs(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')}"
            for path in sorted((*self.folder.glob("*.log"), *(self.folder / "logs").glob("*.log")))
        )


@contextmanager
def a_house(
    kind: str, *, seed: str, clock: bool = False, fill: Callable[[Path], None] = lambda _: None
) -> Iterator[House]:
    """`kind`: apart or together. `clock`: whether its own can be moved. `fill` puts into its folder what is there
    before the first start."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-chaos-"))
    folder.chmod(0o755)
    fill(folder)
    try:
        with ExitStack() as stack:
            ways, own, books, disk = (_apart if kind == "apart" else _together)(stack, folder, seed)
            wrong = Clock.made(folder) if clock else None
            moved = {} if wrong is None else wrong.environment
            service = stack.enter_context(Service(folder, {"RATE_LIMITS": "1000", **moved, **own}))
            yield House(folder, service, books, ways, disk, wrong)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


Parts = tuple[dict[str, Proxy], dict[str, str], dict[str, str], Path | None]


def _apart(stack: ExitStack, folder: Path, seed: str) -> Parts:
    servers = _servers(stack, folder)
    s3 = stack.enter_context(moto_server())
    resource: Any = boto3.resource(
        "s3",
        endpoint_url=s3,
        region_name=_KEYS["AWS_REGION"],
        aws_access_key_id=_KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=_KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    resource.create_bucket(
        Bucket="models", CreateBucketConfiguration={"LocationConstraint": _KEYS["AWS_REGION"]}
    )
    at = urlsplit(s3)
    targets: dict[str, str | tuple[str, int]] = {
        "database": _socket(servers.database_url),
        "redis": urlsplit(servers.redis_url).path,
        "store": (at.hostname or "", at.port or 0),
    }
    ways = {
        name: stack.enter_context(Proxy(target, random.Random(f"{seed} {name}")).running())
        for name, target in targets.items()
    }
    own = {
        **_KEYS,
        "DATABASE_URL": f"postgresql://vitrine@{ways['database'].place}/vitrine",
        "REDIS_URL": f"redis://{ways['redis'].place}/0",
        "AWS_ENDPOINT_URL": f"http://{ways['store'].place}",
    }
    straight = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url, "AWS_ENDPOINT_URL": s3}
    return ways, own, own | straight, None


def _servers(stack: ExitStack, folder: Path) -> Servers:
    """Embedded ones, of which a process of their own is a user: so they outlive what is killed here, and this process
    may have others, which it would leave with them."""
    life = a_life(folder, DATABASE_URL="", REDIS_URL="")
    stack.callback(life.go)
    return life.servers


def _socket(database_url: str) -> str:
    return f"{unquote(parse_qs(urlsplit(database_url).query)['host'][0])}/.s.PGSQL.5432"


def _together(stack: ExitStack, folder: Path, seed: str) -> Parts:
    disk = folder / "files"
    disk.mkdir(mode=0o755)
    if os.geteuid() != 0:
        return {}, {}, {}, None
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=755", "tmpfs", str(disk)], check=True
    )
    stack.callback(subprocess.run, ["umount", "-l", str(disk)], check=False)
    return {}, {}, {}, disk


def accounts(house: House) -> dict[str, object]:
    """What the service's own books say, read by a process of its own after a last sweep."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.chaos.accounts"],
        cwd=ROOT,
        env=for_child(DATA_DIR=str(house.folder), PYTHONPATH=str(ROOT), **house.books),
        capture_output=True,
        text=True,
        check=False,
    )
    with suppress(ValueError):
        found: dict[str, object] = json.loads(told.stdout.splitlines()[-1] if told.stdout else "")
        return found
    raise RuntimeError(f"The accounts could not be read: {told.stderr[-3000:]}")
