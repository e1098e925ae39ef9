"""The read that every product page makes: one trip to Redis, one statement to the database, nothing rendered.

A product's answer is kept in Redis under a stamp: the revision of the row that it was made from, and how files are
addressed now. The database raises the revision with every change (migration 0003 of the catalog), and every read asks
it for that, so an answer is served only while it is still true: there is nothing to purge, no moment between a change
and its purge, and who keeps an old answer late keeps what nobody will be given. Without Redis it is made anew.

What this cannot answer, every refusal among it, goes the long way through DRF. It stands as a middleware before those
that an answer without cookies does not need: sessions, forms, languages, the search for a view.
"""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from uuid import UUID

import psycopg
import redis
import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, resolve
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.renderers import JSONRenderer

from vitrine.access.limits import Kind, name_of_address, take_and_fetch
from vitrine.access.roles import Action, Role, may
from vitrine.access.tokens import Subject
from vitrine.access.verified import subject_of
from vitrine.api import problems, shapes
from vitrine.api.answers import has, manners
from vitrine.catalog import files, queries
from vitrine.catalog.models import Product
from vitrine.catalog.standing import Standing, standing
from vitrine.metrics.table import DATABASE_CALLS, READ_CACHE

log = structlog.get_logger()

_PATH = re.compile(r"/api/assets/3d/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?")
_BASE = "\x00"
"""Stands for the base URL in what is kept, so that no Host header can fill Redis. No text of ours can hold it."""
_BASE_KEPT = b'"\\u0000/'
_MADE_BY = hashlib.sha256(Path(shapes.__file__).read_bytes()).hexdigest()
"""An answer that another release made is none of ours."""
_REDIS_PATIENCE_S = 0.25
KEPT = "vitrine:product:"
"""What the names in Redis begin with."""
_REDIS_PAUSE_S = 1.0
# A second look: the first one, with the limit in the same trip, is `limits.take_and_fetch`.
_TRIP = "return redis.call('GET', KEYS[1])"
_TRIP_SHA = hashlib.sha1(_TRIP.encode(), usedforsecurity=False).hexdigest()
_at_work = [threading.Lock() for _ in range(64)]


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


@dataclass(slots=True)
class Timing:
    """What goes with the answer: `Server-Timing`, milliseconds from `started` on, and other headers."""

    started: float = field(default_factory=time.perf_counter)
    parts: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, since: float) -> float:
        now = time.perf_counter()
        self.parts.append(f"{name};dur={(now - since) * 1000:.2f}")
        return now

    def header(self) -> str:
        self.note("total", self.started)
        return ", ".join(self.parts)


class Caller(AnonymousUser):
    """Whom a token names, for the log; None is a stranger. Nothing about them was loaded."""

    def __init__(self, person: UUID | None) -> None:
        super().__init__()
        self.pk = person  # type: ignore[assignment]  # its stub says that it is nobody's


# --- What an answer is called ----------------------------------------------------------------------------------------


def etag_of(product: Product, base: str) -> str:
    """The strong ETag of a product's answer, known without making it. `base` has no trailing slash."""
    return _etag(_stamp(product.pk, product.revision, public=product.published), base)


def same_state(product: Product, etag: str) -> bool:
    """Whether an ETag that we gave, at whatever address, was given for the product as it is now."""
    return etag.strip().strip('"').partition("-")[0] == str(product.revision)


def kept_for_s() -> int:
    """How long an answer may be kept: the one place that decides it."""
    return int(settings.KEPT_READS_S)


def _stamp(product_id: UUID, revision: int, *, public: bool) -> str:
    # The address of a file changes when its signature does, and with CDN_URL.
    addressed = files.url_to_read(f"models/{product_id}/", _BASE, public=public)
    made = hashlib.blake2b(f"{_MADE_BY} {addressed}".encode(), digest_size=9)
    return f"{revision}-{made.hexdigest()}"


def _etag(stamp: str, base: str) -> str:
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
        self._own = (
            threading.local()
        )  # a connection for each thread: taking one from the pool costs a third of the trip
        self._away_until = 0.0

    @property
    def away(self) -> bool:
        return time.monotonic() < self._away_until

    def trip(self, product_id: UUID) -> Kept | None:
        """The one round trip of a read."""
        if self.away:
            return None
        try:
            found = self._call(_name(product_id))
        except redis.RedisError as error:
            self._leave_alone(error)
            return None
        return Kept.of(found)

    def keep(self, product_id: UUID, kept: Kept) -> None:
        if self.away:
            return
        try:
            self._redis.set(_name(product_id), kept.stamp.encode() + b"\n" + kept.body, ex=kept_for_s())
        except redis.RedisError as error:
            self._leave_alone(error)

    def forget(self, product_id: UUID) -> None:
        """While Redis is away it forgets by itself, `kept_for_s` after the last read."""
        try:
            self._redis.delete(_name(product_id))
        except redis.RedisError as error:
            self._leave_alone(error)

    def _call(self, name: str) -> bytes | None:
        connection = self._own.__dict__.get("connection")
        if connection is None:
            connection = self._own.connection = self._redis.connection_pool.make_connection()
        try:
            connection.send_command("EVALSHA", _TRIP_SHA, 1, name, check_health=False)
            found: bytes | None = connection.read_response()
        except redis.exceptions.NoScriptError:
            connection.send_command("EVAL", _TRIP, 1, name, check_health=False)
            found = connection.read_response()
        return found

    def _leave_alone(self, error: redis.RedisError) -> None:
        if connection := self._own.__dict__.pop("connection", None):
            connection.disconnect()
        self._away_until = time.monotonic() + _REDIS_PAUSE_S
        log.warning("answers_not_kept", reason=str(error))


