"""From each process into one hash in Redis, some seconds' worth at a time: so one answer tells of all processes, those
of other machines too, and nothing is left behind by those that die.

A batch carries a name of its own and is added once, however often it is sent. While Redis is away numbers wait here.
"""

import atexit
import json
import os
import secrets
import threading
from functools import cache

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from vitrine.metrics.kinds import Cell, take
from vitrine.metrics.table import METRICS

log = structlog.get_logger()

EVERY_S = 2.0
_PATIENCE_S = 1.0
_KEPT_S = 30 * 86_400  # of an installation that stands still
_KNOWN_S = 600  # how long a batch that may have come is known by its name
_NUMBERS = "vitrine:metrics"
_ADD = f"""
if redis.call('SET', KEYS[2], '', 'NX', 'EX', {_KNOWN_S}) then
  for i = 1, #ARGV, 2 do redis.call('HINCRBYFLOAT', KEYS[1], ARGV[i], ARGV[i + 1]) end
  redis.call('EXPIRE', KEYS[1], {_KEPT_S})
end
"""


class Sender:
    """Takes away what was counted, and holds it until Redis has it."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """For a forked child: what waits is its parent's to send, and a thread that it lacks may hold the lock."""
        self._lock = threading.Lock()
        self._name = ""
        self._batch: dict[Cell, float] = {}

    def send(self) -> bool:
        """Whether everything that was counted before has come. Never raises for what Redis does."""
        with self._lock:
            if not self._sent():  # what waits has its name already
                return False
            self._name, self._batch = secrets.token_hex(8), take(METRICS)
            return self._sent()

    def _sent(self) -> bool:
        if not self._batch:
            return True
        told = [word for cell, amount in self._batch.items() for word in (_field(cell), repr(float(amount)))]
        try:
            _redis(settings.REDIS_URL).eval(_ADD, 2, _NUMBERS, f"{_NUMBERS}:{self._name}", *told)
        except redis.RedisError as error:
            log.debug("metrics_wait", reason=str(error))
            return False
        self._batch = {}
        return True


SENDER = Sender()
os.register_at_fork(after_in_child=SENDER.begin_anew)


def begin() -> None:
    """Send from a thread of this process, and once more when it ends. Call it after forking."""

    def run() -> None:
        while True:
            pause.wait(EVERY_S)
            SENDER.send()

    pause = threading.Event()
    threading.Thread(target=run, name="metrics", daemon=True).start()
    atexit.register(SENDER.send)


def added_up() -> dict[Cell, float]:
    """What all processes have sent. redis.RedisError while Redis is away."""
    kept = _redis(settings.REDIS_URL).hgetall(_NUMBERS)
    return {_cell(field): float(amount) for field, amount in kept.items()}


@cache
def _redis(url: str) -> redis.Redis:
    patience = {"socket_timeout": _PATIENCE_S, "socket_connect_timeout": _PATIENCE_S}
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)


def _field(cell: Cell) -> str:
    return json.dumps([cell.name, cell.part, *cell.labels], separators=(",", ":"))


def _cell(field: bytes | str) -> Cell:
    name, part, *labels = json.loads(field)
    return Cell(name, part, tuple(labels))
