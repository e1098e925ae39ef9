"""Old versions, where an installation chose not to keep them for ever: with their files, never one that is needed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from vitrine.access.audit import note
from vitrine.catalog import files
from vitrine.catalog.holding import files_may_go
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.processing.models import Job, State
from vitrine.storage.blobs import Key

_WORKING = Q(state__in=[State.QUEUED, State.PROCESSING])


def old(before: datetime) -> QuerySet[AssetVersion]:
    """Versions older than that which nobody sees: never the published one, never the newest, none that is cooked just
    now, and none from which a version was made that stays."""
    stays = AssetVersion.objects.filter(made_from=OuterRef("pk")).exclude(
        pk__in=_unneeded(before).values("pk")
    )
    return _unneeded(before).exclude(Exists(stays))


def forget_old(before: datetime, most: int) -> int:
    """Some of them, those that were made of others first. How many; none while a backup copies files."""
    with files_may_go() as free:
        some = list(old(before).order_by("-number", "pk")[:most]) if free else []
        return sum(_forget(one, before) for one in some)


def _unneeded(before: datetime) -> QuerySet[AssetVersion]:
    shown = Product.objects.filter(Q(published_version=OuterRef("pk")) | Q(newest_version=OuterRef("pk")))
    cooked = Job.objects.filter(_WORKING, version=OuterRef("pk"))
    here = AssetVersion.objects.filter(
        product__deleted_at=None
    )  # others go, or come back, with their product
    return here.filter(created_at__lt=before).exclude(Exists(shown)).exclude(Exists(cooked))


def _forget(version: AssetVersion, before: datetime) -> int:
    """From now on nobody can publish it; then its bytes go, then its row, which is there as long as bytes may be."""
    with transaction.atomic():
        Product.objects.select_for_update().get(pk=version.product_id)  # publishing takes this lock too
        if not old(before).filter(pk=version.pk).update(passed=False):
            return 0
    for key in {version.key, *version.variants.values_list("key", flat=True)}:
        if not _used_by_others(key, version):
            files.store().delete(Key(key))
            files.store().delete(files.packed_key(key))
    with transaction.atomic():
        note("version.deleted", target=("product", version.product_id), version=version.number)
        version.delete()
    return 1


def _used_by_others(key: str, version: AssetVersion) -> bool:
    by_versions = AssetVersion.objects.filter(key=key).exclude(pk=version.pk)
    return by_versions.exists() or Variant.objects.filter(key=key).exclude(version=version).exists()
