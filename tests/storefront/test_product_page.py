"""/p/{id}: for anyone when published, for staff always."""

import re
import uuid

import pytest
from django.test import Client

from tests.builders import a_product, a_user, file_address
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Format, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(a_user(Role.VIEWER))
    return client


@pytest.mark.parametrize("slash", ["", "/"])
def test_strangers_see_a_published_product(client: Client, slash: str) -> None:
    product = a_product(name="Chair", metadata={"description": "Oak."}, variants=(Kind.POSTER, Kind.WEB))

    response = client.get(f"/p/{product.pk}{slash}")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=30, stale-while-revalidate=300"
    text = response.text
    assert "<h1>Chair</h1>" in text
    assert "Oak." in text
    assert f'<vitrine-viewer product="{product.pk}">' in text
    assert f'<img slot="poster" src="{file_address(product, Kind.POSTER)}"' in text
    assert "Not published" not in text


def test_it_names_itself_to_others_in_full(client: Client) -> None:
    product = a_product(variants=(Kind.POSTER,))

    text = client.get(f"/p/{product.pk}").text

    assert f'<link rel="canonical" href="http://testserver/p/{product.pk}">' in text
    assert (
        f'<meta property="og:image" content="{file_address(product, Kind.POSTER, "http://testserver")}"'
        in text
    )


@pytest.mark.parametrize("unknown", [True, False])
def test_what_is_not_published_is_not_there_for_strangers(client: Client, unknown: bool) -> None:
    product_id = uuid.uuid4() if unknown else a_product(published=False).pk

    response = client.get(f"/p/{product_id}")

    assert response.status_code == 404
    assert "<h1>Nothing here</h1>" in response.text


def test_staff_see_what_is_not_published_and_that_it_is_not(staff: Client) -> None:
    product = a_product(name="Chair", published=False)

    response = staff.get(f"/p/{product.pk}")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<span class="badge">Not published</span>' in response.text


def test_nobody_sees_what_was_deleted(staff: Client) -> None:
    product = a_product()
    product.remove()

    assert staff.get(f"/p/{product.pk}").status_code == 404


def test_only_staff_are_told_that_nothing_was_proven(client: Client) -> None:
    product = a_product(variants=(Kind.WEB,))

    as_stranger = client.get(f"/p/{product.pk}").text
    client.force_login(a_user(Role.VIEWER))
    as_staff = client.get(f"/p/{product.pk}").text

    assert "Not proven" not in as_stranger
    assert "Not proven" in as_staff


def test_a_usdz_is_said_to_have_no_3d_view(client: Client) -> None:
    product = a_product(variants=(Kind.IOS,))
    product.versions.update(format=Format.USDZ, source_format=Format.USDZ)

    text = client.get(f"/p/{product.pk}").text

    assert (
        "There is no 3D view of this product yet. On an iPhone or iPad you can see it in your room." in text
    )


def test_without_ar_the_page_does_not_speak_of_it(client: Client) -> None:
    product = a_product(ar_enabled=False, variants=(Kind.IOS, Kind.ANDROID))

    assert "in your room" not in client.get(f"/p/{product.pk}").text


def test_who_made_the_model_is_said_in_one_line_when_the_file_says_it(client: Client) -> None:
    signed, silent = a_product(), a_product()
    signed.versions.update(report={"source": {"author": "Ada <3", "license": "CC BY 4.0"}})

    text = client.get(f"/p/{signed.pk}").text

    assert '<p class="credit">3D model: Ada &lt;3 · CC BY 4.0</p>' in text
    assert "3D model:" not in client.get(f"/p/{silent.pk}").text


def test_names_are_text(client: Client) -> None:
    nasty = '</script><img src=x onerror="alert(1)">'
    product = a_product(name=nasty, alt=nasty, metadata={"description": nasty, "sku": nasty})

    text = client.get(f"/p/{product.pk}").text

    assert "<img src=x" not in text
    assert "&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in text
    assert Product.objects.get().name == nasty


def test_a_link_to_it_shows_picture_name_and_price_elsewhere(client: Client) -> None:
    product = a_product(
        name="Chair", alt="A red chair", metadata={"price": 34, "currency": "EUR"}, variants=(Kind.POSTER,)
    )
    product.versions.get().variants.update(width_px=1024, height_px=768)

    text = client.get(f"/p/{product.pk}").text

    said = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"', text))
    assert (said["og:type"], said["og:title"], said["og:image:alt"]) == ("product", "Chair", "A red chair")
    assert (said["og:image:width"], said["og:image:height"]) == ("1024", "768")
    assert (said["product:price:amount"], said["product:price:currency"]) == ("34", "EUR")
    assert said["twitter:card"] == "summary_large_image"


def test_staff_are_not_counted_as_shoppers(client: Client) -> None:
    product = a_product()

    stranger = client.get(f"/p/{product.pk}").text
    client.force_login(a_user(Role.VIEWER))

    assert 'telemetry="off"' not in stranger
    assert f'<vitrine-viewer product="{product.pk}" telemetry="off">' in client.get(f"/p/{product.pk}").text
