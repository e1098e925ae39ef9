"""Another session of the tests' database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def another_session() -> Iterator[psycopg.Connection[Any]]:
    """Its transaction is undone at the end."""
    session = psycopg.connect(**connection.get_connection_params())
    try:
        yield session
    finally:
        session.rollback()
        session.close()
