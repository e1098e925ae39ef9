"""What a campaign has come to: how many products stand where, and what they weigh before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Min, Q, Sum

from vitrine.processing.campaigns import items
from vitrine.processing.models import Campaign, CampaignItem, Decision, State


class Standing(StrEnum):
    """Where a product of a campaign stands."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    PROMOTED = "promoted"
    DROPPED = "dropped"


_BY: Mapping[Standing, Q] = {
    Standing.PROMOTED: Q(decision=Decision.PROMOTED),
    Standing.DROPPED: Q(decision=Decision.DROPPED),
    Standing.FAILED: Q(decision="") & (Q(error__isnull=False) | Q(job__state=State.FAILED)),
    Standing.READY: Q(decision="", job__state=State.DONE),
    Standing.RUNNING: Q(decision="", job__state=State.PROCESSING),
    Standing.WAITING: Q(decision="", error__isnull=True) & (Q(job=None) | Q(job__state=State.QUEUED)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """`before_bytes` and `after_bytes` of those products that have both and were not dropped; the lowest `ssim`."""

    counts: Mapping[Standing, int]
    before_bytes: int
    after_bytes: int
    worst_ssim: float | None

    @property
    def products(self) -> int:
        return sum(self.counts.values())

    @property
    def going_on(self) -> bool:
        return bool(self.counts[Standing.WAITING] or self.counts[Standing.RUNNING])


def gain_of(campaign: Campaign) -> Gain:
    """Two queries, however many products there are."""
    counted = CampaignItem.objects.filter(campaign=campaign).aggregate(
        **{standing.value: Count("pk", filter=which) for standing, which in _BY.items()}
    )
    have_both = {"before_bytes__isnull": False, "after_bytes__isnull": False}
    both = items(campaign).filter(**have_both)
    summed: dict[str, Any] = both.exclude(decision=Decision.DROPPED).aggregate(
        before=Sum("before_bytes"), after=Sum("after_bytes"), worst=Min("ssim")
    )
    return Gain(
        counts={standing: counted[standing.value] for standing in Standing},
        before_bytes=summed["before"] or 0,
        after_bytes=summed["after"] or 0,
        worst_ssim=summed["worst"],
    )


def standing_of(item: CampaignItem) -> Standing:
    """The same of one item, whose job was fetched with it."""
    if item.decision:
        return Standing(item.decision)
    state = item.job.state if item.job else None
    if item.error or state == State.FAILED:
        return Standing.FAILED
    return {State.DONE.value: Standing.READY, State.PROCESSING.value: Standing.RUNNING}.get(
        str(state), Standing.WAITING
    )
