"""What the doors read, with everything an answer needs fetched at once."""

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