@cache
def shelf(url: str) -> Shelf:
    """This process's way to the Redis at `url`."""
    return Shelf(url)


def _name(product_id: UUID) -> str:
    return f"{KEPT}{product_id}"


# --- The read --------------------------------------------------------------------------------------------------------


class QuickRead:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = _PATH.fullmatch(request.path_info) if request.method in {"GET", "HEAD"} else None
        if found is None:
            return self.get_response(request)
        try:
            quick = _answer(request, UUID(found[1]))
        except (
            OperationalError,
            InterfaceError,
        ) as error:  # no database: the long way would only wait for it again
            quick = problems.answer(error, {"request": request})
        if quick is None:
            READ_CACHE.count("long")
            return self.get_response(request)
        request.resolver_match = _match(slash=request.path_info.endswith("/"))
        return quick


@cache
def _match(*, slash: bool) -> ResolverMatch:
    """By which metrics and logs name the route."""
    return resolve(f"/api/assets/3d/{UUID(int=0)}{'/' if slash else ''}")


def _answer(request: HttpRequest, product_id: UUID) -> HttpResponse | None:
    known, subject = _who(request)
    if not known:
        return None
    person = subject.person if subject else None
    request.user = Caller(person)
    timing = Timing()
    taken, found = take_and_fetch(*_counted(request, person), _name(product_id))
    if not taken.allowed:
        return None
    timing.headers.update(taken.headers)
    kept = Kept.of(found)
    now = timing.note("cache", timing.started)
    stands = _standing(product_id, subject)
    DATABASE_CALLS.note(timing.note("db", now) - now, "select", "ok")
    if stands is None or not _may_read(stands, person):
        return None
    base = shapes.base_url(request)
    stamp = _stamp(product_id, stands.revision, public=stands.published)
    if has(request, _etag(stamp, base)):
        READ_CACHE.count("unchanged")
        return _sent(b"", _etag(stamp, base), timing, status=304, public=person is None)
    answered = "kept"
    if kept is None or kept.stamp != stamp:
        kept, answered = _made_once(product_id, stamp), "made"
    if kept is None or (person is None and not stands.published):
        return None
    READ_CACHE.count(answered)
    return _sent(kept.at(base), _etag(kept.stamp, base), timing, public=person is None)


def _counted(request: HttpRequest, person: UUID | None) -> tuple[Kind, str]:
    """Whose quota this takes, by the names that the long way counts by."""
    return (Kind.PUBLIC, name_of_address(request)) if person is None else (Kind.READ, f"user {person}")


def made(product_id: UUID) -> Kept | None:
    """A product's answer, made anew; None when it is gone."""
    product = queries.products(include_unpublished=True).filter(pk=product_id).first()
    if product is None:
        return None
    stamp = _stamp(product_id, product.revision, public=product.published)
    return Kept(stamp, JSONRenderer().render(shapes.product_shape(product, _BASE)))


def _made_once(product_id: UUID, stamp: str) -> Kept | None:
    """Made by one thread of this process at a time: the others find it on the shelf."""
    at = shelf(settings.REDIS_URL)
    with _at_work[product_id.int % len(_at_work)]:
        kept = at.trip(product_id)
        if kept is None or kept.stamp != stamp:
            kept = made(product_id)
            if kept is not None:
                at.keep(product_id, kept)
    return kept


def _who(request: HttpRequest) -> tuple[bool, Subject | None]:
    """Whether it is clear who calls without asking further, and who that is; None is a stranger."""
    if not _takes_json(request) or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return False, None
    sent = request.META.get("HTTP_AUTHORIZATION")
    if sent is None:
        return True, None
    scheme, _, token = sent.partition(" ")
    subject = subject_of(token.strip()) if scheme == "Bearer" else None
    return subject is not None, subject


def _takes_json(request: HttpRequest) -> bool:
    accepted = request.META.get("HTTP_ACCEPT", "*/*")
    return "*/*" in accepted or "json" in accepted or "application/*" in accepted


def _standing(product_id: UUID, subject: Subject | None) -> Standing | None:
    """A connection that has broken meanwhile is closed, so that the long way opens another."""
    try:
        return standing(product_id, subject)
    except psycopg.Error:
        connection.close()
        return None


def _may_read(stands: Standing, person: UUID | None) -> bool:
    if person is None:
        return stands.published
    return stands.role is not None and may(Role(stands.role), Action.READ)


def _sent(body: bytes, etag: str, timing: Timing, *, public: bool, status: int = 200) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json")
    response.headers["Content-Length"] = str(len(body))
    if status == 304:  # it has no content, so it is of no type
        del response.headers["Content-Type"]
    manners(response, etag, public=public)
    response.headers["Server-Timing"] = timing.header()
    for name, value in timing.headers.items():
        response.headers[name] = value
    return response
