"""Seeds rows whose time is up and sweeps them while a second connection writes: `python -m bench.sweeping COUNT`.

Says what it measured as one line of JSON. Half of the rows are events, half are announcements that were heard.
"""

import json
import statistics
import sys
import threading
import time
from dataclasses import asdict

from vitrine.config.environment import choose_settings

choose_settings()

import django  # noqa: E402  # the settings' name must stand before

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import OperationalError, connection  # noqa: E402

from bench.retention import LOCK_MS, Swept  # noqa: E402
from vitrine.insight import days  # noqa: E402
from vitrine.insight.models import Mark  # noqa: E402
from vitrine.privacy import retention  # noqa: E402

_AT_ONCE = 250_000
_EVENTS = """
    INSERT INTO insight_event
        (at, product_id, view, save_data, kind, what, state, variant, cache, edge, device, network)
    SELECT now() - interval '60 days' - number %% 10 * interval '1 day', gen_random_uuid(), gen_random_uuid(),
        false, 'full', '', '', 'web', 'miss', '', 'phone', '4g'
    FROM generate_series(%s::bigint, %s::bigint) AS number
"""
_ANNOUNCEMENTS = """
    INSERT INTO catalog_announcement (id, topic, product_id, told, at, heard_at)
    SELECT gen_random_uuid(), 'product.updated', gen_random_uuid(), '{"changed": ["name"]}',
        now() - interval '60 days' + number * interval '1 millisecond', now() - interval '60 days'
    FROM generate_series(%s::bigint, %s::bigint) AS number
"""
_NEW = """
    INSERT INTO catalog_announcement (id, topic, product_id, told, at)
    VALUES (gen_random_uuid(), 'product.updated', gen_random_uuid(), '{}', now())
"""
_GOING = """
    UPDATE catalog_announcement SET heard_at = heard_at WHERE id IN (
        SELECT id FROM catalog_announcement WHERE heard_at IS NOT NULL ORDER BY at OFFSET %s LIMIT 1
    )
"""
_TOLD = """
    INSERT INTO insight_event
        (at, product_id, view, save_data, kind, what, state, variant, cache, edge, device, network)
    VALUES (now(), gen_random_uuid(), gen_random_uuid(), false, 'full', '', '', 'web', 'miss', '', 'phone', '4g')
"""
_LATEST = "SELECT count(*) FROM (SELECT FROM insight_event ORDER BY id DESC LIMIT 50) AS newest"
_READ = "SELECT count(*) FROM (SELECT FROM catalog_announcement ORDER BY at DESC LIMIT 50) AS newest"


def main(count: int) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    for statement in (_EVENTS, _ANNOUNCEMENTS):
        _seed(statement, count // 2)
    while days.keep_ahead():
        pass  # what came before its day had a table
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")  # or it would be measured how it is cleaned up after the filling
    Mark.objects.update_or_create(pk=1, defaults={"upto": 2**60})  # as if all of it were added up
    other = Other()
    other.start()
    began = time.perf_counter()
    taken = retention.sweep()
    seconds = time.perf_counter() - began
    other.ended.set()
    other.join()
    swept = Swept(
        rows=sum(taken.values()),
        seconds=seconds,
        waits=other.waits,
        statements=len(other.took_ms),
        p99_ms=statistics.quantiles(other.took_ms, n=100)[98],
        slowest_ms=max(other.took_ms),
    )
    print(json.dumps(asdict(swept)), flush=True)


class Other(threading.Thread):
    """Somebody else who uses the same tables all the while."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = threading.Event()
        self.took_ms: list[float] = []
        self.waits = 0

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_MS}ms'")
        number = 0
        while not self.ended.is_set():
            number += 1
            for statement in (_NEW, _READ, _TOLD, _LATEST):
                self._do(statement, [])
            self._do(_GOING, [number * 37 % 4_000])
        connection.close()

    def _do(self, statement: str, values: list[int]) -> None:
        began = time.perf_counter()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
        except OperationalError:
            self.waits += 1
        self.took_ms.append((time.perf_counter() - began) * 1000)


def _seed(statement: str, count: int) -> None:
    for first in range(1, count + 1, _AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(statement, [first, min(first + _AT_ONCE - 1, count)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"  {count:,} rows", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
