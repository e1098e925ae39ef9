"""Changing a product under its lock: what is said about it, and which version everybody sees."""

from typing import Any

from django.db import transaction

from vitrine.catalog.announcements import Topic, announce
from vitrine.catalog.models import AssetVersion, Product


def change(product: Product, **fields: Any) -> None:
    """Set name, ar_enabled, metadata, alt and tags; `published` publishes the newest version that passed, or withdraws.

    A product of which nothing has passed yet keeps the wish: it goes public when its job has passed its proofs.
    """
    wish = fields.pop("published", None)
    with transaction.atomic():
        locked = Product.objects.select_for_update().get(pk=product.pk)
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


def publish(version: AssetVersion) -> None:
    """Show `version` to everybody, whichever was shown before: forwards or back."""
    with transaction.atomic():
        Product.objects.select_for_update().get(pk=version.product_id).publish(version)


def _publish_newest(product: Product) -> None:
    if product.published_version_id is not None:
        return
    newest = AssetVersion.objects.filter(product=product, passed=True).order_by("-number").first()
    if newest is not None:
        product.publish(newest)
        return
    product.publish_wished = True
    product.save(update_fields=["publish_wished", "updated_at"])
