"""What the doors read, with everything an answer needs fetched at once."""

from collections.abc import Sequence

from django.db.models import QuerySet

from vitrine.catalog.models import AssetVersion, Product


def products(*, include_unpublished: bool) -> QuerySet[Product]:
    """Products that are not deleted, each with its published and its newest version and their variants."""
    found = Product.objects.filter(deleted_at=None).select_related(
        "published_version__made_from", "newest_version__made_from"
    )
    found = found.defer("search").prefetch_related("published_version__variants", "newest_version__variants")
    return found if include_unpublished else found.exclude(published_version=None)


def versions(product: Product) -> QuerySet[AssetVersion]:
    """Newest first."""
    return (
        AssetVersion.objects.filter(product=product)
        .select_related("made_from", "product")
        .prefetch_related("variants")
        .order_by("-number")
    )


def versions_of_files(sha256s: Sequence[str]) -> QuerySet[AssetVersion]:
    """Of each of these files the newest version that was sent with it, of products that are not deleted."""
    sent = AssetVersion.objects.filter(sha256__in=sha256s, made_from=None, product__deleted_at=None)
    return sent.select_related("product").order_by("sha256", "-created_at").distinct("sha256")
