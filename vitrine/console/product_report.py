"""A version's report in plain words: what was done, what it saves, what an iPhone leaves out, who accepts it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrine.catalog.files import url_to_read
from vitrine.catalog.models import AssetVersion, Variant
from vitrine.console.sizes import size_words
from vitrine.pipeline.work import Kind
from vitrine.wording import worded

MBIT_S = 9
"""A phone on a usual 4G network; the same that our own measurements are throttled to."""
_BAR = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How long a file takes to a phone at MBIT_S. `bar` is its part of the largest, of 200."""

    words: str
    bytes: int
    seconds: str
    bar: float
    ssim: float | None
    passed: bool
    url: str

    @property
    def size(self) -> str:
        return size_words(self.bytes)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a channel says no, or would like it better: what was found, what it asks for, and the cure."""

    found: str
    cure: str
    source: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a channel says. `file` is what to hand over, empty when there is nothing."""

    title: str
    verdict: str
    file: str
    url: str
    reasons: Sequence[Reason]
    wishes: Sequence[Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`saved` and `faster` compare what a phone loads with the upload; empty where nothing was made."""

    loads: Sequence[Load]
    saved: str
    faster: str
    done: Sequence[str]
    notices: Sequence[str]
    has_ios: bool
    dropped: Sequence[str]
    imitated: Sequence[str]
    channels: Sequence[Judged]
    scale: str
    scale_fits: bool
    mbit_s: int = MBIT_S

    @classmethod
    def of(cls, version: AssetVersion, report: Mapping[str, Any]) -> Self:
        variants = {one.kind: one for one in version.variants.all()}
        notices = report.get("notices", [])
        phone = variants.get(Kind.MOBILE) or variants.get(Kind.WEB)
        source = version.source.size
        smaller = phone is not None and phone.size < source
        scale = report.get("scale", {})
        return cls(
            loads=loads_of(version, variants),
            saved=size_words(source - phone.size) if phone and smaller else "",
            faster=_seconds(source - phone.size) if phone and smaller else "",
            done=list(_done(report, variants)),
            notices=[worded(one["detail"]) for one in notices if not one["code"].startswith("usdz-")],
            has_ios=Kind.IOS in variants,
            dropped=_told(notices, "usdz-dropped"),
            imitated=_told(notices, "usdz-emulated"),
            channels=[_judged(one, version, variants) for one in report.get("channels", [])],
            scale=worded(scale.get("detail", "")) if scale.get("claimed_m") else "",
            scale_fits=scale.get("match") == "matches",
        )

    @property
    def accepted(self) -> int:
        return sum(one.verdict != "fail" for one in self.channels)


def loads_of(version: AssetVersion, variants: Mapping[str, Variant]) -> list[Load]:
    """The upload first, then what was made of it."""
    words = {
        Kind.PREVIEW: _("First look, before anything else"),
        Kind.MOBILE: _("Full model on a phone"),
        Kind.WEB: _("Full model on a desktop"),
        Kind.ANDROID: _("AR on Android"),
        Kind.IOS: _("AR on an iPhone"),
    }
    source = version.source
    found: list[tuple[str, int, Mapping[str, Any], str]] = [(_("Your upload"), source.size, {}, source.key)]
    found += [
        (words[kind], one.size, one.proof or {}, one.key)
        for kind in words
        if (one := variants.get(kind)) is not None
    ]
    largest = max(size for _words, size, _proof, _key in found) or 1
    return [
        Load(
            words=said,
            bytes=size,
            seconds=_seconds(size),
            bar=round(max(2.0, _BAR * size / largest), 1),
            ssim=proof.get("ssim"),
            passed=bool(proof.get("passed")),
            url=url_to_read(key, "", public=False),
        )
        for said, size, proof, key in found
    ]


def _seconds(count: int) -> str:
    """Of sending so many bytes, without what a network needs to begin."""
    seconds = count * 8 / (MBIT_S * 1e6)
    shown = number_format(round(seconds, 1 if seconds < 10 else 0), 1 if seconds < 10 else 0)
    return _("%(seconds)s s") % {"seconds": shown}


def _done(report: Mapping[str, Any], variants: Mapping[str, Variant]) -> Iterable[str]:
    source, phone = report.get("source", {}), variants.get(Kind.MOBILE) or variants.get(Kind.WEB)
    if phone is None:
        return
    if placed := placement_words(_placement(report)):
        yield placed
    before, after = source.get("triangles"), phone.triangles
    if before and after and after < before:
        counts = {"before": number_format(before, force_grouping=True), "after": _grouped(after)}
        yield _("The mesh was simplified from %(before)s to %(after)s triangles.") % counts
    if count := source.get("textures"):
        px = {"count": count, "before": source.get("texture_max_px"), "after": phone.texture_max_px or 0}
        words = ngettext("%(count)s texture", "%(count)s textures", count) % px
        if px["after"] and px["after"] < px["before"]:
            sides = _("made smaller, from up to %(before)s px to up to %(after)s px") % px
        else:
            sides = _("packed more tightly, at up to %(after)s px") % px
        yield _("%(textures)s %(sides)s.") % {"textures": words, "sides": sides}
    if proof := phone.proof:
        seen = {"views": len(proof["views"]), "ssim": number_format(proof["ssim"], 3)}
        seen["worst"] = number_format(proof["worst_ssim"], 3)
        yield (
            _(
                "Each file was rendered beside your upload from %(views)s sides. On a phone they are alike to an SSIM "
                "of %(ssim)s, %(worst)s where they differ most; 1 is the same picture."
            )
            % seen
        )


def _placement(report: Mapping[str, Any]) -> Mapping[str, Any]:
    steps = report.get("manifest", {}).get("options", [])
    options: Mapping[str, Any] = next((one["options"] for one in steps if one["step"] == "convert"), {})
    return options.get("placement") or {}


def placement_words(placement: Mapping[str, Any]) -> str:
    """A sentence for what a placement does; "" for nothing."""
    parts = []
    turns = [(axis, placement.get(f"turn_{axis}") or 0) for axis in "xyz"]
    if any(degrees for _axis, degrees in turns):
        said = ", ".join(f"{axis} {degrees:g}°" for axis, degrees in turns if degrees)
        parts.append(_("turned (%(turns)s)") % {"turns": said})
    if (scale := placement.get("scale") or 1) != 1:
        parts.append(_("scaled by %(factor)s") % {"factor": f"{scale:g}"})
    if placement.get("ground"):
        parts.append(_("stood on the ground"))
    return _("The model was %(parts)s.") % {"parts": ", ".join(parts)} if parts else ""


def _told(notices: Iterable[Mapping[str, str]], code: str) -> list[str]:
    return [worded(one["detail"]) for one in notices if one["code"] == code]


def _judged(channel: Mapping[str, Any], version: AssetVersion, variants: Mapping[str, Variant]) -> Judged:
    file = channel["file"] or ""
    found = variants.get(file)
    key = version.source.key if file == "original" else found.key if found else ""
    failed = [rule for rule in channel["rules"] if not _holds(rule)]
    return Judged(
        title=worded(channel["title"]),
        verdict=channel["verdict"],
        file=file,
        url=url_to_read(key, "", public=False) if key else "",
        reasons=[_reason(one) for one in failed if one["level"] == "limit"] if not file else [],
        wishes=[_reason(one) for one in failed if one["level"] == "advice"],
    )


def _holds(rule: Mapping[str, Any]) -> bool:
    """Of what we would hand over; of the upload where nothing was made."""
    compared = rule["ours"] or rule["original"]
    return compared["ok"] is not False


def _reason(rule: Mapping[str, Any]) -> Reason:
    compared = rule["ours"] or rule["original"]
    comparing = {
        "at_most": _("at most %s"),
        "below": _("less than %s"),
        "at_least": _("at least %s"),
        "one_of": _("one of %s"),
        "within": _("%s, as claimed"),
    }
    asked = comparing[rule["compare"]] % _value(rule["limit"], rule["unit"])
    shown = _value(compared["found"], rule["unit"])
    if rule["unit"] == "bytes" and shown == _value(rule["limit"], "bytes"):  # rounded, it would seem to fit
        shown = _("%(count)s bytes") % {"count": _grouped(compared["found"])}
    found = {"what": worded(rule["words"]), "found": shown, "asked": asked}
    return Reason(
        _("%(what)s: %(found)s; asked for is %(asked)s") % found,
        worded(rule["advice"]),
        worded(rule["source"]["title"]),
        rule["source"]["url"],
    )


def _value(value: Any, unit: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(_value(one, unit) for one in value)
    if unit == "bytes":
        return size_words(int(value))
    if isinstance(value, str):
        return value
    shown = worded(unit) if unit in {"px", "s", "m"} or unit.startswith("%") else ""
    return f"{_grouped(value)} {shown}".strip()


def _grouped(value: float) -> str:
    whole = float(value).is_integer()
    return number_format(int(value) if whole else round(value, 2), force_grouping=True)
