"""/numbers: how models come and what is done with them, for all products and for each."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.caller import Caller
from vitrine.access.guard import guarded
from vitrine.access.models import User
from vitrine.access.roles import Action
from vitrine.catalog.models import Product
from vitrine.console.answering import answering
from vitrine.console.panels import Panel, count_words, share_words, time_words
from vitrine.console.topics import panels_of
from vitrine.insight.measures import Asked, Every, Group, last_days, last_hours
from vitrine.insight.models import Mark, Measure
from vitrine.insight.topics import Row, Topic, rows_of, summary

_MOST_PRODUCTS = 20


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
            "product": product,
            "numbers": shown,
            "periods": PERIODS,
            "chosen": chosen,
            "ever": bool(shown.panels) or ever.exists(),
            "mark": Mark.objects.first(),
            "answering": _answering(request, chosen) if product is None else None,
        },
    )


def _answering(request: HttpRequest, chosen: Period) -> Panel | None:
    may = isinstance(request.user, User) and Caller(request.user).may(Action.MEASURE)
    return answering(partial(chosen.asked, None), chosen.every) if may else None


class Numbers:
    """All that the page shows of one period."""

    def __init__(self, period: Period, product: Product | None) -> None:
        self._period, self._product = period, product
        self._product_id = product.pk if product else None
        self._asked = period.asked(self._product_id)
        self._whole = summary(self._asked)
        self.funnel = self._whole[Topic.FUNNEL][0] if self._whole[Topic.FUNNEL] else None
        over_time = partial(period.asked, self._product_id)
        self.panels = list(panels_of(self._whole, over_time, period.every)) if self.funnel else []

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
