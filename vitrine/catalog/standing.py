"""How a product stands at this moment, for one reader, by one statement: what no cache may answer."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection
from psycopg import Cursor

from vitrine.access.models import Login, User
from vitrine.access.tokens import Subject
from vitrine.catalog.models import Product

_PRODUCTS, _PEOPLE, _LOGINS = (model._meta.db_table for model in (Product, User, Login))  # noqa: SLF001  # Django's documented way
_FOR_STRANGERS = f"""
    SELECT revision, published_version_id IS NOT NULL, NULL FROM {_PRODUCTS} WHERE id = %s AND deleted_at IS NULL
"""  # noqa: S608  # names of our own
_FOR_A_PERSON = f"""
    SELECT product.revision, product.published_version_id IS NOT NULL, person.role
    FROM {_PRODUCTS} AS product
    LEFT JOIN ({_LOGINS} AS login JOIN {_PEOPLE} AS person ON person.id = login.person_id)
        ON login.id = %s AND login.person_id = %s AND login.expires_at > clock_timestamp() AND person.is_active
        AND login.password_mark = encode(sha256(convert_to(person.password, 'UTF8')), 'hex')
    WHERE product.id = %s AND product.deleted_at IS NULL
"""  # noqa: S608  # names of our own
"""The same that `Login.alive` asks, and `tokens.login_of`."""


class Standing(NamedTuple):
    """`role` is the reader's; None for a stranger, and for somebody whose login has ended."""

    revision: int
    published: bool
    role: str | None


def standing(product_id: UUID, subject: Subject | None) -> Standing | None:
    """None when there is no such product. psycopg's errors come as they are."""
    # The statement itself shows whether the connection is good; Django would ask it once more before.
    connection.health_check_done = True  # type: ignore[attr-defined]  # its stub lacks it
    connection.ensure_connection()
    raw = connection.connection
    # Planned once for each connection, not for each read; Django plans none, for poolers that share connections.
    raw.prepare_threshold = 0
    try:
        with Cursor(raw) as cursor:
            if subject is None:
                cursor.execute(_FOR_STRANGERS, [product_id])
            else:
                cursor.execute(_FOR_A_PERSON, [subject.login, subject.person, product_id])
            row = cursor.fetchone()
    finally:
        raw.prepare_threshold = None
    return None if row is None else Standing(*row)
