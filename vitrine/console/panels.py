"""What stands on a page of numbers: panels of a chart, a table beside it and a link to take both away."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from vitrine.console.sizes import size_words
from vitrine.insight.topics import Row, Topic

Lines: TypeAlias = Mapping[str, Callable[[Sequence[Row]], float | None]]
NOTHING = "–"

STAGES = {
    "poster": words("Picture"),
    "preview": words("First 3D"),
    "full": words("Full 3D"),
    "file": words("One file"),
    "failed": words("Gave up"),
}
ARS = {"webxr": words("In the page"), "scene-viewer": "Scene Viewer", "quick-look": "Quick Look"}
ACTIONS = {
    "rotate": words("Turned it"),
    "zoom": words("Zoomed"),
    "reset": words("Set the view back"),
    "fullscreen": words("Filled the screen"),
    "share": words("Shared"),
    "screenshot": words("Took a picture"),
    "variant": words("Chose a variant"),
    "animation": words("Played it"),
    "hotspot": words("Opened a hotspot"),
    "dimensions": words("Looked at its size"),
}
FAULTS = {
    "product": words("The product could not be read"),
    "missing": words("A file was not there"),
    "network": words("The connection broke"),
    "model": words("The model could not be read"),
    "unsupported": words("The page forbids its textures (KTX2)"),
    "script": words("The viewer did not load"),
    "webgl": words("The browser has no 3D"),
    "memory": words("Too little memory"),
    "context-lost": words("The graphics card went away"),
    "ar": words("AR did not start"),
}
"""As `vitrine-error` names them."""
DEVICES = {
    "phone": words("Phone"),
    "tablet": words("Tablet"),
    "desktop": words("Computer"),
    "headset": words("Headset"),
}
VARIANTS = {
    "preview": words("Preview"),
    "mobile": words("Mobile"),
    "web": words("Web"),
    "source": words("As it was sent"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """`share`, of 100, is shown as a bar."""

    text: str
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Chart:
    """`unit`: ms, count or share. Each of `lines` has a value, or None, for each of `starts`."""

    unit: str
    starts: Sequence[datetime]
    lines: Mapping[str, Sequence[float | None]]

    @property
    def told(self) -> dict[str, Any]:
        """For the page's script."""
        lines = [{"label": label, "values": list(values)} for label, values in self.lines.items()]
        return {"unit": self.unit, "starts": [round(one.timestamp()) for one in self.starts], "lines": lines}

    @property
    def rows(self) -> Iterator[tuple[datetime, list[str]]]:
        """The same to read, the newest first."""
        for index in reversed(range(len(self.starts))):
            yield self.starts[index], [in_words(self.unit, values[index]) for values in self.lines.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """`topic`: one of insight's, or the last part of another address of the API that has the same as CSV."""

    topic: str
    title: str
    about: str
    tables: Sequence[Table]
    chart: Chart | None = None
    notes: Sequence[str] = field(default_factory=list)

    @property
    def csv_path(self) -> str:
        return f"/api/analytics/{self.topic}/" if self.topic in set(Topic) else f"/api/{self.topic}/"


def chart_of(unit: str, starts: Sequence[datetime], rows: Iterable[Row], lines: Lines) -> Chart | None:
    """None where there is nothing to draw. What did not happen is counted as 0, but has no time and no share."""
    told = {start: list(some) for start, some in groupby(rows, key=lambda row: row["start"])}
    nothing = 0 if unit == "count" else None
    drawn = {}
    for label, read in lines.items():
        found = [read(told[start]) if start in told else None for start in starts]
        line = [nothing if one is None else one for one in found]
        if set(line) - ({None} if unit == "share" else {None, 0}):
            drawn[label] = line
    return Chart(unit, starts, drawn) if drawn else None


def value_in(field_name: str, key: str = "", value: str = "") -> Callable[[Sequence[Row]], float | None]:
    """Reads a field off the row whose `key` is `value`, or off the only one."""

    def read(rows: Sequence[Row]) -> float | None:
        found = next((row for row in rows if not key or row[key] == value), None)
        return found[field_name] if found else None

    return read


def cell(text: object, share: float | None = None) -> Cell:
    return Cell(str(text), None if share is None else round(100 * min(1, share)))


def in_words(unit: str, value: float | None) -> str:
    if value is None:
        return NOTHING
    return {"ms": time_words, "share": share_words, "count": count_words, "bytes": size_words}[unit](value)


def time_words(ms: float | None) -> str:
    """As exact as anybody cares for: 840 ms, 2.1 s, 3 min 20 s."""
    if ms is None:
        return NOTHING
    if ms < 999.5:
        return _("%(ms)s ms") % {"ms": number_format(round(ms))}
    if ms < 59_950:
        return _("%(s)s s") % {"s": number_format(round(ms / 1000, 1), 1)}
    minutes, seconds = divmod(round(ms / 1000), 60)
    return _("%(min)s min %(s)s s") % {"min": number_format(minutes, force_grouping=True), "s": seconds}


def share_words(share: float | None) -> str:
    if share is None:
        return NOTHING
    percent = 100 * share
    digits = 1 if 0 < percent < 9.95 or 99 < percent < 100 else 0
    return _("%(percent)s %%") % {"percent": number_format(round(percent, digits), digits)}


def count_words(count: float) -> str:
    return number_format(round(count), force_grouping=True)
