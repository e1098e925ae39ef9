"""The pages of campaigns: many products cooked again, what it would save, and what to make of it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.console.sizes import size_words
from vitrine.processing.campaigns import page_of
from vitrine.processing.gains import Gain, Standing, gain_of, standing_of
from vitrine.processing.models import Campaign, CampaignItem
from vitrine.wording import worded

_PAGE = 100
_DIGITS = 18  # of what fits into a bigint


@dataclass(frozen=True, slots=True)
class Sum:
    """A campaign with what it has come to, in words."""

    campaign: Campaign
    gain: Gain

    @property
    def counts(self) -> dict[str, int]:
        return {standing.value: count for standing, count in self.gain.counts.items() if count}

    @property
    def decided_share(self) -> float:
        waiting = self.gain.counts[Standing.WAITING] + self.gain.counts[Standing.RUNNING]
        return 1 - waiting / max(1, self.gain.products)

    @property
    def before(self) -> str:
        return size_words(self.gain.before_bytes)

    @property
    def after(self) -> str:
        return size_words(self.gain.after_bytes)

    @property
    def saved_percent(self) -> int | None:
        return percent_saved(self.gain.before_bytes, self.gain.after_bytes)


@dataclass(frozen=True, slots=True)
class Line:
    """A product of a campaign."""

    item: CampaignItem
    before_bytes: int | None
    after_bytes: int | None
    ssim: float | None

    @property
    def standing(self) -> str:
        return standing_of(self.item)

    @property
    def before(self) -> str:
        return "" if self.before_bytes is None else size_words(self.before_bytes)

    @property
    def after(self) -> str:
        return "" if self.after_bytes is None else size_words(self.after_bytes)

    @property
    def saved_percent(self) -> int | None:
        return percent_saved(self.before_bytes, self.after_bytes)

    @property
    def look(self) -> str:
        """Where what was made can be looked at; empty before it is there."""
        made = self.item.job.made_version if self.item.job else None
        return f"/products/{self.item.product_id}/versions/{made.number}" if made else ""

    @property
    def fault(self) -> str:
        error = self.item.error or (self.item.job.error if self.item.job else None) or {}
        return worded(str(error.get("detail", "")))


@require_safe
@never_cache
@guarded
def campaigns(request: HttpRequest) -> HttpResponse:
    sums = [Sum(one, gain_of(one)) for one in Campaign.objects.order_by("-created_at")[:_PAGE]]
    return render(request, "console/campaigns.html", {"sums": sums})


@require_safe
@never_cache
@guarded
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    found = get_object_or_404(Campaign, pk=campaign_id)
    after = request.GET.get("after", "")
    items = page_of(found, after=int(after) if after.isdecimal() and len(after) < _DIGITS else 0, size=_PAGE)
    shown = {
        "sum": Sum(found, gain_of(found)),
        "lines": [line_of(item) for item in items],
        "next": items[-1].pk if len(items) == _PAGE else None,
    }
    return render(request, "console/campaign.html", shown)


def line_of(item: CampaignItem) -> Line:
    numbers = (getattr(item, name, None) for name in ("before_bytes", "after_bytes", "ssim"))
    return Line(item, *numbers)


def percent_saved(before: int | None, after: int | None) -> int | None:
    """Below zero when it grew; None when there is nothing to compare."""
    return round(100 * (1 - after / before)) if before and after is not None else None
