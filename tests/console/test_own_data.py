"""What is kept on people: they take it away themselves, and an admin erases somebody; by keys alone."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browsing import Visiting
from tests.builders import a_user
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.privacy import export


@pytest.mark.django_db
def test_nobody_is_offered_to_erase_themselves(client: Client) -> None:
    admin, other = a_user(Role.ADMIN), a_user()
    client.force_login(admin)

    assert "erase-dialog" in client.get(f"/settings/people/{other.pk}").text
    assert "erase-dialog" not in client.get(f"/settings/people/{admin.pk}").text


@pytest.mark.django_db
def test_what_can_be_downloaded_is_offered_and_no_more(client: Client) -> None:
    person = a_user()
    client.force_login(person)
    assert "export-file" not in client.get("/settings/account").text
    client.post("/api/auth/me/export/")
    waiting = client.get("/settings/account").text
    assert "Being put together" in waiting
    assert "ask-export" not in waiting

    export.make_those_asked_for()

    ready = client.get("/settings/account").text
    assert "to be downloaded until" in ready
    file = client.get("/api/auth/me/export/file/")
    assert (file.headers["Content-Type"], file.getvalue()[:2]) == ("application/zip", b"PK")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_one_s_own_data_is_asked_for_and_downloaded(visiting: Visiting) -> None:
    page = visiting(Role.VIEWER, "/settings/account")

    page.get_by_role("button", name="Put it together").press("Enter")
    expect(page.locator("#own-data")).to_contain_text("Being put together")
    export.make_those_asked_for()
    link = page.get_by_role("link", name="Download it")
    expect(link).to_be_visible()  # the page looks again by itself
    with page.expect_download() as coming:
        link.press("Enter")

    assert coming.value.suggested_filename == "vitrine-export.zip"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_person_is_erased_after_their_name_was_typed(visiting: Visiting) -> None:
    grace = a_user(username="grace")
    page = visiting(Role.ADMIN, f"/settings/people/{grace.pk}")
    page.get_by_role("button", name="Erase this person…").press("Enter")
    dialog = page.get_by_role("dialog", name="Erase grace?")
    expect(dialog).to_contain_text("products and versions they made")

    page.keyboard.type("Grace")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("another name than the person's")
    assert User.objects.filter(pk=grace.pk).exists()
    dialog.get_by_role("textbox").fill("grace")
    page.keyboard.press("Enter")

    page.wait_for_url("**/settings/people")
    expect(page.locator("#toast")).to_have_text("grace is erased.")
    assert not User.objects.filter(pk=grace.pk).exists()
