"""CloudFront's standard logs: what it had of the models' files, each log counted once.

Of a line only its hour, its product, its bytes and its result are read; who asked, and with what, never.
"""

import gzip
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from vitrine.errors import InvalidRequest
from vitrine.insight.buckets import NO_TIME, TOTAL
from vitrine.insight.models import ALL_PRODUCTS, TakenLog

_NEEDED = ("date", "time", "sc-bytes", "cs-uri-stem", "x-edge-result-type")
_RESULTS = {"Hit": "hit", "RefreshHit": "hit", "OriginShieldHit": "hit", "Miss": "miss"}
_PRODUCT = re.compile(r"/models/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


@dataclass(frozen=True, slots=True)
class Counted:
    """Requests for models' files; `others` were for something else, or ended in neither."""

    hits: int
    misses: int
    others: int


@dataclass(frozen=True, slots=True)
class _Line:
    hour: datetime
    product_id: UUID
    result: str
    sent_bytes: int


def take_log(path: Path) -> Counted | None:
    """Adds it to the measures; None when the same log was taken before. InvalidRequest where it is no such log."""
    content = path.read_bytes()
    text = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    counts: Counter[tuple[datetime, UUID, str]] = Counter()
    sent: Counter[tuple[datetime, UUID, str]] = Counter()
    others = 0
    for line in _lines(io.StringIO(text.decode("utf-8", "replace")), path.name):
        if line is None:
            others += 1
            continue
        for product_id in (line.product_id, ALL_PRODUCTS):
            counts[line.hour, product_id, line.result] += 1
            sent[line.hour, product_id, line.result] += line.sent_bytes
    with transaction.atomic():
        digest = hashlib.sha256(text).hexdigest()
        if not TakenLog.objects.get_or_create(digest=digest)[1]:
            return None
        _add(counts, sent)
    whole = Counter(dict.fromkeys(_RESULTS.values(), 0))
    for (_hour, product_id, result), count in counts.items():
        whole[result] += count if product_id == ALL_PRODUCTS else 0
    return Counted(whole["hit"], whole["miss"], others)


def _lines(text: io.StringIO, name: str) -> Iterator[_Line | None]:
    """None for what is no model's file, or neither hit nor miss."""
    fields: Sequence[str] = ()
    for number, line in enumerate(text, 1):
        if line.startswith("#Fields:"):
            fields = line.removeprefix("#Fields:").split()
        elif line.strip() and not line.startswith("#"):
            said = dict(zip(fields, line.rstrip("\n").split("\t"), strict=False))
            if missing := [one for one in _NEEDED if one not in said]:
                raise InvalidRequest(
                    f"{name}, line {number}: this is no standard log of CloudFront; "
                    f"it does not say {', '.join(missing)}."
                )
            yield _read(said, f"{name}, line {number}")


def _read(said: dict[str, str], where: str) -> _Line | None:
    found, result = _PRODUCT.search(said["cs-uri-stem"]), _RESULTS.get(said["x-edge-result-type"])
    if found is None or result is None:
        return None
    try:
        hour = datetime.strptime(f"{said['date']} {said['time'][:2]}", "%Y-%m-%d %H").replace(tzinfo=UTC)
        return _Line(hour, UUID(found[1]), result, int(said["sc-bytes"]))
    except ValueError as error:
        raise InvalidRequest(f"{where}: {error}.") from error


_ADD = """
INSERT INTO insight_measure (product_id, span, family, start, device, network, visits, told)
VALUES (%s, %s, 'more', date_trunc(%s, %s, 'UTC'), '', '', 0, %s)
ON CONFLICT (product_id, span, family, start, device, network)
DO UPDATE SET told = insight_sum(insight_measure.told, excluded.told)
"""


def _add(counts: Counter[tuple[datetime, UUID, str]], sent: Counter[tuple[datetime, UUID, str]]) -> None:
    """In the order in which `rollup.py` goes, so that neither waits for the other in a circle."""
    with connection.cursor() as cursor:
        for hour, product_id, result in sorted(counts, key=lambda key: (key[1], key[0], key[2])):
            key = (hour, product_id, result)
            told = {f"cdn|{result}||{NO_TIME}": counts[key], f"cdn|{result}||{TOTAL}": sent[key]}
            for span in ("day", "hour"):
                cursor.execute(_ADD, [product_id, span, span, hour, json.dumps(told)])
