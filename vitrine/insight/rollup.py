"""What events add up to, by hour and day: added as they come in, so that they may be forgotten.

One transaction takes the next events along their number, adds them to `Measure` and moves the mark: whoever dies
halfway has done nothing, whoever comes second finds the mark moved. The names, and what `what` says of each:

- load: poster, preview, full, failed (since the element was put into the page), file (one file's way); with times
- wire: bytes of files on the wire, added up
- cache, edge: hit or miss, in the browser and at the CDN
- cdn: hit or miss by the CDN's logs, and its bytes (`cdn_logs.py`)
- error: its kind; touch: the action
- ar-launched, ar-placed and so on: which AR. Placed since the tap; ended with how long a session ran; returned with
  how long the shopper was away, which is not the time in AR
- visit: a page view with a product, once for each of opened, seen, shown (in 3D), touched, ar, faulty
- odd: a time that nobody can have meant, by its name: counted where it happened, left out of the times
"""

import time
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from vitrine.insight.buckets import BUCKET_SQL, LONGEST_AR_MS, LONGEST_LOAD_MS, NO_TIME, TOTAL
from vitrine.insight.models import ALL_PRODUCTS, Mark
from vitrine.insight.record import GATE

AT_ONCE = 20_000
_ROUND_S = 10.0
KEEP = {"hour": timedelta(days=35), "day": timedelta(days=762)}  # the second: 25 months
IN_AR = f"visit|ar||{NO_TIME}"
"""What `Measure.told` has where somebody asked for AR."""

_ROLL = f"""
WITH taken AS MATERIALIZED (SELECT * FROM insight_event WHERE id > %(after)s AND id <= %(upto)s),
steps AS (
    SELECT DISTINCT ON (view, product_id, step) view, product_id, step, at, device, network
    FROM taken CROSS JOIN LATERAL (VALUES
        ('opened', true),
        ('seen', kind IN ('poster', 'preview', 'full')),
        ('shown', kind IN ('preview', 'full')),
        ('touched', kind = 'interaction'),
        ('ar', kind = 'ar' AND state = 'launched'),
        ('faulty', kind IN ('error', 'failed'))
    ) AS came (step, so) WHERE so
    ORDER BY view, product_id, step, at, id
),
fresh AS (
    INSERT INTO insight_visit (view, product_id, step, at) SELECT view, product_id, step, at FROM steps
    ON CONFLICT DO NOTHING RETURNING view, product_id, step
),
told AS (
    SELECT product_id, at, device, network, t.variant, t.name, t.what, t.n, t.total, t.ms
    FROM taken CROSS JOIN LATERAL (VALUES
        (kind IN ('poster', 'preview', 'full', 'failed'), 'load', kind, variant, 1, 0, ms),
        (kind IN ('preview', 'full') AND took_ms IS NOT NULL, 'load', 'file', variant, 1, 0, took_ms),
        (wire_bytes IS NOT NULL, 'wire', '', variant, 1, wire_bytes, NULL),
        (cache <> '', 'cache', cache, variant, 1, 0, NULL),
        (edge <> '', 'edge', edge, variant, 1, 0, NULL),
        (kind = 'error', 'error', what, '', 1, 0, NULL),
        (kind = 'interaction', 'touch', what, '', coalesce(count, 1), 0, NULL),
        (kind = 'ar', 'ar-' || state, what, '', 1, 0,
         CASE WHEN state IN ('placed', 'ended', 'returned') THEN took_ms END)
    ) AS t (so, name, what, variant, n, total, ms) WHERE so
    UNION ALL
    SELECT product_id, at, device, network, '', 'visit', step, 1, 0, NULL
    FROM fresh JOIN steps USING (view, product_id, step)
),
timed AS (
    SELECT *, coalesce(ms > CASE name WHEN 'load' THEN {LONGEST_LOAD_MS} ELSE {LONGEST_AR_MS} END, false) AS odd
    FROM told
),
counted AS (
    SELECT product_id, at, device, network, name, what, variant, n,
           CASE WHEN ms IS NULL OR odd THEN {NO_TIME} ELSE {BUCKET_SQL.format(ms="ms")} END AS bucket FROM timed
    UNION ALL
    SELECT product_id, at, device, network, name, what, variant, total, {TOTAL} FROM timed WHERE total > 0
    UNION ALL
    SELECT product_id, at, device, network, 'odd', CASE name WHEN 'load' THEN what ELSE name END, variant, n, {NO_TIME}
    FROM timed WHERE odd
),
summed AS (
    SELECT of_product, span, CASE WHEN name IN ('load', 'odd') THEN 'load' ELSE 'more' END AS family,
           date_trunc(span, at, 'UTC') AS start, device, network,
           concat_ws('|', name, what, variant, bucket) AS entry, sum(n) AS n
    FROM counted CROSS JOIN (VALUES ('hour'), ('day')) AS spans (span)
    CROSS JOIN LATERAL (VALUES (product_id), ('{ALL_PRODUCTS}'::uuid)) AS ofs (of_product)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
INSERT INTO insight_measure (product_id, span, family, start, device, network, visits, told)
SELECT of_product, span, family, start, device, network,
       coalesce(sum(n) FILTER (WHERE entry = 'visit|opened||{NO_TIME}'), 0), jsonb_object_agg(entry, n)
FROM summed GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (product_id, span, family, start, device, network) DO UPDATE
SET visits = insight_measure.visits + excluded.visits, told = insight_sum(insight_measure.told, excluded.told)
"""  # noqa: S608  # numbers of ours

_NEXT = """
SELECT count(*), max(id)
FROM (SELECT id FROM insight_event WHERE id > %s AND id <= %s ORDER BY id LIMIT %s) AS following
"""
_FIRST = """
SELECT at FROM insight_event WHERE id > (SELECT coalesce(max(upto), 0) FROM insight_mark) ORDER BY id LIMIT 1
"""


def roll_up() -> int:
    """Add up what came in since the last time, AT_ONCE events a transaction. How many: what takes longer than a round
    may goes on with the next one, so that the worker's other rounds have their turn."""
    last, done, until = _last_number(), 0, time.monotonic() + _ROUND_S
    if last is not None:
        while some := _roll_some(last):
            done += some
            if time.monotonic() > until:
                break
    return done


def lag_s() -> float:
    """How long ago the first event happened that is not added up yet; 0 when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST)
        found = cursor.fetchone()
    return max(0.0, (timezone.now() - found[0]).total_seconds()) if found else 0.0


def _roll_some(last: int) -> int:
    """0 when there is nothing left up to `last`, or another is at it."""
    with transaction.atomic():
        Mark.objects.bulk_create([Mark()], ignore_conflicts=True)
        mark = Mark.objects.select_for_update(skip_locked=True).first()
        if mark is None or mark.upto >= last:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [mark.upto, last, AT_ONCE])
            count, upto = cursor.fetchone()
            if count:
                cursor.execute(_ROLL, {"after": mark.upto, "upto": upto})
        mark.upto, mark.at = upto or last, timezone.now()
        mark.save()
        return int(count)


def _last_number() -> int | None:
    """The highest number up to which no event can come any more; None when those who put some in do not let us look.

    Whoever puts events in holds the gate until they are there, and draws their numbers behind it.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")
            cursor.execute("SELECT last_value, is_called FROM insight_event_number")
            number, drawn = cursor.fetchone()
            return int(number) if drawn else 0
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return None
