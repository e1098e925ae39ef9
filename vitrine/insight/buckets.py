"""Times as buckets that grow by a ratio: counted so, any hours, products and devices add up to true percentiles.

A bucket `i` holds the times over GAMMA**(i-1) and up to GAMMA**i milliseconds, and `value_of` is off by at most ERROR
of any of them (the mapping of DDSketch, Masson, Rim and Lee 2019). Told as whole milliseconds under 50, where a bucket
holds no two, and to a tenth above, a percentile is within 1 % of the exact one.
"""

import math

ERROR = 0.009
GAMMA = (1 + ERROR) / (1 - ERROR)
NO_TIME, TOTAL = -1, -2
"""In place of a bucket: of what has no time, and of a sum of bytes."""
_WHOLE_MS = 50
LONGEST_LOAD_MS = 10 * 60_000
LONGEST_AR_MS = 4 * 3_600_000
"""Longer than that nobody can have meant: such a time is counted, and left out of the percentiles."""
QUANTILES = {"p50": 0.5, "p75": 0.75, "p95": 0.95}

BUCKET_SQL = f"ceil(ln(greatest({{ms}}, 1)::float8) / {math.log(GAMMA)!r})::smallint"
"""The bucket of a column of milliseconds; a time of nothing counts as one millisecond."""


def bucket_of(ms: int) -> int:
    return math.ceil(math.log(max(ms, 1)) / math.log(GAMMA))


def value_of(bucket: int) -> float:
    """Milliseconds."""
    value = 2 * GAMMA**bucket / (GAMMA + 1)
    return float(round(value)) if value < _WHOLE_MS else round(value, 1)
