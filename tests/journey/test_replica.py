"""A database with a streaming replica: reads go there, nobody reads an older answer for it, and it may die."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.gltf_builders import a_ball
from tests.journey.processes import wait_until
from tests.journey.service import Service, a_free_port
from vitrine.config.embedded.home import Account
from vitrine.config.embedded.postgres import Postgres

pytestmark = pytest.mark.journey

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "wal_level": "replica",
    "fsync": "off",
    "log_statement": "all",
}


@dataclass(slots=True)
class Cluster:
    """One PostgreSQL on a port of its own, as it comes with Vitrine."""

    folder: Path
    port: int = field(default_factory=a_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://vitrine@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> Path:
        return self.folder.with_suffix(".log")

    @property
    def _account(self) -> Account:
        return Account.for_servers()

    def command(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        account = self._account
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(Postgres(self.folder.parent).bin / name), *arguments],
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"},
                stdout=log,
                stderr=subprocess.STDOUT,
                user=account.name,
                group=account.gid if account.name else None,
                extra_groups=[] if account.name else None,
            )

    def run(self, name: str, *arguments: str) -> None:
        assert self.command(name, *arguments).wait(120) == 0, self.log.read_text()

    def make(self) -> None:
        self.run("initdb", "-D", str(self.folder), "-U", "vitrine", "--auth=trust", "--encoding=UTF8")

    def follow(self, primary: "Cluster") -> None:
        self.run("pg_basebackup", "-D", str(self.folder), "-R", "--checkpoint=fast", "-d", primary.url)

    def start(self) -> None:
        chosen = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self.process = self.command("postgres", "-D", str(self.folder), "-p", str(self.port), *chosen)
        assert wait_until(self._answers, limit_s=60), self.log.read_text()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()

    def _answers(self) -> bool:
        try:
            return self.ask("SELECT 1") == [(1,)]
        except psycopg.OperationalError:
            return False

    def stop(self) -> None:
        """At once, and without a word to anybody who is connected."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(3)
            self.process.wait(60)

    def lists_read(self) -> int:
        """How often products were looked for here."""
        return sum('FROM "catalog_product"' in line for line in self.log.read_text().splitlines())


@pytest.fixture(scope="module")
def clusters() -> Iterator[tuple[Cluster, Cluster]]:
    folder = Path(tempfile.mkdtemp(prefix="vitrine-replica-"))
    Account.for_servers().give(folder)
    primary, standby = Cluster(folder / "primary"), Cluster(folder / "standby")
    try:
        primary.make()
        primary.start()
        standby.follow(primary)
        standby.start()
        yield primary, standby
    finally:
        for one in (standby, primary):
            if one.process is not None:
                one.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def service(clusters: tuple[Cluster, Cluster], open_folder: Path) -> Iterator[Service]:
    primary, standby = clusters
    urls = {"DATABASE_URL": primary.url, "DATABASE_REPLICA_URL": standby.url}
    with Service(open_folder, environment=urls) as service:
        yield service


def listed(service: Service, words: str) -> list[str]:
    answer = service.call("GET", f"/api/assets/3d/?q={words}")
    assert answer.status == 200, answer.body
    return [one["name"] for one in answer.json()["results"]]


def test_lists_are_read_from_the_replica_and_show_what_was_written_before(
    service: Service, clusters: tuple[Cluster, Cluster]
) -> None:
    _, standby = clusters
    before = standby.lists_read()

    seen = []
    for number in range(5):
        service.upload(a_ball(rings=6).bytes(), name=f"Lamp {number}", optimize="false")
        seen.append(f"Lamp {number}" in listed(service, "lamp"))

    assert seen == [True] * 5
    assert standby.lists_read() > before


def test_a_replica_that_stays_behind_is_not_read(service: Service, clusters: tuple[Cluster, Cluster]) -> None:
    _, standby = clusters
    made = service.upload(a_ball(rings=6).bytes(), name="Stool", optimize="false")
    standby.ask("SELECT pg_wal_replay_pause()")

    changed = service.call("PUT", f"/api/assets/3d/{made['id']}/", {"name": "Footstool"})
    told = listed(service, "footstool")
    standby.ask("SELECT pg_wal_replay_resume()")

    assert changed.status == 200
    assert told == ["Footstool"]


def test_a_replica_that_dies_is_missed_by_nobody_and_taken_up_again(
    service: Service, clusters: tuple[Cluster, Cluster]
) -> None:
    _, standby = clusters
    service.upload(a_ball(rings=6).bytes(), name="Bench", optimize="false")

    def read_there() -> bool:
        before = standby.lists_read()
        return listed(service, "bench") == ["Bench"] and standby.lists_read() > before

    assert wait_until(read_there, limit_s=30)
    standby.stop()
    while_away = [listed(service, "bench") for _ in range(5)]
    standby.start()

    assert while_away == [["Bench"]] * 5
    assert wait_until(read_there, limit_s=30)
