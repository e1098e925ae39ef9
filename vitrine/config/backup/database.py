"""PostgreSQL's own programs, on the database that Django uses."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Self

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from vitrine.config.embedded.postgres import programs_folder
from vitrine.config.embedded.process import last_line
from vitrine.config.environment import for_child
from vitrine.config.fault import SetupFault

OURS = 18
"""The major version whose programs come with us; they speak with every older server."""
_TO_EMPTY = b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
_HEAD_LINES = 60
_NOT_EVERYWHERE = re.compile(rb"SET transaction_timeout = ")  # PostgreSQL 15 and 16 do not know it


class Database:
    """`conninfo` is without the password, which goes by the environment: command lines are read by everybody."""

    def __init__(self, conninfo: str, password: str) -> None:
        self.conninfo = conninfo
        self._password = password

    @classmethod
    def of_django(cls) -> Self:
        told: Mapping[str, Any] = connection.settings_dict
        parts = {
            "dbname": told["NAME"],
            "user": told["USER"],
            "host": told["HOST"],
            "port": told["PORT"],
            **{name: value for name, value in told["OPTIONS"].items() if isinstance(value, str)},
        }
        return cls(
            make_conninfo(**{name: str(value) for name, value in parts.items() if value}), told["PASSWORD"]
        )

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Outside transactions, and with all the time it takes."""
        made = psycopg.connect(self.conninfo, password=self._password or None, autocommit=True)
        made.execute("SET statement_timeout = 0")
        made.execute("SET idle_in_transaction_session_timeout = 0")
        return made

    def dump(self, target: Path, *, snapshot: str) -> None:
        """As of that exported snapshot, which must be held meanwhile."""
        command = self._command("pg_dump")
        command += ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        with target.open("xb") as out:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                env=self._environment(),
                check=False,
            )
        if done.returncode != 0:
            raise SetupFault(_why("pg_dump", done.stderr))

    def load(self, source: Path, *, emptied: bool) -> None:
        """All of it in one transaction, or nothing. `emptied`: what is there goes, in the same transaction."""
        read = [
            str(self._programs() / "pg_restore"),
            "--no-owner",
            "--no-privileges",
            "--file=-",
            str(source),
        ]
        write = [*self._command("psql"), "--no-psqlrc", "--quiet", "--single-transaction"]
        write += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
        pipe, environment = subprocess.PIPE, self._environment()
        with (
            subprocess.Popen(read, stdout=pipe, stderr=pipe, env=environment) as reader,
            subprocess.Popen(write, stdin=pipe, stderr=pipe, env=environment) as writer,
        ):
            assert reader.stdout is not None
            assert reader.stderr is not None
            assert writer.stdin is not None
            assert writer.stderr is not None
            _pass_on(reader.stdout, writer.stdin, first=_TO_EMPTY if emptied else b"")
            said, complained = writer.stderr.read(), reader.stderr.read()
        if reader.returncode != 0 and writer.returncode == 0:
            raise SetupFault(_why("pg_restore", complained))
        if writer.returncode != 0:
            raise SetupFault(_why("psql", said))

    def is_empty(self) -> bool:
        with self.connect() as made:
            found = made.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        return found == (0,)

    def others(self) -> int:
        """How many connections to it there are besides ours."""
        with self.connect() as made:
            found = made.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        return int(found[0]) if found else 0

    def _command(self, program: str) -> list[str]:
        return [str(self._programs() / program), "--no-password", "--dbname", self.conninfo]

    def _environment(self) -> dict[str, str]:
        return for_child(LC_ALL="C", **({"PGPASSWORD": self._password} if self._password else {}))

    def _programs(self) -> Path:
        """Those that come with us; the machine's own for a server that is newer."""
        with self.connect() as made:
            major = made.info.server_version // 10_000
        if major <= OURS:
            return programs_folder()
        found = shutil.which("pg_dump")
        if found is None or _major_of(found) < major:
            raise SetupFault(
                f"The database is PostgreSQL {major}, and pg_dump here is older: install postgresql-client-{major}."
            )
        return Path(found).parent


def _pass_on(source: IO[bytes], target: IO[bytes], *, first: bytes) -> None:
    try:
        target.write(first)
        for _ in range(_HEAD_LINES):
            line = source.readline()
            if not _NOT_EVERYWHERE.match(line):
                target.write(line)
        shutil.copyfileobj(source, target)
        target.close()
    except BrokenPipeError:  # psql has ended, and says why
        source.close()


def _major_of(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def _why(program: str, said: bytes) -> str:
    text = said.decode(errors="replace")
    if "No space left" in text:
        return f"{program}: the disk is full. Free some space and run it again."
    errors = [line for line in text.splitlines() if "error" in line.lower()]
    return f"{program} failed: {errors[0] if errors else last_line(text)}"
