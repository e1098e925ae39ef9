"""Changing a product under its lock: what is said about it, which version everybody sees, that it goes and comes back.

`known` are the revisions that the caller may have read, None where that does not matter: Stale, and nothing
changed, when the product has another one by now.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vitrine.access.audit import note
from vitrine.catalog.announcements import Topic, announce
from vitrine.catalog.models import AssetVersion, Product
from vitrine.errors import Conflict, NotFound, Stale

Known = frozenset[int] | None
MOST_TAGS = 50
UNDO = timedelta(minutes=30)
"""How long a removal can be undone at the least, whatever DELETED_DAYS says: long enough to come back from a call and
see that something is missing, short enough for who wants nothing kept."""


def change(product: Product, *, known: Known = None, **fields: Any) -> None:
    """Set name, ar_enabled, metadata, alt and tags; `published` publishes the newest version that passed, or withdraws.

    A product of which nothing has passed yet keeps the wish: it goes public when its job has passed its proofs.
    """
    wish = fields.pop("published", None)
    with transaction.atomic():
        locked = _locked(product, known)
        changed = sorted(name for name, value in fields.items() if getattr(locked, name) != value)
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.save(update_fields=[*fields, "updated_at"])
        if changed:
            announce(Topic.PRODUCT_UPDATED, locked.pk, changed=changed)
        if wish is False:
            locked.withdraw()
        elif wish is True:
            _publish_newest(locked)


def remove(product: Product, *, known: Known = None) -> None:
    """Hide it from everybody at once; NotFound when somebody else did so before."""
    with transaction.atomic():
        _locked(product, known).remove()


def kept_for() -> timedelta:
    """How long a removed product's bytes stay, and it can be restored."""
    return max(timedelta(days=settings.DELETED_DAYS), UNDO)


def restore(product_id: UUID) -> None:
    """Bring back what was removed, just as it was; nothing to do for one that is here. NotFound for what is gone."""
    with transaction.atomic():
        product = Product.objects.select_for_update().filter(pk=product_id).first()
        removed_at = product.deleted_at if product else None
        if product is None or (removed_at is not None and removed_at < timezone.now() - kept_for()):
            raise NotFound(
                "There is no such product, or it was deleted too long ago: its files are gone for good."
            )
        product.restore()


def tag(product: Product, *, add: Collection[str] = (), remove: Collection[str] = ()) -> None:
    """Give it tags and take others away, whatever else it has by now."""
    with transaction.atomic():
        locked = _locked(product, None)
        tags = [one for one in locked.tags if one not in remove]
        tags += [one for one in dict.fromkeys(add) if one not in tags]
        if len(tags) > MOST_TAGS:
            raise Conflict(
                f"It would have {len(tags)} tags; at most {MOST_TAGS} are kept. Take some away first."
            )
        if tags != locked.tags:
            locked.tags = tags
            locked.save(update_fields=["tags", "updated_at"])
            announce(Topic.PRODUCT_UPDATED, locked.pk, changed=["tags"])


def publish(version: AssetVersion, *, known: Known = None) -> None:
    """Show `version` to everybody, whichever was shown before: forwards or back."""
    with transaction.atomic():
        _locked(version.product, known).publish(version)


def annotate(version: AssetVersion, text: str, *, known: Known = None) -> None:
    """Set what people say of a version."""
    with transaction.atomic():
        locked = _locked(version.product, known)
        if AssetVersion.objects.filter(pk=version.pk).exclude(note=text).update(note=text):
            note("version.noted", target=("product", locked.pk), version=version.number)


def _publish_newest(product: Product) -> None:
    if product.published_version_id is not None:
        return
    newest = AssetVersion.objects.filter(product=product, passed=True).order_by("-number").first()
    if newest is not None:
        product.publish(newest)
        return
    product.publish_wished = True
    product.save(update_fields=["publish_wished", "updated_at"])


def _locked(product: Product, known: Known) -> Product:
    """The product as it is now, ours until the transaction ends."""
    locked = Product.objects.select_for_update().filter(pk=product.pk, deleted_at=None).first()
    if locked is None:
        raise NotFound("Somebody has deleted this product.")
    if known is not None and locked.revision not in known:
        raise Stale("This product has changed since you read it, and nothing was done. Read it again.")
    return locked
