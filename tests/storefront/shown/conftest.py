"""A browser that shows 3D, before the real service with a product that is small and real."""

import io
from pathlib import Path

import pytest

from tests.browsing import visiting
from tests.builders import a_product
from tests.viewer.conftest import browser, element, launch, playwright
from tests.viewer.models import GREEN, RED, a_slab
from tests.viewer.shop import a_poster
from vitrine.catalog import files
from vitrine.catalog.models import Product, Variant
from vitrine.pipeline.work import Format, Kind
from vitrine.storage.blobs import Key

__all__ = ["browser", "element", "launch", "playwright", "visiting"]

CONTENTS = {
    Kind.POSTER: a_poster(),
    Kind.PREVIEW: a_slab(RED),
    Kind.WEB: a_slab(GREEN, padding=200_000),
    Kind.MOBILE: a_slab(GREEN, padding=100_000),
    Kind.ANDROID: a_slab(GREEN),
}


@pytest.fixture
def slab(element: Path, transactional_db: None) -> Product:
    """A published product: blue poster, red preview, green full models."""
    assert element.is_dir()
    product = a_product(name="Slab", alt="An upright slab", variants=tuple(CONTENTS))
    for variant in Variant.objects.filter(version__product=product):
        content = CONTENTS[Kind(variant.kind)]
        media_type = Format(variant.format).media_type
        files.store().put(Key(variant.key), io.BytesIO(content), media_type=media_type)
        Variant.objects.filter(pk=variant.pk).update(size=len(content))
    return product
