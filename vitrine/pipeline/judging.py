"""How one model does in each channel: the rules of `channels.py` held against what was measured."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from vitrine.pipeline.channels import AMAZON, CHANNELS, TERMS, TRUE_TO_SIZE, Channel, Level, Rule
from vitrine.pipeline.measure import Measured
from vitrine.pipeline.scale import Match, Scale
from vitrine.pipeline.work import Kind


class Verdict(StrEnum):
    """`fixed`: the original fails, the file that we would hand to the channel passes."""

    PASS = "pass"  # noqa: S105  # a verdict, no password
    FIXED = "fixed"
    FAIL = "fail"


def judge(original: Measured, ours: Mapping[Kind, Measured]) -> list[dict[str, Any]]:
    """Every channel's verdict as the report keeps it; `file` is what to hand over: "original" or a kind of ours."""
    return [_judged(channel, original, ours.get(channel.kind)) for channel in CHANNELS]


def with_true_scale(channels: Iterable[Mapping[str, Any]], scale: Scale) -> list[dict[str, Any]]:
    """Amazon asks for the true size. It depends on what is claimed, which can change: so it is judged on reading."""
    return [
        _told(channel, [*channel["rules"], _true_size(scale, channel)])
        if channel["channel"] in TRUE_TO_SIZE
        else {**channel}
        for channel in channels
    ]


def _judged(channel: Channel, original: Measured, ours: Measured | None) -> dict[str, Any]:
    named = {"channel": channel.key, "title": channel.title, "judged_on": str(channel.kind)}
    return _told(named, [_finding(rule, original, ours) for rule in channel.rules])


def _finding(rule: Rule, original: Measured, ours: Measured | None) -> dict[str, Any]:
    term = TERMS[rule.name]
    return {
        "name": rule.name,
        "words": term.words,
        "level": str(rule.level),
        "compare": str(rule.compare),
        "limit": list(rule.limit) if isinstance(rule.limit, tuple) else rule.limit,
        "unit": term.unit,
        "original": _compared(rule, original),
        "ours": None if ours is None else _compared(rule, ours),
        "source": {"title": rule.source.title, "url": rule.source.url},
        "date": rule.source.date,
        "advice": term.advice,
    }


def _compared(rule: Rule, measured: Measured) -> dict[str, Any]:
    found = getattr(measured, rule.name)
    return {"found": str(found) if rule.name == "format" else found, "ok": rule.holds(found)}


def _told(named: Mapping[str, Any], rules: list[dict[str, Any]]) -> dict[str, Any]:
    """The original is handed over only where ours fails: it was not made for the channel."""
    original, ours = _passes(rules, "original"), _passes(rules, "ours")
    verdict = Verdict.PASS if original else Verdict.FIXED if ours else Verdict.FAIL
    file = named["judged_on"] if ours else "original" if original else None
    return {**named, "verdict": str(verdict), "file": file, "rules": rules}


def _passes(rules: Iterable[Mapping[str, Any]], whose: str) -> bool:
    limits = [rule[whose] for rule in rules if rule["level"] == Level.LIMIT]
    return all(one is not None and one["ok"] is not False for one in limits)


def _true_size(scale: Scale, channel: Mapping[str, Any]) -> dict[str, Any]:
    ok = None if scale.match is Match.UNKNOWN else scale.match is Match.MATCHES
    compared = {"found": scale.measured_m, "ok": ok}
    return {
        "name": "true_size",
        "words": "size beside metadata.dimensions_m",
        "level": str(Level.LIMIT),
        "compare": "within",
        "limit": scale.claimed_m,
        "unit": "m",
        "original": compared,
        "ours": None if any(rule["ours"] is None for rule in channel["rules"]) else compared,
        "source": {"title": AMAZON.title, "url": AMAZON.url},
        "date": AMAZON.date,
        "advice": scale.detail,
    }
