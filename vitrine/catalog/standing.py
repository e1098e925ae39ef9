"""How a product stands at this moment, for one reader, by one statement: what no cache may answer."""

import asyncio
from typing import NamedTuple
from uuid import UUID

from vitrine.access.models import Login, User
from vitrine.access.tokens import Subject
from vitrine.catalog.database_line import DatabaseLine
from vitrine.catalog.models import Product

_PRODUCTS, _PEOPLE, _LOGINS = (model._meta.db_table for model in (Product, User, Login))  # noqa: SLF001  # Django's documented way
_STRANGER, _PERSON = "stranger", "person"
_STATEMENTS = {
    _STRANGER: f"""
    SELECT revision, published_version_id IS NOT NULL, NULL FROM {_PRODUCTS} WHERE id = $1 AND deleted_at IS NULL
""",  # noqa: S608  # names of our own
    _PERSON: f"""
    SELECT product.revision, product.published_version_id IS NOT NULL, person.role
    FROM {_PRODUCTS} AS product
    LEFT JOIN ({_LOGINS} AS login JOIN {_PEOPLE} AS person ON person.id = login.person_id)
        ON login.id = $2 AND login.person_id = $3 AND login.expires_at > clock_timestamp() AND person.is_active
        AND login.password_mark = encode(sha256(convert_to(person.password, 'UTF8')), 'hex')
    WHERE product.id = $1 AND product.deleted_at IS NULL
""",  # noqa: S608  # names of our own
}
"""The second asks the same as `Login.alive` and `tokens.login_of`."""


class Standing(NamedTuple):
    """`role` is the reader's; None for a stranger, and for somebody whose login has ended."""

    revision: int
    published: bool
    role: str | None


def line(loop: asyncio.AbstractEventLoop) -> DatabaseLine:
    """One that `standing` can ask."""
    return DatabaseLine(_STATEMENTS, loop=loop)


async def standing(asked: DatabaseLine, product_id: UUID, subject: Subject | None) -> Standing | None:
    """None when there is no such product. LineBroken when nobody can say."""
    product = str(product_id).encode()
    if subject is None:
        row = await asked.ask(_STRANGER.encode(), [product])
    else:
        values = [product, str(subject.login).encode(), str(subject.person).encode()]
        row = await asked.ask(_PERSON.encode(), values)
    if row is None:
        return None
    revision, published, role = row
    return Standing(int(revision or 0), published == b"t", None if role is None else role.decode())
