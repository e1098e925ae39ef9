"""As much of Prometheus as our rules need, so that `deploy/prometheus/alerts_test.yml` is tried without its own tool.

Reads promtool's own file, and evaluates rules as Prometheus does: a counter's increase is carried on to the ends of its
range, what begins with a value has not increased, an alert fires once it has held for as long as it says.
"""

import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

from tests.config.promql import Selector, selectors, tokens

Labels: TypeAlias = frozenset[tuple[str, str]]
Vector: TypeAlias = dict[Labels, float]
Value: TypeAlias = Vector | float
Expression: TypeAlias = Callable[["Samples", float], Value]

_NAME = "__name__"
_LOOK_BACK_S = 300
_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}
_SUMS: Mapping[str, Callable[[float, float], float]] = {
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else math.nan,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
}
_RANKS = (("or",), ("and",), tuple(_COMPARISONS), ("+", "-"), ("*", "/"))


def seconds_of(text: str) -> int:
    """`90m` or `1h30m`."""
    return sum(int(number) * _UNITS_S[unit] for number, unit in re.findall(r"(\d+)([smhd])", text))


class Samples:
    """Each series with its values, a moment in seconds each."""

    def __init__(self) -> None:
        self._series: dict[str, dict[Labels, list[tuple[float, float]]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def add(self, labels: Labels, at: float, value: float) -> None:
        self._series[dict(labels)[_NAME]][labels].append((at, value))

    def within(
        self, one: Selector, since: float, until: float
    ) -> Iterator[tuple[Labels, list[tuple[float, float]]]]:
        for labels, samples in self._series[one.metric].items():
            first, end = (bisect_right(samples, (at, math.inf)) for at in (since, until))
            if first < end and one.takes(dict(labels)):
                yield labels, samples[first:end]

    def at(self, one: Selector, now: float) -> Vector:
        return {labels: found[-1][1] for labels, found in self.within(one, now - _LOOK_BACK_S, now)}


# --- Expressions -----------------------------------------------------------------------------------------------------


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._at = 0

    def whole(self) -> Expression:
        made = self._binary(0)
        if self._at < len(self._tokens):
            raise ValueError(f"{self._tokens[self._at][1]} comes unexpected")
        return made

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, text: str) -> None:
        if (found := self._next()[1]) != text:
            raise ValueError(f"{found} where {text} should stand")

    def _binary(self, rank: int) -> Expression:
        if rank == len(_RANKS):
            return self._one()
        left = self._binary(rank + 1)
        while self._peek() in _RANKS[rank]:
            left = _joined(self._next()[1], left, self._binary(rank + 1))
        return left

    def _one(self) -> Expression:
        kind, text = self._next()
        if text == "(":
            inner = self._binary(0)
            self._expect(")")
            return inner
        if kind == "number":
            return lambda _samples, _now: float(text)
        if text == "sum":
            return self._sum()
        if text in {"rate", "increase"}:
            return self._growth(per_second=text == "rate")
        if text == "histogram_quantile":
            self._expect("(")
            share = float(self._next()[1])
            self._expect(",")
            inner = self._binary(0)
            self._expect(")")
            return lambda samples, now: _quantile(share, _vector(inner(samples, now)))
        one = self._selector(text)
        return lambda samples, now: samples.at(one, now)

    def _selector(self, name: str) -> Selector:
        words = [name]
        if self._peek() == "{":
            while words[-1] != "}":
                words.append(self._next()[1])
        (found,) = selectors("".join(words))
        return found

    def _sum(self) -> Expression:
        by: list[str] = []
        if self._peek() == "by":
            self._next()
            self._expect("(")
            while (word := self._next()[1]) != ")":
                by += [word] if word != "," else []
        self._expect("(")
        inner = self._binary(0)
        self._expect(")")

        def summed(samples: Samples, now: float) -> Vector:
            added: Vector = defaultdict(float)
            for labels, value in _vector(inner(samples, now)).items():
                added[frozenset(pair for pair in labels if pair[0] in by)] += value
            return dict(added)

        return summed

    def _growth(self, *, per_second: bool) -> Expression:
        self._expect("(")
        one, range_s = self._selector(self._next()[1]), seconds_of(self._next()[1])
        self._expect(")")

        def grown(samples: Samples, now: float) -> Vector:
            found = {
                _nameless(labels): _increase(some, now - range_s, now)
                for labels, some in samples.within(one, now - range_s, now)
                if len(some) > 1
            }
            return {labels: by / range_s if per_second else by for labels, by in found.items()}

        return grown


def _increase(samples: Sequence[tuple[float, float]], since: float, until: float) -> float:
    """Carried on to both ends of the range, where they are no further off than a sample would be."""
    values = [value for _, value in samples]
    anew = sum(before for before, after in pairwise(values) if after < before)
    by = values[-1] - values[0] + anew
    first, last = samples[0][0], samples[-1][0]
    between = (last - first) / (len(samples) - 1)
    before, after = first - since, until - last
    if by > 0 and values[0] >= 0:
        before = min(before, (last - first) * values[0] / by)  # a counter never was below nothing
    reach = last - first
    reach += before if before < between * 1.1 else between / 2
    reach += after if after < between * 1.1 else between / 2
    return by * reach / (last - first)


def _joined(sign: str, left: Expression, right: Expression) -> Expression:
    def joined(samples: Samples, now: float) -> Value:
        return _join(sign, left(samples, now), right(samples, now))

    return joined


def _join(sign: str, a: Value, b: Value) -> Value:
    if sign == "or":
        there = {_nameless(labels) for labels in _vector(a)}
        return _vector(a) | {labels: v for labels, v in _vector(b).items() if _nameless(labels) not in there}
    if sign == "and":
        also = {_nameless(labels) for labels in _vector(b)}
        return {labels: v for labels, v in _vector(a).items() if _nameless(labels) in also}
    if isinstance(a, float) and isinstance(b, float):
        return _SUMS[sign](a, b)
    pairs = list(_pairs(a, b))
    if sign in _COMPARISONS:
        return {labels: value for labels, value, other in pairs if _COMPARISONS[sign](value, other)}
    return {_nameless(labels): _SUMS[sign](value, other) for labels, value, other in pairs}


def _pairs(a: Value, b: Value) -> Iterator[tuple[Labels, float, float]]:
    if isinstance(a, float):
        yield from ((labels, a, value) for labels, value in _vector(b).items())
    elif isinstance(b, float):
        yield from ((labels, value, b) for labels, value in a.items())
    else:
        others = {_nameless(labels): value for labels, value in b.items()}
        yield from (
            (labels, value, others[_nameless(labels)])
            for labels, value in a.items()
            if _nameless(labels) in others
        )


def _quantile(share: float, buckets: Vector) -> Vector:
    grouped: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
    for labels, count in buckets.items():
        rest = frozenset(pair for pair in labels if pair[0] not in {"le", _NAME})
        grouped[rest].append((float(dict(labels)["le"].replace("+Inf", "inf")), count))
    return {labels: _read_off(share, sorted(some)) for labels, some in grouped.items()}


def _read_off(share: float, buckets: Sequence[tuple[float, float]]) -> float:
    wanted, low, below = share * buckets[-1][1], 0.0, 0.0
    if not buckets[-1][1]:
        return math.nan
    for bound, count in buckets:
        if count >= wanted:
            return low if math.isinf(bound) else low + (bound - low) * (wanted - below) / (count - below)
        low, below = bound, count
    return low


def _vector(value: Value) -> Vector:
    if isinstance(value, float):
        raise TypeError("a number where series should stand")
    return value


def _nameless(labels: Labels) -> Labels:
    return frozenset(pair for pair in labels if pair[0] != _NAME)


# --- Rules and their tests -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fired:
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(slots=True)
class _Alert:
    rule: Mapping[str, Any]
    active_since: dict[Labels, float] = field(default_factory=dict)
    firing: list[Fired] = field(default_factory=list)

    def look(self, found: Vector, now: float) -> None:
        self.active_since = {one: self.active_since.get(one, now) for one in found}
        for_s = seconds_of(self.rule.get("for", "0s"))
        self.firing = [
            self._fired(dict(labels), value)
            for labels, value in found.items()
            if now - self.active_since[labels] >= for_s
        ]

    def _fired(self, labels: dict[str, str], value: float) -> Fired:
        told = {
            name: re.sub(r"\{\{ (.*?) \}\}", lambda one: _templated(one[1], labels, value), text)
            for name, text in self.rule["annotations"].items()
        }
        return Fired(labels | self.rule["labels"], told)


def fired_at(
    rules: Sequence[Mapping[str, Any]], test: Mapping[str, Any]
) -> Iterator[tuple[str, int, list[Fired]]]:
    """What each `alert_rule_test` of one of promtool's tests really fires: alert, moment in seconds, what."""
    step, samples = seconds_of(test["interval"]), Samples()
    for one in test["input_series"]:
        for number, value in enumerate(_values(str(one["values"]))):
            if value is not None:
                samples.add(_labels(one["series"]), number * step, value)
    asked = {(one["alertname"], seconds_of(one["eval_time"])) for one in test["alert_rule_test"]}
    parsed = [(rule, _Parser(rule["expr"]).whole()) for rule in rules]
    alerts = {rule["alert"]: _Alert(rule) for rule in rules if "alert" in rule}
    for now in range(0, max(moment for _, moment in asked) + 1, 60):
        for rule, expression in parsed:
            found = _vector(expression(samples, now))
            if "record" in rule:
                for labels, value in found.items():
                    samples.add(_nameless(labels) | {(_NAME, rule["record"])}, now, value)
            else:
                alerts[rule["alert"]].look({_nameless(labels): value for labels, value in found.items()}, now)
        for name, alert in alerts.items():
            if (name, now) in asked:
                yield name, now, alert.firing


def _values(text: str) -> Iterator[float | None]:
    """promtool's words: `3` once, `3x2` three times, `1+2x3` 1 3 5 7, `_` no sample."""
    for word in text.split():
        found = re.fullmatch(r"(_|[\d.]+(?:e\d+)?)([+-][\d.]+)?(?:x(\d+))?", word)
        if found is None:
            raise ValueError(f"{word!r} is no series of values")
        start, grows, times = found.groups()
        if start == "_":
            yield from [None] * int(times or 1)
        else:
            yield from (float(start) + number * float(grows or 0) for number in range(int(times or 0) + 1))


def _labels(series: str) -> Labels:
    (one,) = selectors(series)
    return frozenset({(_NAME, one.metric), *((label, value) for label, (_, value) in one.matchers.items())})


def _templated(said: str, labels: Mapping[str, str], value: float) -> str:
    if said.startswith("$labels."):
        return labels.get(said.removeprefix("$labels."), "")
    return {
        "$value | humanizePercentage": f"{value * 100:.4g}%",
        "$value | humanizeDuration": _duration(value),
    }[said]


def _duration(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.4g}ms"
    minutes, seconds = divmod(int(value), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s")]
    while len(parts) > 1 and not parts[0][0]:
        del parts[0]
    return " ".join(f"{number}{unit}" for number, unit in parts) if len(parts) > 1 else f"{value:.4g}s"
