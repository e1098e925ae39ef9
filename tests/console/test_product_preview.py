"""A version is looked at beside what shoppers see, before they see it."""

import io
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.api.test_versions import next_version
from tests.axe import faults
from tests.browsing import Visiting
from tests.builders import a_product, a_user
from tests.conftest import Caller
from tests.gltf_builders import GlbBuilder, a_ball_in_two_colours, a_plain_ball
from vitrine.access.roles import Role
from vitrine.catalog import files, publishing
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.pipeline.work import Format, Kind


def with_web(version: AssetVersion, size: int = 3, glb: GlbBuilder | None = None) -> AssetVersion:
    """The version with a file for desktops; `glb` is what it holds."""
    key = files.variant_key(version.product_id, Kind.WEB, f"{version.pk.hex}{'0' * 32}", Format.GLB)
    content = glb.bytes() if glb else b"web"
    files.store().put(key, io.BytesIO(content), media_type="model/gltf-binary")
    made: dict[str, Any] = {"kind": Kind.WEB, "key": key, "format": Format.GLB, "sha256": "0" * 64}
    proof = {"ssim": 0.987, "worst_ssim": 0.98, "passed": True, "bound": 0.98, "views": [{}] * 7}
    Variant.objects.create(version=version, size=len(content) if glb else size, proof=proof, **made)
    return version


def two_versions(**fields: Any) -> tuple[Product, AssetVersion]:
    product = a_product(name="Chair", **fields)
    with_web(product.shown_version, size=1_000_000)
    return product, with_web(next_version(product), size=400_000)


def own_file(product: Product, version: int) -> str:
    return Variant.objects.get(version__product=product, version__number=version).key.rpartition("/")[2]


@pytest.mark.django_db
def test_a_program_reads_the_product_as_it_would_be(calling: Caller) -> None:
    product, second = two_versions(metadata={"view": {"fov": "20deg"}})

    seen = calling(Role.VIEWER).get(f"/api/assets/3d/{product.pk}/versions/2/preview").json()

    live = calling(Role.VIEWER).get(f"/api/assets/3d/{product.pk}/").json()
    assert (seen["version"], seen["variants"]["web"]["size"]) == (2, 400_000)
    assert (live["version"], live["variants"]["web"]["size"]) == (1, 1_000_000)
    for name in ("id", "name", "metadata", "ar_enabled", "published", "links"):
        assert seen[name] == live[name]
    address = seen["variants"]["web"]["url"].partition("testserver")[2]
    assert Client().get(address).getvalue() == b"web"  # signed, for the team's own viewer
    assert calling(None).get(f"/api/assets/3d/{product.pk}/versions/2/preview").status_code == 401
    assert second.published_at is None


@pytest.mark.django_db
def test_the_page_tells_what_would_change(client: Client) -> None:
    product, _ = two_versions()
    client.force_login(a_user(Role.VIEWER))

    html = " ".join(client.get(f"/products/{product.pk}/versions/2").text.split())

    assert "Not published: shoppers see version 1" in html
    assert f'<vitrine-viewer product="{product.pk}" version="2" telemetry="off">' in html
    assert f'<vitrine-viewer product="{product.pk}" version="1" telemetry="off">' in html
    assert (
        '<td class="number">0.4 MB</td> <td class="number">1.0 MB</td> <td class="number">-60 %</td>' in html
    )
    assert "data-publish-version" not in html
    sheet = client.get(f"/products/{product.pk}").text
    assert "Version 2 waits to be published: look at it" in sheet
    assert client.get(f"/products/{product.pk}/versions/3").status_code == 404


@pytest.mark.django_db
def test_the_one_that_is_shown_stands_alone_and_what_failed_is_not_offered(client: Client) -> None:
    product, second = two_versions()
    AssetVersion.objects.filter(pk=second.pk).update(passed=False)
    client.force_login(a_user(Role.EDITOR))

    failed = client.get(f"/products/{product.pk}/versions/2").text
    shown = client.get(f"/products/{product.pk}/versions/1").text

    assert "did not pass its checks, so it cannot be published" in failed
    assert "data-publish-version" not in failed
    assert "Published: shoppers see it" in shown
    assert shown.count("<vitrine-viewer") == 1
    publishing.change(product, published=False)
    assert "shoppers see nothing of this product" in client.get(f"/products/{product.pk}/versions/1").text


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_is_seen_in_the_viewer_and_published_by_keys(visiting: Visiting) -> None:
    product = a_product(name="Chair")
    with_web(product.shown_version, glb=a_plain_ball())
    with_web(next_version(product), glb=a_ball_in_two_colours())
    page = visiting(Role.EDITOR, "/campaigns", viewport={"width": 700, "height": 900})
    # Three models drawn in software at once starve a page; how they go on from here is tested with the viewer.
    page.route("**/model-viewer-*.js", lambda _: None)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("framenavigated", lambda _: asked.clear())  # the product's own page shows version 1, too
    page.goto(f"/products/{product.pk}")
    page.get_by_role("link", name="Version 2 waits to be published").press("Enter")
    page.wait_for_url(f"**/products/{product.pk}/versions/2")
    for number in (2, 1):
        viewer = page.locator(f"vitrine-viewer[version='{number}']")
        viewer.scroll_into_view_if_needed()  # on a narrow page the second stands below the fold
        expect(viewer).to_have_attribute("stage", "loading")
        assert any(own_file(product, number) in address for address in asked)
    page.evaluate("document.querySelectorAll('vitrine-viewer').forEach((one) => one.remove())")
    assert faults(page) == []

    publishing.change(product, alt="Meanwhile")
    publish = page.get_by_role("button", name="Publish this version")
    publish.press("Enter")
    expect(page.locator("#faults")).to_contain_text("changed since you read it")
    with page.expect_navigation():  # the button stands on both pages, the old and the new
        page.keyboard.press("Enter")
    expect(publish).to_be_enabled()
    publish.press("Enter")

    expect(page.get_by_text("Published: shoppers see it")).to_be_visible()
    product.refresh_from_db()
    assert product.shown_version.number == 2
