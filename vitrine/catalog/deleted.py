"""Products that were deleted and can still be brought back: by whom they were deleted, and until when."""

from datetime import datetime

from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

from vitrine.access.audit import AuditEntry
from vitrine.catalog.announcements import Topic
from vitrine.catalog.models import Product
from vitrine.catalog.publishing import kept_for


def restorable() -> QuerySet[Product]:
    """Whoever deleted it is told of the audit log: `deleted_by_id`, and `deleted_by`, the name, which is empty for
    somebody who was erased. Both are None for what the log does not know any more."""
    entries = AuditEntry.objects.filter(
        action=Topic.PRODUCT_DELETED,
        target_kind="product",
        target_id=Cast(OuterRef("pk"), CharField()),
    ).order_by("-at", "-id")
    return (
        Product.objects.filter(deleted_at__gte=timezone.now() - kept_for())
        .select_related("shown_when_removed__made_from", "newest_version__made_from")
        .prefetch_related("shown_when_removed__variants", "newest_version__variants")
        .defer("search")
        .annotate(
            deleted_by_id=Subquery(entries.values("actor_id")[:1]),
            deleted_by=Subquery(entries.values("name")[:1]),
        )
    )


def restorable_until(product: Product) -> datetime:
    assert product.deleted_at is not None, "only what was deleted comes back"
    return product.deleted_at + kept_for()
