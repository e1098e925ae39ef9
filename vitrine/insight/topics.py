"""What one can ask for: each topic's measures as flat rows, one for each start, group and kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, TypeAlias

from vitrine.insight.buckets import QUANTILES
from vitrine.insight.measures import Asked, Found, measured

Row: TypeAlias = dict[str, Any]
LOADS = ("poster", "preview", "full", "file", "failed")
AR_KINDS = ("webxr", "scene-viewer", "quick-look")
STEPS = {
    "visits": "opened",
    "seen": "seen",
    "in_3d": "shown",
    "touched": "touched",
    "ar": "ar",
    "with_errors": "faulty",
}
_AR_TIMES = {"placed": "ar-placed", "session": "ar-ended", "away": "ar-returned"}
_AR_COUNTS = {
    "launched": "ar-launched",
    "started": "ar-started",
    "placed": "ar-placed",
    "sessions": "ar-ended",
    "returned": "ar-returned",
    "refused": "ar-refused",
    "failed": "ar-failed",
}


class Topic(StrEnum):
    LOADS = "loads"
    AR = "ar"
    ERRORS = "errors"
    CACHE = "cache"
    INTERACTIONS = "interactions"
    FUNNEL = "funnel"


def rows_of(topic: Topic, asked: Asked) -> list[Row]:
    """Flat rows, each with `start` (null for the whole period) and `group`; the fields that follow are the topic's."""
    names, told = _TOPICS[topic]
    found = measured(asked, names)
    return [
        {"start": start, "group": group, **row}
        for (start, group), some in groupby(found, key=_place)
        for row in told(list(some))
    ]


def summary(asked: Asked) -> dict[str, list[Row]]:
    """Every topic."""
    return {topic.value: rows_of(topic, asked) for topic in Topic}


def _place(found: Found) -> tuple[datetime | None, str]:
    return found.start, found.group


def _times(found: Found | None, name: str = "") -> Row:
    """`p50_ms` and the like, null where nothing had a time."""
    before = f"{name}_" if name else ""
    return {f"{before}{quantile}_ms": found.times[quantile] if found else None for quantile in QUANTILES}


def _loads(found: Sequence[Found]) -> Iterator[Row]:
    by_stage = {one.what: one for one in found if one.name == "load"}
    odd = {one.what: one.n for one in found if one.name == "odd"}
    for stage in LOADS:
        if one := by_stage.get(stage):
            yield {"stage": stage, "count": one.n, **_times(one), "odd": odd.get(stage, 0)}


def _ar(found: Sequence[Found]) -> Iterator[Row]:
    by_kind = {(one.name, one.what): one for one in found}
    for kind in AR_KINDS:
        counts = {field: _n(by_kind.get((name, kind))) for field, name in _AR_COUNTS.items()}
        if any(counts.values()):
            times = [_times(by_kind.get((name, kind)), field) for field, name in _AR_TIMES.items()]
            yield {"ar": kind, **counts, **{name: ms for one in times for name, ms in one.items()}}


def _errors(found: Sequence[Found]) -> Iterator[Row]:
    visits = _n(next((one for one in found if one.name == "visit" and one.what == "opened"), None))
    for one in found:
        if one.name == "error":
            yield {"error": one.what, "count": one.n, "per_visit": _ratio(one.n, visits)}


def _cache(found: Sequence[Found]) -> Iterator[Row]:
    n = {(one.name, one.what): one.n for one in found}
    wire = next((one for one in found if one.name == "wire"), None)
    row: Row = {}
    for place, name in {"browser": "cache", "edge": "edge"}.items():
        hits, misses = n.get((name, "hit"), 0), n.get((name, "miss"), 0)
        ratio = _ratio(hits, hits + misses)
        row |= {f"{place}_hits": hits, f"{place}_misses": misses, f"{place}_hit_ratio": ratio}
    row |= {"files": _n(wire), "wire_bytes": wire.total if wire else 0}
    hits, misses = n.get(("cdn", "hit"), 0), n.get(("cdn", "miss"), 0)
    sent = sum(one.total for one in found if one.name == "cdn")
    ratio = _ratio(hits, hits + misses)
    yield row | {"cdn_hits": hits, "cdn_misses": misses, "cdn_hit_ratio": ratio, "cdn_bytes": sent}


def _interactions(found: Sequence[Found]) -> Iterator[Row]:
    for one in found:
        yield {"action": one.what, "count": one.n}


def _funnel(found: Sequence[Found]) -> Iterator[Row]:
    n = {one.what: one.n for one in found}
    yield {field: n.get(step, 0) for field, step in STEPS.items()}


def _n(found: Found | None) -> int:
    return found.n if found else 0


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


_TOPICS: Mapping[Topic, tuple[Sequence[str], Callable[[Sequence[Found]], Iterator[Row]]]] = {
    Topic.LOADS: (("load", "odd"), _loads),
    Topic.AR: (tuple(dict.fromkeys(_AR_COUNTS.values())), _ar),
    Topic.ERRORS: (("error", "visit"), _errors),
    Topic.CACHE: (("cache", "edge", "wire", "cdn"), _cache),
    Topic.INTERACTIONS: (("touch",), _interactions),
    Topic.FUNNEL: (("visit",), _funnel),
}
COLUMNS: Mapping[Topic, Sequence[str]] = {
    Topic.LOADS: ("stage", "count", *(f"{one}_ms" for one in QUANTILES), "odd"),
    Topic.AR: (
        *("ar", *_AR_COUNTS),
        *(f"{name}_{one}_ms" for name in _AR_TIMES for one in QUANTILES),
    ),
    Topic.ERRORS: ("error", "count", "per_visit"),
    Topic.CACHE: (
        *(
            "browser_hits",
            "browser_misses",
            "browser_hit_ratio",
            "edge_hits",
            "edge_misses",
            "edge_hit_ratio",
        ),
        *("files", "wire_bytes", "cdn_hits", "cdn_misses", "cdn_hit_ratio", "cdn_bytes"),
    ),
    Topic.INTERACTIONS: ("action", "count"),
    Topic.FUNNEL: tuple(STEPS),
}
"""The fields of each topic's rows, in their order."""
