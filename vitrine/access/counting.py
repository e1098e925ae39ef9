"""Buckets that fill up and empty again, counted in Redis by all processes together, or in this one while it is away.

Each bucket holds `burst` tries and gives one back every `every_s` (the generic cell rate algorithm: of a bucket only
the time is kept at which it will be empty). Requests are counted by `limits.py`: there each takes for itself, here a
try takes from all its buckets or from none, and a right password gives back.
"""

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger()

_REDIS_S = 0.5
_AWAY_S = 5.0
_MOST_LOCAL = 10_000


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    burst: int
    every_s: float


class Counts(Protocol):
    """What both ways of counting promise."""

    def take(self, buckets: Sequence[Bucket]) -> float:
        """One from each, or from none when one of them is empty: then the seconds until it is not. 0 when taken."""

    def give_back(self, buckets: Sequence[Bucket]) -> None: ...

    def remember(self, name: str, life_s: float) -> None: ...

    def knows(self, name: str) -> bool: ...

    def forget(self, part: str) -> None:
        """Whatever has `part` in its name."""


_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wait, empty_at = 0, {}
for i, key in ipairs(KEYS) do
  local every, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local at = math.max(tonumber(redis.call('GET', key) or 0), now)
  wait = math.max(wait, at - now - every * (burst - 1))
  empty_at[i] = at + every
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', empty_at[i]), 'PX', math.ceil((empty_at[i] - now) / 1000))
end
return 0
"""
_GIVE_BACK = """
for i, key in ipairs(KEYS) do
  local at = redis.call('GET', key)
  if at then redis.call('SET', key, string.format('%.0f', at - ARGV[i]), 'KEEPTTL') end
end
return 0
"""


class RedisCounts:
    """Each call is one script, so two processes never take the same try."""

    def __init__(self, url: str) -> None:
        self._redis: redis.Redis = redis.Redis.from_url(
            url, socket_timeout=_REDIS_S, socket_connect_timeout=_REDIS_S, retry=Retry(NoBackoff(), 0)
        )
        self._take, self._give_back = map(self._redis.register_script, (_TAKE, _GIVE_BACK))

    def take(self, buckets: Sequence[Bucket]) -> float:
        limits = [number for one in buckets for number in (round(one.every_s * 1e6), one.burst)]
        wait: Any = self._take([self._key(one.name) for one in buckets], limits)
        return float(wait) / 1e6

    def give_back(self, buckets: Sequence[Bucket]) -> None:
        self._give_back(
            [self._key(one.name) for one in buckets], [round(one.every_s * 1e6) for one in buckets]
        )

    def remember(self, name: str, life_s: float) -> None:
        self._redis.set(self._key(name), 1, px=math.ceil(life_s * 1000))

    def knows(self, name: str) -> bool:
        return bool(self._redis.exists(self._key(name)))

    def forget(self, part: str) -> None:
        for key in list(self._redis.scan_iter(self._key(f"*{part}*"), count=1_000)):
            self._redis.delete(key)

    @staticmethod
    def _key(name: str) -> str:
        """All on one node of a cluster: a script may touch no other."""
        return f"vitrine:{{login}}:{name}"


class LocalCounts:
    """In this process alone, so several processes let through several times as much: a limit, if a laxer one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}  # by this process's monotonic clock

    def take(self, buckets: Sequence[Bucket]) -> float:
        now = time.monotonic()
        with self._lock:
            at = {one.name: max(self._until.get(one.name, now), now) for one in buckets}
            wait = max(at[one.name] - now - one.every_s * (one.burst - 1) for one in buckets)
            if wait > 1e-9:
                return wait
            self._forget(now)
            self._until.update({one.name: at[one.name] + one.every_s for one in buckets})
            return 0.0

    def give_back(self, buckets: Sequence[Bucket]) -> None:
        with self._lock:
            for one in buckets:
                if one.name in self._until:
                    self._until[one.name] -= one.every_s

    def remember(self, name: str, life_s: float) -> None:
        with self._lock:
            self._until[name] = time.monotonic() + life_s

    def knows(self, name: str) -> bool:
        return self._until.get(name, 0.0) > time.monotonic()

    def forget(self, part: str) -> None:
        with self._lock:
            self._until = {name: until for name, until in self._until.items() if part not in name}

    def _forget(self, now: float) -> None:
        """Strangers choose the names: what is over goes, and if all else fails the oldest."""
        if len(self._until) < _MOST_LOCAL:
            return
        self._until = {name: until for name, until in self._until.items() if until > now}
        while len(self._until) >= _MOST_LOCAL:
            self._until.pop(next(iter(self._until)))


class EitherCounts:
    """Redis; while it does not answer, this process, without asking Redis again at each call."""

    def __init__(self, url: str) -> None:
        self._shared, self._own = RedisCounts(url), LocalCounts()
        self._away_until = 0.0

    def take(self, buckets: Sequence[Bucket]) -> float:
        return float(self._ask("take", buckets))

    def give_back(self, buckets: Sequence[Bucket]) -> None:
        self._ask("give_back", buckets)

    def remember(self, name: str, life_s: float) -> None:
        self._ask("remember", name, life_s)

    def knows(self, name: str) -> bool:
        return bool(self._ask("knows", name))

    def forget(self, part: str) -> None:
        """In both; redis.RedisError while Redis is away, since nobody would forget it there later."""
        self._own.forget(part)
        self._shared.forget(part)

    def _ask(self, verb: str, *arguments: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return getattr(self._shared, verb)(*arguments)
            except (redis.RedisError, OSError) as error:
                self._away_until = time.monotonic() + _AWAY_S
                log.warning("login_counts_are_local", reason=str(error))
        return getattr(self._own, verb)(*arguments)


_made = lru_cache(maxsize=4)(EitherCounts)
_making = threading.Lock()
"""The cache alone would let threads that come at once have one each, and so more than a burst."""


def counts() -> Counts:
    with _making:
        return _made(settings.REDIS_URL)
