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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3

from tests.chaos.clock import Clock
from tests.chaos.proxy import Proxy
from tests.journey.processes import command_of, descendants, is_alive
from tests.journey.service import ROOT, Service
from tests.storage.s3_server import moto_server
from vitrine.config import embedded
from vitrine.config.environment import ENVIRONMENT, Environment, for_child

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
        """A server is kept by a process of its own, which is nobody's child: found by its folder."""
        told = json.loads((self.folder / part / "state.json").read_text())["url"]
        if part == "postgres":
            lines = (self.folder / "postgres/cluster/postmaster.pid").read_text().splitlines()
            first = [int(lines[0])]
        else:
            home = told.removeprefix("unix://").partition("?")[0].rpartition("/")[0]
            pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
            first = [pid for pid in pids if "valkey" in command_of(pid) and home in command_of(pid)]
        return [pid for one in first for pid in (one, *descendants(one)) if is_alive(pid)]

    def logs(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')}"
            for path in sorted((*self.folder.glob("*.log"), *(self.folder / "logs").glob("*.log")))
        )


@contextmanager
def a_house(kind: str, *, seed: str, clock: bool = False) -> Iterator[House]:
    """`kind`: apart or together. `clock`: whether its own can be moved."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-chaos-"))
    folder.chmod(0o755)
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


def _servers(stack: ExitStack, folder: Path) -> embedded.Servers:
    """Embedded ones, of which this process is a user: so they outlive what is killed here."""
    here: Environment = replace(ENVIRONMENT, data_dir=folder, database_url=None, redis_url=None)
    stack.callback(embedded.leave)
    return embedded.ensure(here)


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
