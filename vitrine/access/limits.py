"""How often who may: the one table, and GCRA over it in one round trip to Redis.

GCRA (the generic cell rate algorithm) keeps one moment for each who and kind: when their quota will be whole again. A
request moves it on by one emission interval, and is refused while it lies farther ahead than the burst allows; so
nobody waits for the end of a window, and nothing has to be counted down.

With Redis away each process keeps the same limits by itself: what is slow then is abuse, not the service.
"""

import hashlib
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from vitrine.access.addresses import HasMeta, address_of, digest_of
from vitrine.metrics.table import LIMITS_HIT

log = structlog.get_logger()

_PATIENCE_S = 0.25
_PAUSE_S = 1.0
_MOST_KEPT = 50_000


class Kind(StrEnum):
    """What is asked for: each kind has a quota of its own."""

    FILES = "files"
    PUBLIC = "public"
    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"
    EVENTS = "events"
    PRODUCT_EVENTS = "product-events"
    AUTH = "auth"


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, and `per_s` a second for ever."""

    per_s: float
    burst: int


LIMITS: dict[Kind, Limit] = {
    # By address, for strangers. A mobile network's thousands of shoppers may share one.
    Kind.FILES: Limit(per_s=500, burst=10_000),
    Kind.PUBLIC: Limit(per_s=200, burst=5_000),
    Kind.EVENTS: Limit(per_s=200, burst=5_000),
    Kind.AUTH: Limit(per_s=2, burst=60),
    # By API key or person.
    Kind.READ: Limit(per_s=50, burst=1_000),
    Kind.WRITE: Limit(per_s=10, burst=200),
    Kind.UPLOAD: Limit(per_s=1, burst=100),
    # By product, in events: no crowd of addresses drowns what is told of one.
    Kind.PRODUCT_EVENTS: Limit(per_s=1_000, burst=50_000),
}


REFILLS = timedelta(seconds=max(limit.burst / limit.per_s for limit in LIMITS.values()))
"""After this nothing is remembered of anybody: Redis forgets a quota that is whole again."""


class Taken(NamedTuple):
    """What was left after a request. `reset_s`: until the quota is whole again."""

    kind: Kind
    limit: Limit
    allowed: bool
    remaining: int
    reset_s: int
    retry_after_s: int

    @property
    def headers(self) -> dict[str, str]:
        """draft-ietf-httpapi-ratelimit-headers-10: the burst is the quota, and comes whole within the window."""
        window_s = math.ceil(self.limit.burst / self.limit.per_s)
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.limit.burst};w={window_s}',
            "RateLimit": f'"{self.kind}";r={self.remaining};t={self.reset_s}',
        }


class Asked(NamedTuple):
    """One quota that a request takes `cost` of. Intervals in microseconds."""

    kind: Kind
    limit: Limit
    who: str
    cost: int

    @property
    def name(self) -> str:
        return _name_of(self.kind, self.who)

    @property
    def emission_us(self) -> int:
        return max(1, round(1_000_000 / self.limit.per_s))

    @property
    def numbers(self) -> tuple[int, int]:
        """What SCRIPT is told."""
        return self.cost * self.emission_us, self.limit.burst * self.emission_us

    def taken(self, wait_us: int, ahead_us: int) -> Taken:
        """`wait_us`: until it would be allowed, 0 when it was; `ahead_us`: until the quota is whole."""
        left = self.limit.burst - math.ceil(ahead_us / self.emission_us)
        return Taken(
            self.kind,
            self.limit,
            allowed=wait_us == 0,
            remaining=max(0, left),
            reset_s=math.ceil(ahead_us / 1_000_000),
            retry_after_s=math.ceil(wait_us / 1_000_000),
        )


class Receipt(NamedTuple):
    """That a request has taken its one of `who`'s quota already."""

    who: str
    taken: Taken


RECEIPT = "vitrine.receipt"
"""Where a request's META has its receipt. No header that is sent gets such a name."""


def take(kind: Kind, who: str, receipt: Receipt | None = None) -> Taken:
    """One of `who`'s quota of that kind, unless the receipt says that it was taken."""
    if receipt is not None and (receipt.who, receipt.taken.kind) == (who, kind):
        return receipt.taken
    return take_each(kind, {who: 1})[who]


def take_each(kind: Kind, costs: Mapping[str, int]) -> dict[str, Taken]:
    """So much of each one's quota, each for itself."""
    return dict(zip(costs, _take(kind, costs), strict=True))


def asked_of(kind: Kind, who: str) -> Asked | None:
    """One of `who`'s quota of that kind, for who asks Redis by a line of its own; None where nothing is limited."""
    times = settings.RATE_LIMITS
    if not times:
        return None
    limit = LIMITS[kind]
    return Asked(kind, Limit(limit.per_s * times, limit.burst * times), who, 1)


def free(kind: Kind) -> Taken:
    """Where nothing is limited."""
    limit = LIMITS[kind]
    return Taken(kind, limit, True, limit.burst, 0, 0)


def name_of_address(request: HasMeta) -> str:
    """What is counted as one address: an IPv6 caller has a whole /64 to choose from."""
    address = ip_address(address_of(request))
    counted = address if address.version == 4 else ip_network((address, 64), strict=False).network_address
    return f"address {digest_of(str(counted))}"


