"""What was deleted: who sees it, what it says, and that it comes back."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.axe import faults
from tests.browsing import Visiting
from tests.builders import a_product, a_user
from tests.conftest import Caller
from vitrine.access import audit
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.catalog import files, publishing
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Kind
from vitrine.storage.blobs import Key


def deleted(
    by: User, name: str = "Chair", *, ago: timedelta = timedelta(0), published: bool = True
) -> Product:
    """A product that `by` deleted so long ago, with a thumbnail."""
    product = a_product(name=name, published=published, variants=(Kind.THUMBNAIL,))
    client = APIClient()
    client.force_authenticate(by)
    assert client.delete(f"/api/assets/3d/{product.pk}/").status_code == 204
    Product.objects.filter(pk=product.pk).update(deleted_at=timezone.now() - ago)
    return product


def page(role: Role, address: str = "/products/deleted") -> str:
    client = Client()
    client.force_login(a_user(role))
    return client.get(address).text


@pytest.mark.django_db
def test_a_program_lists_what_can_still_be_brought_back_the_last_deleted_first(
    calling: Caller, settings: Settings
) -> None:
    ada, client = a_user(username="ada"), calling(Role.VIEWER)
    older, hidden = deleted(ada, ago=timedelta(days=1)), deleted(ada, published=False)
    deleted(ada, ago=timedelta(days=settings.DELETED_DAYS, minutes=1))
    a_product()

    told = client.get("/api/assets/3d/deleted/?limit=1").json()
    rest = client.get(told["next"]).json()["results"]

    assert [one["id"] for one in told["results"] + rest] == [str(hidden.pk), str(older.pk)]
    assert [told["results"][0]["published_version"], rest[0]["published_version"]] == [None, 1]
    older.refresh_from_db()
    assert older.deleted_at is not None
    until = (older.deleted_at + publishing.kept_for()).isoformat().replace("+00:00", "Z")
    assert (rest[0]["deleted_by"], rest[0]["restorable_until"]) == (str(ada.pk), until)


@pytest.mark.django_db
def test_the_page_says_who_deleted_it_and_how_long_it_stays() -> None:
    ada = a_user(username="ada")
    deleted(ada, "<b>Oak</b>", ago=timedelta(days=6, hours=2))
    Product.objects.filter(pk=a_product(name="Lamp").pk).update(
        deleted_at=timezone.now()
    )  # the log says nothing

    html = page(Role.EDITOR)

    assert "Deleted by <bdi>ada</bdi>" in html
    assert "&lt;b&gt;Oak&lt;/b&gt;" in html
    assert '<span class="badge bad">22 hours left' in html
    assert "6 days left" in html
    assert html.index("Lamp") < html.index("Oak")
    assert html.count("Deleted by") == 1
    audit.forget_person(ada.pk)
    assert "Deleted by somebody who is no longer here" in page(Role.EDITOR)


@pytest.mark.django_db
def test_who_may_not_restore_is_not_offered_to(client: Client) -> None:
    deleted(a_user())

    seen = page(Role.VIEWER)

    assert "Chair" in seen
    assert "data-restore " not in seen
    assert "data-pick" not in seen.partition('id="picked"')[0]
    assert client.get("/products/deleted").status_code == 302


@pytest.mark.django_db
def test_without_any_it_says_what_will_come_here() -> None:
    html = page(Role.VIEWER)

    assert "Nothing to bring back" in html
    assert "waits here for 7 days" in html


@pytest.mark.django_db
def test_a_long_list_is_cut_into_pages() -> None:
    for _ in range(51):
        a_product().remove()
    first = page(Role.EDITOR)

    cursor = first.partition('href="?cursor=')[2].partition('"')[0]
    rest = page(Role.EDITOR, f"/products/deleted?cursor={cursor}")

    assert (first.count('class="gone"'), rest.count('class="gone"')) == (50, 1)
    assert "51 products" in first


@pytest.mark.django_db
def test_a_picture_is_seen_by_the_team_alone_and_only_while_it_is_deleted(client: Client) -> None:
    product = deleted(a_user())
    thumbnail = product.shown_version.variants.get(kind=Kind.THUMBNAIL)
    files.store().put(Key(thumbnail.key), io.BytesIO(b"picture"), media_type="image/webp")
    address = f"/products/deleted/{product.pk}/poster"
    assert client.get(address).status_code == 302
    client.force_login(a_user(Role.VIEWER))

    answer = client.get(address)

    assert (answer.getvalue(), answer.headers["Content-Type"]) == (b"picture", "image/webp")
    assert "no-store" in answer.headers["Cache-Control"]
    publishing.restore(product.pk)
    assert client.get(address).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_one_and_many_are_brought_back_by_keys(visiting: Visiting) -> None:
    ada = a_user(username="ada")
    for number in (1, 2, 3):
        deleted(ada, f"Chair {number}", ago=timedelta(minutes=number))
    late = deleted(ada, "Late", ago=timedelta(minutes=4))
    page = visiting(Role.EDITOR, "/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("deleted")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/deleted")
    assert faults(page) == []

    page.get_by_role("button", name="Restore Chair 2").press("Enter")

    expect(page.locator("#toast")).to_contain_text("“Chair 2” is back")
    expect(page.get_by_role("button", name="Restore Chair 3")).to_be_focused()
    publishing.restore(late.pk)
    Product.objects.filter(pk=late.pk).delete()  # gone for good in this moment
    page.get_by_label("Select all that are shown").press("Space")
    page.get_by_role("button", name="Restore 3 products").press("Enter")
    expect(page.locator("#toast")).to_contain_text("2 products are back")
    expect(page.locator("#faults")).to_contain_text("deleted too long ago")
    expect(page.locator(".gone .name")).to_have_text(["Late"])
    assert Product.objects.filter(deleted_at=None).count() == 3
