"""One moment of the database: what a dump is made of, and the files that it names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from vitrine.access.audit import AuditEntry
from vitrine.access.models import ApiKey, User
from vitrine.catalog.holding import LOCK
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.catalog.saved import SavedView
from vitrine.config.backup.database import Database
from vitrine.config.backup.home import line_as_text
from vitrine.config.fault import SetupFault
from vitrine.outreach.models import Endpoint

_COUNTED = (User, ApiKey, Product, AssetVersion, Variant, SavedView, Endpoint, AuditEntry)
# Of what is beyond recall the bytes are going, or gone.
_NAMED = """
    SELECT key, sha256, size FROM (
        SELECT product_id, key, sha256, size FROM catalog_assetversion
        UNION SELECT product_id, v.key, v.sha256, v.size FROM catalog_variant v
            JOIN catalog_assetversion a ON a.id = v.version_id
    ) named JOIN catalog_product p ON p.id = product_id
    WHERE deleted_at IS NULL OR deleted_at > '1970-01-02'
    ORDER BY key
"""


class Snapshot:
    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection
        self.id = str(self._one("SELECT pg_export_snapshot()"))
        self.postgresql = str(self._one("SHOW server_version"))

    def migrations(self) -> list[str]:
        return migrations_in(self._connection)

    def counts(self) -> dict[str, int]:
        return counts_in(self._connection)

    def write_names(self, target: Path) -> None:
        """A line for each file that versions and variants name, ordered by key."""
        with target.open("x", encoding="utf-8") as file, self._connection.cursor(name="named") as rows:
            rows.itersize = 10_000
            for key, sha256, size in rows.execute(_NAMED):
                file.write(line_as_text(key, sha256, size))

    def _one(self, statement: str) -> object:
        found = self._connection.execute(statement).fetchone()
        assert found is not None
        return found[0]


@contextmanager
def files_held(database: Database) -> Iterator[None]:
    """Nobody deletes a file that a row names until the block ends. Waits for those who are just deleting one."""
    with database.connect() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield
        try:
            connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            raise SetupFault("The database went away meanwhile: run it again.") from error


@contextmanager
def taken(database: Database) -> Iterator[Snapshot]:
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            yield Snapshot(connection)


def migrations_in(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """Those that were applied, as `app.name`."""
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [str(name) for (name,) in rows]


def counts_in(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, int]:
    """Rows by table, of the tables that matter most."""
    counts = {}
    for table in (model._meta.db_table for model in _COUNTED):  # noqa: SLF001  # Django's documented way
        found = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        ).fetchone()
        counts[table] = int(found[0]) if found else 0
    return counts
