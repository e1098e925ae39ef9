"""What is kept of a product's answer, and what it is called: for the read that every product page makes (`quick`).

A product's answer is kept in Redis under a stamp: the revision of the row that it was made from, and how files are
addressed now. The database raises the revision with every change (migration 0003 of the catalog), and every read asks
it for that, so an answer is served only while it is still true: there is nothing to purge, no moment between a change
and its purge, and who keeps an old answer late keeps what nobody will be given. Without Redis it is made anew.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.renderers import JSONRenderer

from vitrine.api import shapes
from vitrine.catalog import files, queries
from vitrine.catalog.models import Product

log = structlog.get_logger()

_BASE = "\x00"
"""Stands for the base URL in what is kept, so that no Host header can fill Redis. No text of ours can hold it."""
_BASE_KEPT = b'"\\u0000/'
_MADE_BY = hashlib.sha256(Path(shapes.__file__).read_bytes()).hexdigest()
"""An answer that another release made is none of ours."""
_REDIS_PATIENCE_S = 0.25
KEPT = "vitrine:product:"
"""What the names in Redis begin with."""
_REDIS_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A product's answer without its base URL. `stamp` says what it was made from."""

    stamp: str
    body: bytes

    @classmethod
    def of(cls, found: bytes | None) -> "Kept | None":
        """What Redis had."""
        if found is None:
            return None
        stamp, _, body = found.partition(b"\n")
        return cls(stamp.decode(), body)

    def at(self, base: str) -> bytes:
        return self.body.replace(_BASE_KEPT, b'"' + json.dumps(base)[1:-1].encode() + b"/")


# --- What an answer is called ----------------------------------------------------------------------------------------


def etag_of(product: Product, base: str) -> str:
    """The strong ETag of a product's answer, known without making it. `base` has no trailing slash."""
    return etag(stamp_of(product.pk, product.revision, public=product.published), base)


def same_state(product: Product, given: str) -> bool:
    """Whether an ETag that we gave, at whatever address, was given for the product as it is now."""
    return given.strip().strip('"').partition("-")[0] == str(product.revision)


def kept_for_s() -> int:
    """How long an answer may be kept: the one place that decides it."""
    return int(settings.KEPT_READS_S)


def stamp_of(product_id: UUID, revision: int, *, public: bool) -> str:
    """What an answer is made from."""
    # The address of a file changes when its signature does, and with CDN_URL.
    addressed = files.url_to_read(f"models/{product_id}/", _BASE, public=public)
    made = hashlib.blake2b(f"{_MADE_BY} {addressed}".encode(), digest_size=9)
    return f"{revision}-{made.hexdigest()}"


def etag(stamp: str, base: str) -> str:
    """As `etag_of`, by the stamp."""
    return f'"{stamp}-{_short(base)}"'


@lru_cache(maxsize=256)
def _short(base: str) -> str:
    return hashlib.blake2b(base.encode(), digest_size=4).hexdigest()


# --- Redis -----------------------------------------------------------------------------------------------------------


class Shelf:
    """Where answers are kept. Redis may be away at any time: then it is left alone for a moment, and reads go on."""

    def __init__(self, url: str) -> None:
        patience = {"socket_timeout": _REDIS_PATIENCE_S, "socket_connect_timeout": _REDIS_PATIENCE_S}
        self._redis = redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)
        self._away_until = 0.0

    @property
    def away(self) -> bool:
        return time.monotonic() < self._away_until

    def find(self, product_id: UUID) -> Kept | None:
        if self.away:
            return None
        try:
            found: Any = self._redis.get(name_of(product_id))
        except redis.RedisError as error:
            self._leave_alone(error)
            return None
        return Kept.of(found)

    def keep(self, product_id: UUID, kept: Kept) -> None:
        if self.away:
            return
        try:
            self._redis.set(name_of(product_id), kept.stamp.encode() + b"\n" + kept.body, ex=kept_for_s())
        except redis.RedisError as error:
            self._leave_alone(error)

    def forget(self, product_id: UUID) -> None:
        """While Redis is away it forgets by itself, `kept_for_s` after the last read."""
        try:
            self._redis.delete(name_of(product_id))
        except redis.RedisError as error:
            self._leave_alone(error)

    def _leave_alone(self, error: redis.RedisError) -> None:
        self._away_until = time.monotonic() + _REDIS_PAUSE_S
        log.warning("answers_not_kept", reason=str(error))


@cache
def shelf(url: str) -> Shelf:
    """This process's way to the Redis at `url`."""
    return Shelf(url)


def name_of(product_id: UUID) -> str:
    """Where a product's answer is kept."""
    return f"{KEPT}{product_id}"


# --- Made anew -------------------------------------------------------------------------------------------------------


def made(product_id: UUID) -> Kept | None:
    """A product's answer, made anew; None when it is gone."""
    product = queries.products(include_unpublished=True).filter(pk=product_id).first()
    if product is None:
        return None
    stamp = stamp_of(product_id, product.revision, public=product.published)
    return Kept(stamp, JSONRenderer().render(shapes.product_shape(product, _BASE)))


def made_or_found(product_id: UUID, stamp: str) -> tuple[Kept | None, str]:
    """The answer of that stamp or a newer one, and how it was come by: another process may have made it meanwhile."""
    at = shelf(settings.REDIS_URL)
    found = at.find(product_id)
    if found is not None and found.stamp == stamp:
        return found, "kept"
    anew = made(product_id)
    if anew is not None:
        at.keep(product_id, anew)
    return anew, "made"
