"""PostgreSQL and Valkey of our own: shared, counted, and gone with their last user."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tests.config.lives import a_life, a_refusal, processes_with, until
from vitrine.config.embedded import Servers
from vitrine.config.embedded.home import OUTSIDE, forget

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """One that everybody can reach, with a space in its path."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine of a test "))
    folder.chmod(0o755)
    yield folder
    for server in ("postgres", "valkey"):
        forget(server, folder)
    shutil.rmtree(folder)


def remember(servers: Servers, note: str) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (note text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [note])
    with redis.Redis.from_url(servers.redis_url) as valkey:
        valkey.set("note", note)


def recalled(servers: Servers) -> tuple[str, str]:
    with psycopg.connect(servers.database_url) as connection:
        row = connection.execute("SELECT note FROM notes").fetchone()
    with redis.Redis.from_url(servers.redis_url) as valkey:
        value = valkey.get("note")
    assert row is not None
    assert isinstance(value, bytes)
    return row[0], value.decode()


def answer(servers: Servers) -> bool:
    try:
        psycopg.connect(servers.database_url).close()
        with redis.Redis.from_url(servers.redis_url) as valkey:
            return bool(valkey.ping())
    except (psycopg.OperationalError, redis.ConnectionError):
        return False


def keeper_of(server: str, data_dir: Path) -> int:
    (pid,) = processes_with(f"keeper {server} {(data_dir / server).resolve()}")
    return pid


def postmaster_of(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])


def test_they_keep_what_they_were_told_until_the_next_start(data_dir: Path) -> None:
    first = a_life(data_dir)
    remember(first.servers, "kept")
    first.go()

    assert processes_with(str(data_dir)) == []
    assert not answer(first.servers)

    second = a_life(data_dir)
    assert recalled(second.servers) == ("kept", "kept")
    second.go()


def test_they_stay_for_the_second_user_when_the_one_that_started_them_leaves(data_dir: Path) -> None:
    starter = a_life(data_dir)
    guest = a_life(data_dir)

    starter.go()

    assert guest.servers == starter.servers
    assert answer(guest.servers)
    guest.go()
    assert processes_with(str(data_dir)) == []


def test_a_killed_user_is_counted_no_longer(data_dir: Path) -> None:
    life = a_life(data_dir)

    life.kill()

    assert until(lambda: processes_with(str(data_dir)) == [])


def test_a_killed_database_comes_back_with_its_data(data_dir: Path) -> None:
    life = a_life(data_dir)
    remember(life.servers, "survived")
    before = postmaster_of(data_dir)

    os.kill(before, signal.SIGKILL)

    assert until(lambda: answer(life.servers) and postmaster_of(data_dir) != before)
    assert recalled(life.servers) == ("survived", "survived")
    life.go()


def test_killed_keepers_take_their_servers_with_them_and_the_next_start_works(data_dir: Path) -> None:
    life = a_life(data_dir)
    remember(life.servers, "survived")

    for server in ("postgres", "valkey"):
        os.kill(keeper_of(server, data_dir), signal.SIGKILL)
    assert until(lambda: not answer(life.servers))
    life.kill()

    after = a_life(data_dir)
    assert recalled(after.servers) == ("survived", "survived")
    after.go()


def test_a_pid_file_left_by_a_crash_does_not_hinder_the_next_start(data_dir: Path) -> None:
    a_life(data_dir).go()
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n/somewhere\n1\n5432\n/tmp\n\n0 0\nready\n")

    life = a_life(data_dir)

    assert answer(life.servers)
    assert postmaster_of(data_dir) != os.getpid()
    life.go()


def test_two_folders_have_servers_of_their_own(data_dir: Path) -> None:
    other = data_dir / "other"
    here, there = a_life(data_dir), a_life(other)
    remember(here.servers, "here")
    remember(there.servers, "there")

    assert recalled(here.servers) == ("here", "here")
    assert recalled(there.servers) == ("there", "there")
    here.go()
    there.go()


def test_a_database_named_elsewhere_leaves_only_valkey_to_us(data_dir: Path) -> None:
    life = a_life(data_dir, DATABASE_URL="postgresql://db.example.com/shop")

    assert life.servers.database_url == "postgresql://db.example.com/shop"
    assert not (data_dir / "postgres").exists()
    with redis.Redis.from_url(life.servers.redis_url) as valkey:
        assert valkey.config_get("appendonly") == {"appendonly": "yes"}
    life.go()


def test_a_path_longer_than_a_sockets_address_is_no_hindrance(data_dir: Path) -> None:
    life = a_life(data_dir / ("long " * 20).strip() / ("path " * 20).strip())

    assert answer(life.servers)
    life.go()


def test_data_of_another_postgresql_is_refused_with_a_cure(data_dir: Path) -> None:
    a_life(data_dir).go()
    (data_dir / "postgres" / "cluster" / "PG_VERSION").write_text("16\n")

    said = a_refusal(data_dir)

    assert "is of PostgreSQL 16, and this Vitrine brings 18" in said
    assert processes_with(str(data_dir)) == []


@as_root
def test_roots_servers_run_as_somebody_else_and_nobody_may_enter(data_dir: Path) -> None:
    life = a_life(data_dir)

    owner = Path(f"/proc/{postmaster_of(data_dir)}").stat().st_uid

    assert owner not in {0, 65534}
    assert (data_dir / "postgres" / "cluster").stat().st_mode & 0o777 == 0o700
    life.go()


@as_root
def test_below_a_closed_folder_the_data_lies_outside_and_is_linked(data_dir: Path) -> None:
    data_dir.chmod(0o700)
    life = a_life(data_dir / "var")
    remember(life.servers, "linked")

    home = (data_dir / "var" / "postgres").resolve()
    assert home.is_relative_to(OUTSIDE)
    life.go()
    again = a_life(data_dir / "var")
    assert recalled(again.servers) == ("linked", "linked")
    again.go()

    for server in ("postgres", "valkey"):
        forget(server, data_dir / "var")
    assert not home.parent.exists()


@as_root
def test_an_ordinary_user_has_servers_too(data_dir: Path) -> None:
    shutil.chown(data_dir, "nobody")
    try:
        life = a_life(data_dir, user="nobody")
    except (PermissionError, AssertionError):
        pytest.skip("this Python lies where `nobody` cannot reach it")

    assert Path(f"/proc/{postmaster_of(data_dir)}").stat().st_uid == 65534
    life.go()
    assert processes_with(str(data_dir)) == []
