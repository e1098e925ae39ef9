"""FastAPI with async psycopg: one row by its key in raw SQL, as its users write it, with nobody asked who they are."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import FastAPI, HTTPException
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

_ROW = """
    SELECT id, name, ar_enabled, metadata, alt, tags, status, created_at, updated_at
    FROM catalog_product WHERE id = %s AND deleted_at IS NULL
"""
_pool = AsyncConnectionPool(
    os.environ["DATABASE_URL"],  # noqa: TID251  # a program of its own
    open=False,
    max_size=8,
    kwargs={"row_factory": dict_row, "autocommit": True},
)


@asynccontextmanager
async def _life(_: FastAPI) -> AsyncIterator[None]:
    async with _pool:
        yield


async def read(product_id: UUID) -> dict[str, Any]:
    async with _pool.connection() as connection:
        found: Any = await (await connection.execute(_ROW, [product_id])).fetchone()
    if found is None:
        raise HTTPException(404)
    row: dict[str, Any] = found
    return row


app = FastAPI(lifespan=_life)
app.add_api_route("/products/{product_id}", read)
