"""Changing a product under its lock: what is said about it, which version everybody sees, and that it goes.

`known` are the revisions that the caller may have read, None where that does not matter: Stale, and nothing
changed, when the product has another one by now.
"""

from typing import Any

from django.db import transaction

from vitrine.access.audit import note
from vitrine.catalog.announcements import Topic, announce
from vitrine.catalog.models import AssetVersion, Product
from vitrine.errors import NotFound, Stale

Known = frozenset[int] | None


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
