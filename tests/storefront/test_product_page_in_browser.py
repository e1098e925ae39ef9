"""/p/{id} in a real browser: a picture first, whatever else comes."""

import io
import json

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browsing import Visiting
from tests.builders import a_product
from vitrine.catalog import files
from vitrine.catalog.models import Product, Variant
from vitrine.pipeline.work import Kind
from vitrine.storage.blobs import Key

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pictured() -> Product:
    """A published product with a poster that can be seen."""
    product = a_product(
        name="Chair", alt="A red chair", metadata={"description": "</script> & oak"}, variants=(Kind.POSTER,)
    )
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "firebrick").save(picture, "WEBP")
    picture.seek(0)
    files.store().put(Key(Variant.objects.get().key), picture, media_type="image/webp")
    return product


@pytest.mark.parametrize("scripts", [True, False])
def test_the_picture_is_there_with_scripts_and_without(
    visiting: Visiting, pictured: Product, scripts: bool
) -> None:
    page = visiting(None, f"/p/{pictured.pk}", java_script_enabled=scripts)

    picture = page.get_by_role("img", name="A red chair").first

    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.naturalWidth") == 64


def test_the_policy_lets_the_data_for_search_engines_be(visiting: Visiting, pictured: Product) -> None:
    page = visiting(None, f"/p/{pictured.pk}")

    text = page.locator('script[type="application/ld+json"]').text_content()

    said = json.loads(text or "")
    assert (said["@type"], said["name"], said["description"]) == ("Product", "Chair", "</script> & oak")
    assert said["image"].startswith("http://")


@pytest.mark.parametrize("width", [320, 390, 820, 1400])
def test_no_width_needs_sideways_scrolling(visiting: Visiting, pictured: Product, width: int) -> None:
    page = visiting(None, f"/p/{pictured.pk}", viewport={"width": width, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") == width
