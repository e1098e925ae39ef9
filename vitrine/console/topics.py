"""The panels of a page of numbers: what each topic's rows say, in a chart and in tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from vitrine.console.panels import (
    ACTIONS,
    ARS,
    DEVICES,
    FAULTS,
    STAGES,
    VARIANTS,
    Cell,
    Chart,
    Lines,
    Panel,
    Table,
    cell,
    chart_of,
    count_words,
    share_words,
    time_words,
    value_in,
)
from vitrine.console.sizes import size_words
from vitrine.insight.measures import Asked, Every, Group
from vitrine.insight.topics import Row, Topic, rows_of

Whole: TypeAlias = Mapping[str, Sequence[Row]]
Ask: TypeAlias = Callable[..., Asked]

_GROUPS: Mapping[Group, tuple[Any, Mapping[str, Any]]] = {
    Group.DEVICE: (words("Device, full 3D"), DEVICES),
    Group.NETWORK: (words("Network, full 3D"), {}),
    Group.VARIANT: (words("File, full 3D"), VARIANTS),
}
_STEPS = {
    "visits": words("Opened the page"),
    "seen": words("Saw picture or model"),
    "in_3d": words("Saw it in 3D"),
    "touched": words("Touched it"),
    "ar": words("Asked for AR"),
}
_AR_TIMES = {
    "placed": words("tap until placed"),
    "session": words("time in AR"),
    "away": words("time away"),
}


def panels_of(whole: Whole, ask: Ask, every: Every) -> Iterator[Panel]:
    """`whole` is the summary of the period, of which somebody told something; `ask` asks for it in other ways."""

    def over_time(topic: Topic, unit: str, lines: Lines) -> Chart | None:
        asked = ask(every=every)
        return chart_of(unit, asked.starts, rows_of(topic, asked), lines)

    yield _funnel(whole, over_time)
    yield _loads(whole, over_time, ask)
    yield _ar(whole, over_time)
    yield _errors(whole, over_time)
    yield _cache(whole, over_time)


OverTime: TypeAlias = Callable[[Topic, str, Lines], Chart | None]


def _funnel(whole: Whole, over_time: OverTime) -> Panel:
    funnel = whole[Topic.FUNNEL][0]
    visits = funnel["visits"]
    rows = [
        [cell(name), cell(count_words(funnel[key])), _shared(funnel[key] / visits)]
        for key, name in _STEPS.items()
    ]
    actions = [
        [cell(ACTIONS.get(row["action"], row["action"])), cell(count_words(row["count"]))]
        for row in whole[Topic.INTERACTIONS]
    ]
    tables = [Table([_("Shoppers"), _("Visits"), _("Share")], rows)]
    if actions:
        tables.append(Table([_("What they did"), _("Times")], actions))
    lines = {str(_STEPS[key]): value_in(key) for key in ("visits", "in_3d", "touched", "ar")}
    return Panel(
        topic=Topic.FUNNEL,
        title=_("What comes of a visit"),
        about=_("A visit is one page view with a product; each is counted once for what it came to."),
        tables=tables,
        chart=over_time(Topic.FUNNEL, "count", lines),
    )


def _loads(whole: Whole, over_time: OverTime, ask: Ask) -> Panel:
    found = whole[Topic.LOADS]
    tables = [_timed(_("Stage"), found, STAGES, "stage")] if found else []
    for group, (heading, names) in _GROUPS.items():
        full = [row for row in rows_of(Topic.LOADS, ask(group=group)) if row["stage"] == "full"]
        if full:
            tables.append(_timed(str(heading), full, names, "group"))
    lines = {str(STAGES[one]): value_in("p75_ms", "stage", one) for one in ("poster", "preview", "full")}
    odd = sum(row["odd"] for row in found)
    said = _("Left out: %(count)s times over ten minutes.") % {"count": count_words(odd)}
    return Panel(
        topic=Topic.LOADS,
        title=_("How fast it comes"),
        about=_(
            "Since the viewer was put into the page. "
            "The lines: three of four shoppers waited this long or less."
        ),
        tables=tables,
        chart=over_time(Topic.LOADS, "ms", lines),
        notes=[said] if odd else [],
    )


def _ar(whole: Whole, over_time: OverTime) -> Panel:
    found = whole[Topic.AR]
    counted = ("launched", "placed", "refused", "failed")
    counts = [[cell(ARS[row["ar"]]), *(cell(count_words(row[one])) for one in counted)] for row in found]
    tables = [Table([_("AR"), _("Asked for"), _("Placed"), _("No camera"), _("Failed")], counts)]
    times = [
        [cell(f"{ARS[row['ar']]}: {what}"), *_times(row, f"{key}_")]
        for row in found
        for key, what in _AR_TIMES.items()
        if row[f"{key}_p50_ms"] is not None
    ]
    if times:
        tables.append(Table([_("How long"), *_quantiles()], times))
    native = any(row["ar"] != "webxr" for row in found)
    said = _(
        "With Scene Viewer and Quick Look only the time away from the page is known, not the time in AR."
    )
    lines = {str(name): value_in("launched", "ar", kind) for kind, name in ARS.items()}
    return Panel(
        topic=Topic.AR,
        title=_("AR"),
        about=_("How often AR was asked for, by where it opens."),
        tables=tables if found else [],
        chart=over_time(Topic.AR, "count", lines),
        notes=[said] if native else [],
    )


def _errors(whole: Whole, over_time: OverTime) -> Panel:
    funnel = whole[Topic.FUNNEL][0]
    rows = [
        [
            cell(FAULTS.get(row["error"], row["error"])),
            cell(count_words(row["count"])),
            cell(share_words(row["per_visit"])),
        ]
        for row in whole[Topic.ERRORS]
    ]
    about = _("%(count)s of %(visits)s visits met an error (%(share)s).") % {
        "count": count_words(funnel["with_errors"]),
        "visits": count_words(funnel["visits"]),
        "share": share_words(funnel["with_errors"] / funnel["visits"]),
    }
    return Panel(
        topic=Topic.ERRORS,
        title=_("Errors"),
        about=about,
        tables=[Table([_("Kind"), _("Times"), _("Per visit")], rows)] if rows else [],
        chart=over_time(
            Topic.ERRORS, "count", {_("Errors"): lambda some: float(sum(row["count"] for row in some))}
        ),
    )


def _cache(whole: Whole, over_time: OverTime) -> Panel:
    row = whole[Topic.CACHE][0] if whole[Topic.CACHE] else None
    places = {"browser": _("Browser"), "edge": _("CDN, as browsers heard"), "cdn": _("CDN, by its logs")}
    rows = [
        [
            cell(name),
            *(cell(count_words(row[f"{place}_{one}"])) for one in ("hits", "misses")),
            _shared(row[f"{place}_hit_ratio"]),
        ]
        for place, name in places.items()
        if row and row[f"{place}_hit_ratio"] is not None
    ]
    notes = []
    if row and row["files"]:
        sent = {"bytes": size_words(row["wire_bytes"]), "files": count_words(row["files"])}
        notes.append(_("On the wire: %(bytes)s in %(files)s files.") % sent)
    return Panel(
        topic=Topic.CACHE,
        title=_("Caches"),
        about=_(
            "Model files that were there already: in the shopper's browser, or at the CDN where it says so."
        ),
        tables=[Table([_("Cache"), _("Hits"), _("Misses"), _("Hit ratio")], rows)] if rows else [],
        chart=over_time(
            Topic.CACHE, "share", {name: value_in(f"{place}_hit_ratio") for place, name in places.items()}
        ),
        notes=notes,
    )


def _timed(heading: str, rows: Sequence[Row], names: Mapping[str, Any], key: str) -> Table:
    """How often and how long, by what stands under `key`."""
    told = [
        [cell(names.get(row[key], row[key] or _("Not told"))), cell(count_words(row["count"])), *_times(row)]
        for row in rows
    ]
    return Table([heading, _("Count"), *_quantiles()], told)


def _quantiles() -> list[str]:
    return [_("Half"), _("3 of 4"), _("19 of 20")]


def _times(row: Row, before: str = "") -> list[Cell]:
    return [cell(time_words(row[f"{before}{name}_ms"])) for name in ("p50", "p75", "p95")]


def _shared(share: float) -> Cell:
    return cell(share_words(share), share)
