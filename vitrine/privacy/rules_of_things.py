"""What is kept of products, files and what is told of them."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from vitrine.catalog import publishing
from vitrine.catalog.announcements import Announcement
from vitrine.catalog.models import Product
from vitrine.outreach.models import Delivery
from vitrine.privacy import versions
from vitrine.privacy.models import RetentionRun
from vitrine.privacy.rule import Basis, Rule, Whom
from vitrine.processing import upkeep
from vitrine.processing.models import Upload


def _model(label: str) -> type[Model]:
    """Of a door above us, which we may not know."""
    return apps.get_model(label)


def _uploads(now: datetime, before: datetime) -> QuerySet[Any]:
    return Upload.objects.filter(created_at__lt=before)


def _products(now: datetime, before: datetime) -> QuerySet[Any]:
    return Product.objects.filter(deleted_at__lt=before)


def _announced(now: datetime, before: datetime) -> QuerySet[Any]:
    return Announcement.objects.filter(at__lt=before).exclude(heard_at=None).order_by("at")


def _delivered(now: datetime, before: datetime) -> QuerySet[Any]:
    return Delivery.objects.filter(announcement__in=_announced(now, before).order_by())


RULES_OF_THINGS = (
    Rule(
        name="uploads",
        what=_("Uploads that became nothing, with their bytes."),
        why=_("So that an upload can go on after a break."),
        whom=Whom.STAFF,
        basis=Basis.CONTRACT,
        tables=("processing_upload", "incoming/"),
        kept="UPLOAD_LIFE_S",
        due=_uploads,
        sweep=lambda _now, _before, _most: upkeep.sweep_uploads(),
    ),
    Rule(
        name="deleted-products",
        what=_("Products that were deleted, with every file and version."),
        why=_("So that a mistake can be mended."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("catalog_product", "catalog_assetversion", "catalog_variant", "processing_job", "models/"),
        kept="DELETED_DAYS",
        least=publishing.UNDO,
        variable="DELETED_DAYS",
        due=_products,
        sweep=lambda _now, _before, _most: upkeep.sweep_deleted(),
    ),
    Rule(
        name="old-versions",
        what=_("Versions of a product that are neither published nor its newest, with their files."),
        why=_("So that one can go back."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("catalog_assetversion", "catalog_variant", "models/"),
        kept="OLD_VERSIONS_DAYS",
        variable="OLD_VERSIONS_DAYS",
        optional=True,
        until=_("as long as the product"),
        due=lambda _now, before: versions.old(before),
        sweep=lambda _now, before, most: versions.forget_old(before, most),
    ),
    Rule(
        name="deliveries",
        what=_("Attempts to tell a webhook's receiver what happened, with what it answered."),
        why=_("To find out why one did not arrive, and to send it again."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("outreach_delivery",),
        kept="ANNOUNCEMENTS_DAYS",
        due=_delivered,
    ),
    Rule(
        name="announcements",
        what=_("What happened to products, in ids and numbers, to be told to webhooks."),
        why=_("So that no receiver misses anything."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("catalog_announcement",),
        kept="ANNOUNCEMENTS_DAYS",
        due=_announced,
    ),
    Rule(
        name="answers",
        what=_("Answers to requests that carry an Idempotency-Key, encrypted by that key."),
        why=_("To answer a repeated request as the first time."),
        whom=Whom.STAFF,
        basis=Basis.CONTRACT,
        tables=("api_repeat",),
        kept="ANSWER_LIFE_S",
        due=lambda _now, before: _model("api.Repeat")._default_manager.filter(created_at__lt=before),  # noqa: SLF001
    ),
    Rule(
        name="kept-reads",
        what=_("Products as the API answers them; in memory."),
        why=_("To answer faster."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("Redis",),
        kept="KEPT_READS_S",
    ),
    Rule(
        name="retention-runs",
        what=_("What each night's sweep took, in numbers."),
        why=_("To show that these rules are kept."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("privacy_retentionrun",),
        kept="RETENTION_RUNS_DAYS",
        due=lambda _now, before: RetentionRun.objects.filter(day__lt=before.date()),
    ),
)
