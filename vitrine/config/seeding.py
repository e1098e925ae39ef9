"""Products by the thousand, to see how lists and searches fare. They have rows and no files."""

from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction

_AT_ONCE = 20_000
_FIRST = 1_000
_ROWS = [one for one in Path(__file__).with_suffix(".sql").read_text().split(";\n") if one.strip()]

# A seeded product says so in its metadata, so it is found again.
_SEEDED = "SELECT id FROM catalog_product WHERE metadata @> %s::jsonb LIMIT %s"
_MARK = '{"seeded": true}'
_VERSIONS = "SELECT id FROM catalog_assetversion WHERE product_id = ANY(%(ids)s)"
# Products before what goes with them, so that its triggers find none whose revision they would raise.
_GONE = (
    f"DELETE FROM processing_job WHERE version_id IN ({_VERSIONS})",  # noqa: S608  # our own text
    "DELETE FROM catalog_product WHERE id = ANY(%(ids)s)",
    f"DELETE FROM catalog_variant WHERE version_id IN ({_VERSIONS})",  # noqa: S608  # our own text
    "DELETE FROM catalog_assetversion WHERE product_id = ANY(%(ids)s)",
)

Told = Callable[[int], None]


def seed(count: int, told: Told) -> None:
    """So many products, of which none is made twice. `told` hears how many there are already."""
    done = 0
    while done < count:
        last = min(done + (_AT_ONCE if done else _FIRST), count)
        with transaction.atomic(), connection.cursor() as cursor:
            for rows in _ROWS:
                cursor.execute(rows, {"first": done + 1, "last": last, "of": count})
        if done < _AT_ONCE:
            _look_again()  # else the database goes on searching whole tables for keys, as in the empty ones it knew
        done = last
        told(done)
    _look_again()


def remove(told: Told) -> None:
    """Every seeded product and all that goes with it. `told` hears how many are gone already."""
    gone = 0
    while ids := _some_seeded():
        with transaction.atomic(), connection.cursor() as cursor:
            for rows in _GONE:
                cursor.execute(rows, {"ids": ids})
        gone += len(ids)
        told(gone)
    _look_again()


def _some_seeded() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_SEEDED, [_MARK, _AT_ONCE])
        return [row[0] for row in cursor.fetchall()]


def _look_again() -> None:
    """What the database knows of its tables decides how it searches them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_product, catalog_assetversion, catalog_variant")
