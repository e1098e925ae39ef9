"""What the product page says to search engines."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.builders import a_product, file_address
from vitrine.catalog.files import url_to_read
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Kind
from vitrine.storefront.exhibit import Exhibit
from vitrine.storefront.linked_data import json_for_script, linked_data

BASE = "https://assets.example"


def said_of(product: Product) -> Any:
    return linked_data(Exhibit.of(product, BASE))


@pytest.mark.django_db
def test_a_product_is_told_with_its_model_and_its_files() -> None:
    metadata = {
        "description": "Oak.",
        "sku": "C-1",
        "brand": "Loft",
        "material": "Oak",
        "price": {"amount": "249.00", "currency": "EUR"},
    }
    product = a_product(name="Chair", metadata=metadata, variants=(Kind.POSTER, Kind.IOS))
    product.versions.update(dimensions_m=[0.42, 0.88, 0.514])
    product.refresh_from_db()

    said = said_of(product)

    address = f"{BASE}/p/{product.pk}"
    assert (said["@context"], said["@type"], said["@id"]) == ("https://schema.org", "Product", address)
    assert (said["name"], said["description"], said["sku"]) == ("Chair", "Oak.", "C-1")
    assert said["brand"] == {"@type": "Brand", "name": "Loft"}
    assert said["image"] == file_address(product, Kind.POSTER, BASE)
    assert said["offers"] == {"@type": "Offer", "price": "249.00", "priceCurrency": "EUR", "url": address}
    assert said["height"] == {"@type": "QuantitativeValue", "value": 0.88, "unitCode": "MTR"}
    model = said["subjectOf"]
    assert (model["@type"], model["name"], model["image"]) == ("3DModel", "Chair", said["image"])
    types = {one["encodingFormat"]: one["contentUrl"] for one in model["encoding"]}
    assert set(types) == {"model/gltf-binary", "model/vnd.usdz+zip"}
    assert types["model/gltf-binary"] == url_to_read(product.shown_version.key, BASE, public=True)
    assert types["model/vnd.usdz+zip"] == file_address(product, Kind.IOS, BASE)
    assert {one["@type"] for one in model["encoding"]} == {"MediaObject"}


@pytest.mark.django_db
def test_what_nobody_said_is_left_out() -> None:
    said = said_of(a_product(metadata={"price": "249", "sku": ["x"]}))

    assert set(said) == {"@context", "@type", "@id", "name", "url", "subjectOf"}
    assert set(said["subjectOf"]) == {"@type", "name", "encoding"}


@pytest.mark.django_db
def test_the_page_holds_it_as_json(client: Client) -> None:
    product = a_product(name="</script><b>")

    text = client.get(f"/p/{product.pk}").text

    told = text.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(told)["name"] == "</script><b>"


def test_no_text_can_end_the_script_it_stands_in() -> None:
    said = {"name": "</script><script>alert(1)</script><!-- & \u2028"}

    text = json_for_script(said)

    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == said