def forget(who: str) -> None:
    """What was counted of a person or a key that is no more."""
    _quotas(settings.REDIS_URL).forget(who)


def _name_of(kind: Kind, who: str) -> str:
    return f"vitrine:limit:{kind}:{who}"


def _take(kind: Kind, costs: Mapping[str, int]) -> list[Taken]:
    plain, times = LIMITS[kind], settings.RATE_LIMITS
    if not times:
        return [free(kind) for _ in costs]
    limit = Limit(plain.per_s * times, plain.burst * times)
    taken = _quotas(settings.REDIS_URL).take([Asked(kind, limit, who, cost) for who, cost in costs.items()])
    for one in taken:
        if not one.allowed:
            LIMITS_HIT.count(one.kind)
    return taken


# --- Where the moments are kept ------------------------------------------------------------------------------------

SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local answer = {}
for i = 1, #ARGV / 2 do
  local cost, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local whole = math.max(now, tonumber(redis.call('GET', KEYS[i]) or 0))
  local wait = whole + cost - burst - now
  if wait <= 0 then
    whole = whole + cost
    redis.call('SET', KEYS[i], string.format('%.0f', whole), 'PX', math.ceil((whole - now) / 1000))
    wait = 0
  end
  answer[2 * i - 1], answer[2 * i] = wait, whole - now
end
if #KEYS > #ARGV / 2 then
  answer[#ARGV + 1] = redis.call('GET', KEYS[#KEYS])
end
return answer
"""
"""KEYS: the names of those who ask, and one more to fetch. ARGV: `Asked.numbers` of each. It answers with the numbers
of `Asked.taken` for each, and with what was fetched."""
_SHA = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()


class Quotas:
    """In Redis; while that is away, in this process. It is then asked again once a second, so nobody waits long."""

    def __init__(self, url: str) -> None:
        patience = {"socket_timeout": _PATIENCE_S, "socket_connect_timeout": _PATIENCE_S}
        self._redis = redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)
        # A connection for each thread: taking one from the pool costs a third of the trip.
        self._own = threading.local()
        self._away_until = 0.0
        self._here = Here()

    @property
    def away(self) -> bool:
        """Whether Redis did not answer just now."""
        return time.monotonic() < self._away_until

    def take(self, asked: Sequence[Asked]) -> list[Taken]:
        if self.away:
            return self._here.take(asked)
        try:
            said = self._call(asked)
        except redis.RedisError as error:
            if connection := self._own.__dict__.pop("connection", None):
                connection.disconnect()
            self._away_until = time.monotonic() + _PAUSE_S
            log.warning("limits_kept_here", reason=str(error))
            return self._here.take(asked)
        return [one.taken(said[2 * i], said[2 * i + 1]) for i, one in enumerate(asked)]

    def forget(self, who: str) -> None:
        """redis.RedisError while Redis is away."""
        for kind in Kind:
            self._redis.delete(_name_of(kind, who))

    def _call(self, asked: Sequence[Asked]) -> list[Any]:
        """Two whole numbers for each that is asked."""
        names, numbers = [one.name for one in asked], [n for one in asked for n in one.numbers]
        try:
            return self._said("EVALSHA", _SHA, len(names), *names, *numbers)
        except redis.exceptions.NoScriptError:
            return self._said("EVAL", SCRIPT, len(names), *names, *numbers)

    def _said(self, *command: str | int) -> list[Any]:
        known = self._own.__dict__.get("connection")
        if known is not None:
            try:
                return _said_by(known, command)
            except redis.ConnectionError:
                known.disconnect()  # Redis may have ended it long ago: a new one says whether it is away
        # Beside the pool's count: a thread that ends never gives its own back, and the pool would call itself full.
        pool = self._redis.connection_pool
        self._own.connection = pool.connection_class(**pool.connection_kwargs)
        return _said_by(self._own.connection, command)


def _said_by(connection: Any, command: Sequence[str | int]) -> list[Any]:
    connection.send_command(*command, check_health=False)
    said: list[Any] = connection.read_response()
    return said


class Here:
    """The same in this process: as lenient as there are processes, and forgetful when too many call."""

    def __init__(self) -> None:
        self._whole_at: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, asked: Sequence[Asked]) -> list[Taken]:
        now = time.monotonic_ns() // 1_000
        with self._lock:
            if len(self._whole_at) > _MOST_KEPT:
                self._forget(now)
            return [self._one(one, now) for one in asked]

    def _one(self, asked: Asked, now: int) -> Taken:
        cost, burst = asked.cost * asked.emission_us, asked.limit.burst * asked.emission_us
        whole = max(now, self._whole_at.get(asked.name, 0))
        wait = whole + cost - burst - now
        if wait <= 0:
            whole += cost
            self._whole_at[asked.name] = whole
        return asked.taken(max(0, wait), whole - now)

    def _forget(self, now: int) -> None:
        kept = {name: whole for name, whole in self._whole_at.items() if whole > now}
        self._whole_at = kept if len(kept) <= _MOST_KEPT else {}


_made = cache(Quotas)
_making = threading.Lock()
"""`cache` alone would let threads that come at once have one each, and so more than a burst."""


def _quotas(url: str) -> Quotas:
    """This process's way to the Redis at `url`."""
    with _making:
        return _made(url)
