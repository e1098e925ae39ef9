"""/numbers: how models come and what is done with them, for all products and for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.catalog.models import Product
from vitrine.console.panels import (
    ACTIONS,
    ARS,
    DEVICES,
    STAGES,
    VARIANTS,
    Panel,
    Table,
    bytes_words,
    cell,
    chart_of,
    count_words,
    share_words,
    time_words,
    value_in,
)
from vitrine.insight.measures import Asked, Every, Group, last_days, last_hours
from vitrine.insight.models import Mark, Measure
from vitrine.insight.topics import Row, Topic, rows_of, summary

_MOST_PRODUCTS = 20
_GROUPS: Mapping[Group, tuple[Any, Mapping[str, Any]]] = {
    Group.DEVICE: (words("Device"), DEVICES),
    Group.NETWORK: (words("Network"), {}),
    Group.VARIANT: (words("File"), VARIANTS),
}


@dataclass(frozen=True, slots=True)
class Period:
    """`key` stands in the address."""

    key: str
    name: Any
    days: int
    every: Every = Every.DAY

    def asked(self, product_id: UUID | None, **fields: Any) -> Asked:
        if self.every == Every.HOUR:
            return last_hours(24 * self.days, product_id=product_id, **fields)
        return last_days(self.days, product_id=product_id, **fields)


PERIODS = (
    Period("24h", words("24 hours"), 1, Every.HOUR),
    Period("7d", words("7 days"), 7),
    Period("30d", words("30 days"), 30),
    Period("90d", words("90 days"), 90),
    Period("12m", words("12 months"), 365),
)
_USUAL = PERIODS[2]


@require_safe
@never_cache
@guarded
def numbers(request: HttpRequest) -> HttpResponse:
    return _page(request, None)


@require_safe
@never_cache
@guarded
def of_product(request: HttpRequest, product_id: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Product.objects.filter(deleted_at=None), pk=product_id))


def _page(request: HttpRequest, product: Product | None) -> HttpResponse:
    chosen = next((one for one in PERIODS if one.key == request.GET.get("period")), _USUAL)
    shown = Numbers(chosen, product)
    ever = Measure.objects.filter(product_id=product.pk) if product else Measure.objects
    return render(
        request,
        "console/numbers.html",
        {
            **{"product": product, "numbers": shown, "periods": PERIODS, "chosen": chosen},
            **{"ever": bool(shown.panels) or ever.exists(), "mark": Mark.objects.first()},
        },
    )


class Numbers:
    """All that the page shows of one period."""

    def __init__(self, period: Period, product: Product | None) -> None:
        self._period, self._product = period, product
        self._product_id = product.pk if product else None
        self._asked = period.asked(self._product_id)
        self._whole = summary(self._asked)
        self.funnel = self._whole[Topic.FUNNEL][0] if self._whole[Topic.FUNNEL] else None
        self.panels = list(self._panels()) if self.funnel else []

    @property
    def tiles(self) -> list[tuple[str, str, str]]:
        """What, how much, and what that is of: the page in five numbers."""
        assert self.funnel is not None
        visits = self.funnel["visits"]
        full = next((row for row in self._whole[Topic.LOADS] if row["stage"] == "full"), None)
        said = _("of visits")
        return [
            (_("Visits"), count_words(visits), _("page views with a product")),
            (_("Saw it in 3D"), share_words(self.funnel["in_3d"] / visits), said),
            (_("Touched it"), share_words(self.funnel["touched"] / visits), said),
            (_("Asked for AR"), share_words(self.funnel["ar"] / visits), said),
            (
                _("Full 3D after"),
                time_words(full["p75_ms"] if full else None),
                _("or less, for three of four"),
            ),
        ]

    @property
    def csv_query(self) -> str:
        """What a link to a topic's CSV asks for."""
        asked = {
            "as": "csv",
            "every": self._period.every.value,
            "since": f"{self._asked.since:%Y-%m-%dT%H:%M:%SZ}",
            "until": f"{self._asked.until - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}",
        }
        return urlencode(asked | ({"product": str(self._product_id)} if self._product_id else {}))

    @property
    def products(self) -> list[tuple[Product, Row]]:
        """The most visited ones and what came of their visits; only on the page of all."""
        if self._product_id or not self.funnel:
            return []
        rows = rows_of(Topic.FUNNEL, self._period.asked(None, group=Group.PRODUCT))
        rows = sorted(rows, key=lambda row: -row["visits"])[:_MOST_PRODUCTS]
        found = Product.objects.filter(deleted_at=None).in_bulk([UUID(row["group"]) for row in rows])
        return [(found[UUID(row["group"])], row) for row in rows if UUID(row["group"]) in found]

    def _over_time(self, topic: Topic) -> list[Row]:
        return rows_of(topic, self._period.asked(self._product_id, every=self._period.every))

    def _panels(self) -> Iterator[Panel]:
        yield self._funnel()
        yield self._loads()
        yield self._ar()
        yield self._errors()
        yield self._cache()

    def _funnel(self) -> Panel:
        assert self.funnel is not None
        visits = self.funnel["visits"]
        names = {
            "visits": _("Opened the page"),
            "seen": _("Saw picture or model"),
            "in_3d": _("Saw it in 3D"),
            "touched": _("Touched it"),
            "ar": _("Asked for AR"),
        }
        rows = [
            [cell(name), cell(count_words(self.funnel[key])), cell(share_words(self.funnel[key] / visits), self.funnel[key] / visits)]
            for key, name in names.items()
        ]  # fmt: skip
        actions = [
            [cell(ACTIONS.get(row["action"], row["action"])), cell(count_words(row["count"]))]
            for row in self._whole[Topic.INTERACTIONS]
        ]
        tables = [Table([_("Shoppers"), _("Visits"), _("Share")], rows)]
        if actions:
            tables.append(Table([_("What they did"), _("Times")], actions))
        lines = {names[key]: value_in(key) for key in ("visits", "in_3d", "touched", "ar")}
        return Panel(
            topic=Topic.FUNNEL,
            title=_("What comes of a visit"),
            about=_("A visit is one page view with a product; each is counted once for what it came to."),
            tables=tables,
            chart=chart_of("count", self._over_time(Topic.FUNNEL), lines),
        )

    def _loads(self) -> Panel:
        rows = [
            [cell(STAGES[row["stage"]]), cell(count_words(row["count"])), *_times(row)]
            for row in self._whole[Topic.LOADS]
        ]
        tables = [Table([_("Stage"), _("Count"), _("Half"), _("3 of 4"), _("19 of 20")], rows)]
        for group, (heading, names) in _GROUPS.items():
            found = rows_of(Topic.LOADS, self._period.asked(self._product_id, group=group))
            full = [row for row in found if row["stage"] == "full"]
            told = [
                [
                    cell(names.get(row["group"], row["group"] or _("Not told"))),
                    cell(count_words(row["count"])),
                    *_times(row),
                ]
                for row in full
            ]
            if told:
                title = _("%(group)s, full 3D") % {"group": heading}
                tables.append(Table([title, _("Count"), _("Half"), _("3 of 4"), _("19 of 20")], told))
        lines = {
            str(STAGES[stage]): value_in("p75_ms", "stage", stage) for stage in ("poster", "preview", "full")
        }
        odd = sum(row["odd"] for row in self._whole[Topic.LOADS])
        notes = (
            [_("Left out: %(count)s times over ten minutes.") % {"count": count_words(odd)}] if odd else []
        )
        return Panel(
            topic=Topic.LOADS,
            title=_("How fast it comes"),
            about=_("Since the viewer was put into the page. The lines: three of four shoppers waited this long or less."),
            tables=tables,
            chart=chart_of("ms", self._over_time(Topic.LOADS), lines),
            notes=notes,
        )  # fmt: skip

    def _ar(self) -> Panel:
        found = self._whole[Topic.AR]
        counts = [
            [
                cell(ARS[row["ar"]]),
                *(cell(count_words(row[name])) for name in ("launched", "placed", "refused", "failed")),
            ]
            for row in found
        ]
        tables = [Table([_("AR"), _("Asked for"), _("Placed"), _("No camera"), _("Failed")], counts)]
        times = [
            (ARS[row["ar"]], what, row, key)
            for row in found
            for key, what in {
                "placed": _("tap until placed"),
                "session": _("time in AR"),
                "away": _("time away"),
            }.items()
            if row[f"{key}_p50_ms"] is not None
        ]
        if times:
            told = [
                [cell(f"{kind}: {what}"), *(cell(time_words(row[f"{key}_{one}_ms"])) for one in ("p50", "p75", "p95"))]
                for kind, what, row, key in times
            ]  # fmt: skip
            tables.append(Table([_("How long"), _("Half"), _("3 of 4"), _("19 of 20")], told))
        native = any(row["ar"] != "webxr" for row in found)
        notes = [
            _(
                "With Scene Viewer and Quick Look only the time away from the page is known, not the time in AR."
            )
        ]
        lines = {str(name): value_in("launched", "ar", kind) for kind, name in ARS.items()}
        return Panel(
            topic=Topic.AR,
            title=_("AR"),
            about=_("How often AR was asked for, by where it opens."),
            tables=tables if found else [],
            chart=chart_of("count", self._over_time(Topic.AR), lines),
            notes=notes if native else [],
        )

    def _errors(self) -> Panel:
        assert self.funnel is not None
        rows = [
            [cell(row["error"]), cell(count_words(row["count"])), cell(share_words(row["per_visit"]))]
            for row in self._whole[Topic.ERRORS]
        ]
        faulty = self.funnel["with_errors"]
        about = _("%(count)s of %(visits)s visits met an error (%(share)s).") % {
            "count": count_words(faulty),
            "visits": count_words(self.funnel["visits"]),
            "share": share_words(faulty / self.funnel["visits"]),
        }

        def total(some: Sequence[Row]) -> float:
            return sum(row["count"] for row in some)

        return Panel(
            topic=Topic.ERRORS,
            title=_("Errors"),
            about=about,
            tables=[Table([_("Kind"), _("Times"), _("Per visit")], rows)] if rows else [],
            chart=chart_of("count", self._over_time(Topic.ERRORS), {_("Errors"): total}),
        )

    def _cache(self) -> Panel:
        row = self._whole[Topic.CACHE][0] if self._whole[Topic.CACHE] else None
        places = {"browser": _("Browser"), "edge": _("CDN")}
        rows = [
            [
                cell(name),
                cell(count_words(row[f"{place}_hits"])),
                cell(count_words(row[f"{place}_misses"])),
                cell(share_words(row[f"{place}_hit_ratio"]), row[f"{place}_hit_ratio"]),
            ]
            for place, name in places.items()
            if row and row[f"{place}_hit_ratio"] is not None
        ]
        about = _(
            "Model files that were there already: in the shopper's browser, or at the CDN where it says so."
        )
        sent = (
            _("On the wire: %(bytes)s in %(files)s files.")
            % {"bytes": bytes_words(row["wire_bytes"]), "files": count_words(row["files"])}
            if row and row["files"]
            else ""
        )
        lines = {name: value_in(f"{place}_hit_ratio") for place, name in places.items()}
        return Panel(
            topic=Topic.CACHE,
            title=_("Caches"),
            about=about,
            tables=[Table([_("Cache"), _("Hits"), _("Misses"), _("Hit ratio")], rows)] if rows else [],
            chart=chart_of("share", self._over_time(Topic.CACHE), lines),
            notes=[sent] if sent else [],
        )


def _times(row: Row) -> list[Any]:
    return [cell(time_words(row[f"{name}_ms"])) for name in ("p50", "p75", "p95")]
