"""Files that the database names stay where they are while a backup copies them.

An advisory lock of PostgreSQL's: a backup holds it alone, whoever deletes such files shares it. It ends with its
holder's connection, so a backup that was killed holds nothing back.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCK = 7_620_483_001
"""Any number that no other program takes in this database."""


@contextmanager
def files_may_go() -> Iterator[bool]:
    """Whether files that rows name may be deleted now; no backup begins before the block ends. False: do it later."""
    free = _asked("SELECT pg_try_advisory_lock_shared(%s)")
    try:
        yield free
    finally:
        if free:
            _asked("SELECT pg_advisory_unlock_shared(%s)")


def _asked(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [LOCK])
        return bool(cursor.fetchone()[0])
