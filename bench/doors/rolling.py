"""Made-up events of a month, put into the database that is held, and rolled up: `python -m bench.doors.rolling COUNT`.

Says what it took, as one line of JSON on its standard output.
"""

import json
import sys
import time
from datetime import UTC, timedelta

from vitrine.config.environment import choose_settings

choose_settings()

import django  # noqa: E402  # the settings' name must stand before

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from vitrine.config import embedded  # noqa: E402
from vitrine.insight import days, rollup  # noqa: E402

_DAYS = 30
_A_VISIT = 4.6
"""Events of a visit, as _MAKE makes them."""

# Few products have most of the visits, as in any shop; and events come in as they happen.
_MAKE = """
WITH asked AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM (SELECT id FROM catalog_product LIMIT 500) AS few
),
visits AS MATERIALIZED (
    SELECT statement_timestamp() - random() * interval '29 days' AS at, gen_random_uuid() AS view,
           ids[1 + floor(500 * power(random(), 2))::int] AS product_id,
           (ARRAY['phone', 'phone', 'phone', 'desktop', 'desktop', 'tablet'])[1 + floor(6 * random())::int] AS device,
           (ARRAY['4g', '4g', '3g', ''])[1 + floor(4 * random())::int] AS network,
           (ARRAY['web', 'mobile'])[1 + floor(2 * random())::int] AS variant,
           exp(0.6 * (random() + random() + random() + random() - 2) * 1.7) AS slow, random() AS luck
    FROM asked, generate_series(1, %s)
)
INSERT INTO insight_event (at, product_id, view, kind, ms, took_ms, bytes, wire_bytes, count, what, state, variant,
                           cache, edge, device, network, version, save_data)
SELECT at, product_id, view, kind, (ms * slow)::int, (took * slow)::int, bytes, bytes, count, what, state, told.variant,
       told.cache, told.edge, device, network, 2, false
FROM visits CROSS JOIN LATERAL (VALUES
    (0.0, 'poster', 250, NULL, NULL, NULL, '', '', '', '', ''),
    (0.05, 'preview', 800, 300, 90000, NULL, '', '', 'preview', 'miss', 'hit'),
    (0.1, 'full', 2600, 1400, 1500000, NULL, '', '', visits.variant, 'miss', 'hit'),
    (0.3, 'interaction', NULL, NULL, NULL, 3, 'rotate', '', '', '', ''),
    (0.7, 'interaction', NULL, NULL, NULL, 2, 'zoom', '', '', '', ''),
    (0.9, 'ar', NULL, NULL, NULL, NULL, 'webxr', 'launched', '', '', ''),
    (0.92, 'ar', NULL, 3000, NULL, NULL, 'webxr', 'placed', '', '', ''),
    (0.92, 'ar', NULL, 40000, NULL, NULL, 'webxr', 'ended', '', '', ''),
    (0.98, 'error', NULL, NULL, NULL, NULL, 'network', '', '', '', '')
) AS told (from_luck, kind, ms, took, bytes, count, what, state, variant, cache, edge)
WHERE luck >= from_luck ORDER BY at
"""
_SIZES = """
SELECT sum(pg_total_relation_size(inhrelid)), (SELECT count(*) FROM insight_event),
       pg_total_relation_size('insight_measure'), (SELECT count(*) FROM insight_measure)
FROM pg_inherits WHERE inhparent = 'insight_event'::regclass
"""


def main(count: int) -> None:
    today = timezone.now().astimezone(UTC).date()
    for day in {today - timedelta(days=number) for number in range(_DAYS)} - set(days.there()):
        days.make(day)
    days.keep_ahead()
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [round(count / _A_VISIT)])
        made = cursor.rowcount
        started, rolled = time.perf_counter(), 0
        while some := rollup.roll_up():
            rolled += some
        took_s = time.perf_counter() - started
        assert rolled == made, f"{made:,} events were made and {rolled:,} rolled up"
        cursor.execute("VACUUM ANALYZE insight_event, insight_measure")
        cursor.execute(_SIZES)
        event_bytes, events, measure_bytes, measures = map(int, cursor.fetchone())
    told = {"rolled": rolled, "took_s": took_s, "events": events, "event_bytes": event_bytes}
    print(json.dumps(told | {"measures": measures, "measure_bytes": measure_bytes}), flush=True)
    connection.close()
    embedded.leave()


if __name__ == "__main__":
    main(int(sys.argv[1]))
