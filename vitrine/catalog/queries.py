"""What the doors read, with everything an answer needs fetched at once."""

from django.db.models import Q, QuerySet

from vitrine.catalog.models import AssetVersion, Product


def products(*, include_unpublished: bool) -> QuerySet[Product]:
    """Products that are not deleted, each with its published and its newest version and their variants."""
    found = Product.objects.filter(deleted_at=None).select_related(
        "published_version__made_from", "newest_version__made_from"
    )
    found = found.prefetch_related("published_version__variants", "newest_version__variants")
    return found if include_unpublished else found.exclude(published_version=None)


def search(found: QuerySet[Product], words: str) -> QuerySet[Product]:
    """Every word stands somewhere in the name, or is a tag. PostgreSQL cannot even ask for U+0000."""
    for word in words.replace("\x00", " ").split()[:10]:
        found = found.filter(Q(name__icontains=word) | Q(tags__contains=[word]))
    return found


def versions(product: Product) -> QuerySet[AssetVersion]:
    """Newest first."""
    return (
        AssetVersion.objects.filter(product=product)
        .select_related("made_from", "product")
        .prefetch_related("variants")
        .order_by("-number")
    )
