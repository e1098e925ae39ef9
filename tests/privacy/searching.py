"""Looks for texts in everything that lasts: each row of each table, each file's name and bytes, and all of Redis."""

import base64
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import redis
from django.conf import settings
from django.db import connection

from vitrine.catalog import files
from vitrine.storage.blobs import Key

_READ: dict[bytes, Callable[[Any, bytes], Any]] = {
    b"string": lambda client, name: client.get(name),
    b"hash": lambda client, name: client.hgetall(name),
    b"list": lambda client, name: client.lrange(name, 0, -1),
    b"set": lambda client, name: client.smembers(name),
    b"zset": lambda client, name: client.zrange(name, 0, -1),
}
_TABLES = """
    SELECT relation.oid::regclass::text FROM pg_class AS relation
    JOIN pg_namespace AS space ON space.oid = relation.relnamespace
    WHERE relation.relkind IN ('r', 'p', 'm') AND space.nspname NOT IN ('pg_catalog', 'information_schema')
    AND space.nspname NOT LIKE 'pg_%'
    AND NOT relation.relispartition -- the table it is a part of shows its rows
"""


def found(texts: Sequence[str]) -> set[str]:
    """Where any of them stands, in whichever capitals: tables, files, and names in Redis."""
    looks = [text.lower().encode() for text in texts]

    def has(content: bytes) -> bool:
        return any(look in content.lower() for look in looks)

    return {*_in_tables(has), *_in_files(has), *_in_redis(has)}


def _in_tables(has: Callable[[bytes], bool]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT whole::text FROM {table} AS whole")  # noqa: S608  # a name that PostgreSQL gave
            if any(has(layer) for (row,) in cursor.fetchall() for layer in _layers(row)):
                yield table


def _layers(row: str) -> Iterator[bytes]:
    """A row as it reads, and what lies packed in it: bytes as PostgreSQL writes them, and Django's sessions."""
    yield row.encode()
    for word in row.strip("()").replace('"', "").split(","):
        if word.startswith("\\\\x"):
            yield bytes.fromhex(word.removeprefix("\\\\x"))
        packed = word.split(":")[0]
        if packed.startswith("."):
            yield zlib.decompress(_bytes_of(packed[1:]))
        elif word.startswith("ey"):
            yield _bytes_of(packed)


def _bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _in_files(has: Callable[[bytes], bool]) -> Iterator[str]:
    for key in files.store().keys():  # noqa: SIM118  # no mapping
        if any(has(content) for content in (key.encode(), *_contents(key))):
            yield key


def _contents(key: Key) -> Iterator[bytes]:
    whole = b"".join(files.store().open(key))
    yield whole
    if zipfile.is_zipfile(io.BytesIO(whole)):
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def _in_redis(has: Callable[[bytes], bool]) -> Iterator[str]:
    client: Any = redis.Redis.from_url(settings.REDIS_URL)
    for name in client.scan_iter():
        kind = bytes(client.type(name))
        if kind == b"none":  # it ran out since it was named
            continue
        value = _READ[kind](client, name)
        if has(name) or has(value if isinstance(value, bytes) else repr(value).encode()):
            yield f"Redis: {name.decode(errors='replace')}"
    client.close()
