"""Whether a deleted product is really gone: every place that could hold something of it is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import redis
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from vitrine.access.audit import AuditEntry
from vitrine.catalog import files, publishing
from vitrine.catalog.announcements import Announcement
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.insight.models import Event, Measure, Visit
from vitrine.processing.models import CampaignItem, Job

_A_NIGHT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where was looked, and how much of the product was found there. `by_rule` says why it may be there all the same:
    the product's id alone, without anything that it was."""

    name: str
    count: int
    by_rule: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """`deleted_at` and `purged_at` as the audit log has them; `promised_by` is when everything must be gone at the
    latest, and `caches_until` when the last address of a file ends, which no cache outlives."""

    product_id: UUID
    places: tuple[Place, ...]
    deleted_at: datetime | None
    purged_at: datetime | None
    promised_by: datetime | None
    caches_until: datetime | None

    @property
    def left(self) -> list[Place]:
        return [place for place in self.places if place.count and not place.by_rule]

    @property
    def late(self) -> bool:
        """Something is left although its time is up; or it was never deleted."""
        if self.promised_by is None:
            return bool(self.left)
        in_time = self.purged_at is None or self.purged_at <= self.promised_by
        return not in_time or (bool(self.left) and timezone.now() > self.promised_by)


def prove(product_id: UUID) -> Proof:
    deleted, purged = (_when(product_id, action) for action in ("product.deleted", "product.purged"))
    # An address holds for two steps at most, and a cache keeps a file no longer than that.
    addresses = timedelta(seconds=2 * settings.FILE_URL_STEP_S) if settings.FILE_URLS == "signed" else None
    return Proof(
        product_id,
        tuple(_places(product_id)),
        deleted,
        purged,
        None if deleted is None else deleted + publishing.kept_for() + _A_NIGHT,
        None if deleted is None or addresses is None else deleted + addresses,
    )


def _places(product_id: UUID) -> Iterator[Place]:
    yield Place("catalog_product", Product.objects.filter(pk=product_id).count())
    yield Place("catalog_assetversion", AssetVersion.objects.filter(product=product_id).count())
    yield Place("catalog_variant", Variant.objects.filter(version__product=product_id).count())
    yield Place("processing_job", Job.objects.filter(version__product=product_id).count())
    yield Place("processing_campaignitem", CampaignItem.objects.filter(product=product_id).count())
    yield Place(
        f"files under models/{product_id}/", sum(1 for _ in files.store().keys(f"models/{product_id}/"))
    )
    yield Place("Redis", _in_redis(product_id))
    entries = AuditEntry.objects.filter(target_id=str(product_id))
    yield Place("access_auditentry", entries.count(), by_rule="audit")
    told = Announcement.objects.filter(product_id=product_id)
    yield Place("catalog_announcement", told.count(), by_rule="announcements")
    answered = apps.get_model("api.Repeat")._default_manager.filter(pk=product_id)  # noqa: SLF001  # a door above us
    yield Place("api_repeat", answered.count(), by_rule="answers")
    visits, measures = (model.objects.filter(product_id=product_id) for model in (Visit, Measure))
    yield Place("insight_visit", visits.count(), by_rule="visits")
    yield Place("insight_measure", measures.count(), by_rule="days")
    yield Place("insight_event", Event.objects.filter(product_id=product_id).count(), by_rule="events")


def _in_redis(product_id: UUID) -> int:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return sum(1 for _ in client.scan_iter(f"*{product_id}*", count=1_000))


def _when(product_id: UUID, action: str) -> datetime | None:
    found = AuditEntry.objects.filter(target_id=str(product_id), action=action).order_by("-at")
    return found.values_list("at", flat=True).first()
