"""How a product stands at this moment, for one reader, by one statement: what no cache may answer."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection
from psycopg import Cursor

from vitrine.access.models import User
from vitrine.catalog.models import Product

_PRODUCTS, _PEOPLE = Product._meta.db_table, User._meta.db_table  # noqa: SLF001  # Django's documented way
_FOR_STRANGERS = f"""
    SELECT revision, published_version_id IS NOT NULL, NULL FROM {_PRODUCTS} WHERE id = %s AND deleted_at IS NULL
"""  # noqa: S608  # names of our own
_FOR_A_PERSON = f"""
    SELECT product.revision, product.published_version_id IS NOT NULL, person.role
    FROM {_PRODUCTS} AS product LEFT JOIN {_PEOPLE} AS person ON person.id = %s AND person.is_active
    WHERE product.id = %s AND product.deleted_at IS NULL
"""  # noqa: S608  # names of our own


class Standing(NamedTuple):
    """`role` is the reader's; None for a stranger, and for somebody who is no longer welcome."""

    revision: int
    published: bool
    role: str | None


def standing(product_id: UUID, person: UUID | None) -> Standing | None:
    """None when there is no such product. psycopg's errors come as they are."""
    # The statement itself shows whether the connection is good; Django would ask it once more before.
    connection.health_check_done = True  # type: ignore[attr-defined]  # its stub lacks it
    connection.ensure_connection()
    raw = connection.connection
    # Planned once for each connection, not for each read; Django plans none, for poolers that share connections.
    raw.prepare_threshold = 0
    try:
        with Cursor(raw) as cursor:
            if person is None:
                cursor.execute(_FOR_STRANGERS, [product_id])
            else:
                cursor.execute(_FOR_A_PERSON, [person, product_id])
            row = cursor.fetchone()
    finally:
        raw.prepare_threshold = None
    return None if row is None else Standing(*row)
