"""What the library's address asks for, by the names that the API's list has for it.

Addresses are typed, kept and passed on, so what is not understood is left out, and said.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from vitrine.catalog.finding import ORDERS, Wanted
from vitrine.catalog.models import Status
from vitrine.catalog.pages import NEWEST, Order
from vitrine.pipeline.work import Format

LAYOUTS = ("grid", "list")
_MOST_TAGS = 10
_MOST_LETTERS = 1_000
_METADATA = "metadata."
_OF_A_PAGE = ("cursor", "layout")

STATUS_WORDS = {
    Status.READY: _("Ready"),
    Status.PROCESSING: _("At work"),
    Status.FAILED: _("Failed"),
}
PUBLISHED_WORDS = {"true": _("Published"), "false": _("Not published")}
ORDER_WORDS = {
    "-created_at": _("Newest first"),
    "created_at": _("Oldest first"),
    "-updated_at": _("Changed last"),
    "name": _("Name, A to Z"),
    "-name": _("Name, Z to A"),
    "-size": _("Largest first"),
    "size": _("Smallest first"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that holds, and the query of the same list without it."""

    words: Any
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`said` is all that was understood, as it was said; `unknown` are the names of the rest."""

    wanted: Wanted
    order: Order
    layout: str
    said: QueryDict
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, query: QueryDict, *, layout: str = "") -> Self:
        """`layout` is the one that this person chose last; the address goes before it."""
        said, unknown = QueryDict(mutable=True), list[str]()
        fields: dict[str, Any] = {}
        for name in query:
            read = _READERS.get(name, _unknown)
            values = [value.replace("\x00", " ") for value in query.getlist(name) if value.strip()]
            if not values or name in _OF_A_PAGE or name.startswith(_METADATA):
                continue
            try:
                fields[name] = read(values)
            except ValueError:
                unknown.append(name)
            else:
                said.setlist(name, values if name == "tags" else values[-1:])
        metadata = tuple(_metadata_of(query))
        for path, value in metadata:
            said[_METADATA + ".".join(path)] = value
        order = fields.pop("ordering", NEWEST)
        chosen = query.get("layout", layout)
        return cls(
            Wanted(**fields, metadata=metadata),
            order,
            chosen if chosen in LAYOUTS else LAYOUTS[0],
            said,
            tuple(unknown),
        )

    @property
    def query(self) -> str:
        """What stands behind the ? of this list's address."""
        return self.said.urlencode()

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order is asked for."""
        return bool(set(self.said) - {"ordering"})

    @property
    def others(self) -> list[tuple[str, str]]:
        """What no control of the page shows, to be kept beside them."""
        return [(name, value) for name, values in self.said.lists() for value in values if name not in _SHOWN]

    @property
    def chips(self) -> list[Chip]:
        """Every filter but the words, which stand in their own field."""
        pairs = [(name, value) for name, values in self.said.lists() for value in values]
        return [self._chip(name, value) for name, value in pairs if name not in {"q", "ordering"}]

    def _chip(self, name: str, value: str) -> Chip:
        rest = self.said.copy()
        rest.setlist(name, [one for one in self.said.getlist(name) if one != value])
        named, told = _CHIPS.get(name, (name.removeprefix(_METADATA), str))
        return Chip(named, str(told(value)), rest.urlencode())


def _unknown(_: list[str]) -> Any:
    raise ValueError


def _words(values: list[str]) -> str:
    return values[-1][:_MOST_LETTERS]


def _tags(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values[:_MOST_TAGS]))


def _one_of(known: Mapping[str, Any]) -> Callable[[list[str]], Any]:
    def read(values: list[str]) -> Any:
        if values[-1] not in known:
            raise ValueError
        return known[values[-1]]

    return read


def _bytes(values: list[str]) -> int:
    size = int(values[-1])
    if not 0 <= size <= 2**53:
        raise ValueError
    return size


def _moment(values: list[str]) -> datetime:
    """A day, or a moment with its zone; UTC where it says none."""
    day = parse_date(values[-1])
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(values[-1])
    if moment is None or not 1970 <= moment.year < 9999:
        raise ValueError
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_READERS: Mapping[str, Callable[[list[str]], Any]] = {
    "q": _words,
    "tags": _tags,
    "status": _one_of({one: one for one in Status.values}),
    "format": _one_of({one.value: one.value for one in Format}),
    "published": _one_of({"true": True, "false": False}),
    "size_min": _bytes,
    "size_max": _bytes,
    "created_after": _moment,
    "created_before": _moment,
    "updated_after": _moment,
    "updated_before": _moment,
    "ordering": _one_of(
        {f"{sign}{name}": Order(name, falling=bool(sign)) for name in ORDERS for sign in ("", "-")}
    ),
}
_SHOWN = frozenset(_READERS) - {"updated_after", "updated_before"}


def megabytes(size: str) -> str:
    return f"{int(size) / 1e6:g} MB"


_CHIPS: Mapping[str, tuple[Any, Callable[[str], Any]]] = {
    "tags": (_("Tag"), str),
    "status": (_("State"), lambda value: STATUS_WORDS[Status(value)]),
    "format": (_("Format"), str.upper),
    "published": (_("Shown"), PUBLISHED_WORDS.__getitem__),
    "size_min": (_("At least"), megabytes),
    "size_max": (_("At most"), megabytes),
    "created_after": (_("Uploaded from"), str),
    "created_before": (_("Uploaded before"), str),
    "updated_after": (_("Changed from"), str),
    "updated_before": (_("Changed before"), str),
}


def _metadata_of(query: QueryDict) -> Iterator[tuple[tuple[str, ...], str]]:
    """`metadata.size.width=3`, as the API's list has it."""
    for name in [one for one in query if one.startswith(_METADATA)][:10]:
        path = tuple(name.replace("\x00", " ").split(".")[1:9])
        if all(path):
            yield path, str(query[name]).replace("\x00", " ")
