"""Campaigns: many products cooked again, looked at, and then promoted, dropped, or rolled back.

Only a few jobs of campaigns wait at a time: an upload that comes meanwhile is not behind five thousand of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, F, FloatField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from vitrine.access.audit import note
from vitrine.access.models import User
from vitrine.catalog.models import Product, Variant
from vitrine.errors import Fault, InvalidRequest, Refused
from vitrine.pipeline.work import Kind
from vitrine.processing.intake import Wishes, optimize
from vitrine.processing.models import Campaign, CampaignItem, Decision, Job, State

MOST = 5_000
AT_ONCE = 200
"""So many products are decided on in one call."""
_AHEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came of a call: how many were, how many could not be since their product changed, how many are left."""

    done: int
    changed: int
    left: int


def begin(campaign: Campaign, product_ids: Sequence[UUID], wishes: Wishes, *, by: User) -> Campaign:
    """Take these products into a new, unsaved campaign. What shoppers see stays as it is until it is promoted."""
    wanted = list(dict.fromkeys(product_ids))
    products = Product.objects.filter(pk__in=wanted, deleted_at=None).values_list("pk", "published_version")
    shown = dict(products)
    missing = [str(pk) for pk in wanted if pk not in shown]
    if missing:
        said = f"{len(missing)} of {len(wanted)} products are not there: {', '.join(missing[:5])}."
        raise InvalidRequest(said, faults=[Fault("/product_ids", said)])
    campaign.wishes, campaign.created_by = asdict(wishes) | {"publish": False, "optimize": True}, by
    with transaction.atomic():
        campaign.save()
        CampaignItem.objects.bulk_create(
            [CampaignItem(campaign=campaign, product_id=pk, before_id=shown[pk]) for pk in wanted],
            batch_size=1_000,
        )
        note("campaign.begun", target=("campaign", campaign.pk), by=by, products=len(wanted))
        transaction.on_commit(partial(feed))
    return campaign


def feed() -> int:
    """Queue the next products' jobs, as long as few of campaigns wait. How many. Any worker may do it at any time."""
    fed = 0
    while Job.objects.filter(state=State.QUEUED, campaign_items__isnull=False).count() < _AHEAD:
        if not _feed_one():
            break
        fed += 1
    return fed


def _feed_one() -> bool:
    with transaction.atomic():
        waiting = CampaignItem.objects.filter(job=None, error__isnull=True, decision="").order_by("pk")
        item = waiting.select_for_update(skip_locked=True).first()
        if item is None:
            return False
        try:
            with transaction.atomic():
                item.job = _order(item)
        except Refused as error:
            item.error = error.kept()
        item.save(update_fields=["job", "error"])
    return True


def _order(item: CampaignItem) -> Job:
    """What shoppers see is cooked again; of a product that is not published, the newest."""
    return optimize(item.product.shown_version, Wishes(**item.campaign.wishes), by=item.campaign.created_by)


# --- Decisions ----------------------------------------------------------------------------------------------------

_Decide = Callable[[Product, CampaignItem], bool]


def promote(campaign: Campaign, product_ids: Sequence[UUID] | None) -> Decided:
    """Show shoppers what was made, of these products or of all: the next AT_ONCE of them. A product that is not
    published stays so: the version is its newest, and is shown when it is published."""
    ready = _of(campaign, product_ids).filter(decision="", job__state=State.DONE)
    return _each("campaign.promoted", campaign, ready, _promote)


def drop(campaign: Campaign, product_ids: Sequence[UUID] | None) -> Decided:
    """Leave what shoppers see as it is; what has not begun yet does not begin any more."""
    return _each("campaign.dropped", campaign, _of(campaign, product_ids).filter(decision=""), _drop)


def roll_back(campaign: Campaign, product_ids: Sequence[UUID] | None) -> Decided:
    """Show again what was shown before it was promoted; what was dropped can be decided anew."""
    decided = _of(campaign, product_ids).exclude(decision="")
    return _each("campaign.rolled-back", campaign, decided, _roll_back)


def _each(action: str, campaign: Campaign, found: QuerySet[CampaignItem], decide: _Decide) -> Decided:
    """One short transaction a product, in the order in which everybody locks: product, then item."""
    chosen = list(found.order_by("pk").values_list("pk", "product_id")[:AT_ONCE])
    done = sum(_one(found, pk, product_id, decide) for pk, product_id in chosen)
    left = max(0, found.count() - (len(chosen) - done))
    if done:
        note(action, target=("campaign", campaign.pk), products=done)
    return Decided(done=done, changed=len(chosen) - done, left=left)


def _one(found: QuerySet[CampaignItem], pk: int, product_id: UUID, decide: _Decide) -> bool:
    with transaction.atomic():
        product = Product.objects.select_for_update().filter(pk=product_id, deleted_at=None).first()
        item = found.filter(pk=pk).select_for_update(of=("self",)).first()
        if product is None or item is None or not decide(product, item):
            return False
        item.decided_at = timezone.now() if item.decision else None
        item.save(update_fields=["decision", "decided_at", "before"])
    return True


def _promote(product: Product, item: CampaignItem) -> bool:
    made = item.job.made_version if item.job else None
    shown = product.published_version
    if made is None or (shown is not None and shown.source.number > made.source.number):
        return False  # a newer model was published meanwhile
    item.before, item.decision = shown, Decision.PROMOTED
    if shown is not None:
        product.publish(made)
    return True


def _drop(product: Product, item: CampaignItem) -> bool:
    item.decision = Decision.DROPPED
    return True


def _roll_back(product: Product, item: CampaignItem) -> bool:
    made = item.job.made_version if item.job else None
    if item.decision == Decision.PROMOTED and item.before is not None:
        if made is None or product.published_version_id != made.pk:
            return False  # somebody published or hid it since
        product.publish(item.before)
    item.decision = ""
    return True


# --- What came of it -----------------------------------------------------------------------------------------------


def items(campaign: Campaign) -> QuerySet[CampaignItem]:
    """With `before_bytes`, `after_bytes` (what a desktop downloads) and `ssim`, null where there are none."""
    found = CampaignItem.objects.filter(campaign=campaign)
    return found.annotate(
        before_bytes=Coalesce(_web("before_id", "size"), F("before__size"), output_field=BigIntegerField()),
        after_bytes=Coalesce(
            _web("job__made_version_id", "size"), F("job__made_version__size"), output_field=BigIntegerField()
        ),
        ssim=Cast(_web("job__made_version_id", "proof__ssim"), FloatField()),
    )


def page_of(campaign: Campaign, *, after: int, size: int) -> list[CampaignItem]:
    """The next items behind the one with that id, with all that is told of them."""
    with_rest = items(campaign).select_related("product", "before", "job__made_version")
    return list(with_rest.filter(pk__gt=after).order_by("pk")[:size])


def _web(version: str, value: str) -> Subquery:
    return Subquery(Variant.objects.filter(version=OuterRef(version), kind=Kind.WEB).values(value)[:1])


def _of(campaign: Campaign, product_ids: Sequence[UUID] | None) -> QuerySet[CampaignItem]:
    found = CampaignItem.objects.filter(campaign=campaign)
    return found if product_ids is None else found.filter(product_id__in=product_ids)
