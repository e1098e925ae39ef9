"""In which language the console speaks, and that nobody else's pages do."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from tests.builders import a_key, a_product, a_user
from vitrine.access import links
from vitrine.access.roles import Role, Scope
from vitrine.catalog.models import Status
from vitrine.errors import ModelRejected
from vitrine.pipeline.work import Kind
from vitrine.processing.models import Job, State

pytestmark = pytest.mark.django_db

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def test_a_stranger_reads_what_the_browser_asks_for() -> None:
    german, english = (
        Client().get("/login", headers={"Accept-Language": asked}) for asked in ("de-CH", "fr, en;q=0.5")
    )

    assert '<html lang="de">' in german.text
    assert "Passwort vergessen?" in german.text
    assert german.headers["Content-Language"] == "de"
    assert "Accept-Language" in german.headers["Vary"]
    assert '<html lang="en">' in english.text
    assert "I forgot my password." in english.text


def test_a_person_s_choice_goes_before_the_browser_s(client: Client) -> None:
    client.force_login(a_user(Role.ADMIN, language="de"))
    assert '<html lang="de">' in client.get("/settings/people", headers={"Accept-Language": "en"}).text

    changed = client.patch("/api/auth/me/", {"language": ""}, content_type="application/json")

    assert (changed.status_code, changed.json()["language"]) == (200, "")
    assert '<html lang="en">' in client.get("/settings/people", headers={"Accept-Language": "en"}).text


def test_a_language_that_the_console_does_not_speak_is_refused(client: Client) -> None:
    person = a_user(language="de")
    client.force_login(person)

    response = client.patch("/api/auth/me/", {"language": "tlh"}, content_type="application/json")

    person.refresh_from_db()
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/language")
    assert person.language == "de"


def test_refusals_that_a_page_shows_are_in_its_language_and_a_program_s_are_english(client: Client) -> None:
    client.force_login(a_user(Role.ADMIN, username="ada", language="de"))
    sent = {"username": "ADA", "role": "viewer"}

    shown = client.post("/api/users/", sent, content_type="application/json").json()
    program = Client().post("/api/users/", sent, content_type="application/json", headers=GERMAN).json()

    assert (shown["title"], shown["detail"]) == (
        "Im jetzigen Zustand nicht möglich",
        "Den Namen 'ADA' gibt es schon.",
    )
    assert program["title"] == "Log in first"


def test_why_a_job_failed_is_said_in_the_page_s_language(client: Client) -> None:
    client.force_login(a_user(Role.EDITOR, language="de"))
    product = a_product(published=False, status=Status.FAILED)
    kept = {
        "code": "model-rejected",
        "title": ModelRejected.title,
        "detail": "The file has 8 bytes; the limit is 4.",
    }
    job = Job.objects.create(version=product.shown_version, recipe="standard", state=State.FAILED, error=kept)
    title, detail = "Das Modell ist so nicht verwendbar", "Die Datei hat 8 Bytes; die Grenze ist 4."

    library, page = client.get("/").text, client.get(f"/products/{product.pk}").text
    task = client.get(f"/api/tasks/{job.pk}/").json()

    assert f"<strong>{title}</strong>" in library
    assert detail in library
    assert page.count(f"<strong>{title}</strong>") == page.count(detail) == 2, (
        "at its head, and among its jobs"
    )
    assert task["error"] == {**kept, "title": title, "detail": detail}


def test_a_refusal_is_said_in_the_page_s_language_and_each_of_its_faults_too(client: Client) -> None:
    client.force_login(a_user(Role.EDITOR, language="de"))
    path, sent = f"/api/assets/3d/{a_product().pk}/", {"metadata": {"sku": "x" * 70_000}}

    said = client.patch(path, sent, content_type="application/json").json()
    program = Client(headers={"Accept-Language": "de"})
    program.defaults["HTTP_AUTHORIZATION"] = "Api-Key " + a_key(Scope.ASSETS_WRITE)[1]
    english = program.patch(path, sent, content_type="application/json").json()

    assert [fault["detail"] for fault in said["errors"]] == [
        "Das sind 70011 Bytes JSON; höchstens 64000 werden aufbewahrt."
    ]
    assert "This is 70011 bytes of JSON; at most 64000 are kept." in english["detail"]


@pytest.mark.parametrize("path", ["/api/events/", "/api/assets/3d/"])
def test_a_cookie_of_nobody_is_no_page_of_ours(path: str) -> None:
    stranger = Client(headers=GERMAN)
    stranger.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32

    answer = stranger.post(path, {"name": "Chair"}, content_type="application/json")

    assert "Content-Language" not in answer.headers


def test_a_report_is_read_in_the_page_s_language(client: Client) -> None:
    """It was written in English, when the model was made."""
    client.force_login(a_user(Role.EDITOR, language="de"))
    product = a_product(variants=(Kind.MOBILE, Kind.WEB, Kind.IOS))
    notices = {
        "usdz-dropped": "Every animation but the first (Wave, Walk) is left out of the USDZ, because Quick Look cannot "
        "show it.",
        "image-type-corrected": "Image 3 is called image/png but is image/jpeg; taken as that.",
    }
    report = {"notices": [{"code": code, "detail": detail} for code, detail in notices.items()]}
    product.versions.update(report=report)

    page = " ".join(client.get(f"/products/{product.pk}").text.split())

    assert (
        "Fehlt in der USDZ, weil Quick Look es nicht zeigen kann: Jede Animation außer der ersten (Wave, Walk)."
        in page
    )
    assert "Bild 3 heißt image/png, ist aber image/jpeg; so wurde es gelesen." in page


def test_pages_for_shoppers_keep_their_own_words(client: Client) -> None:
    product = a_product()

    for path in (f"/p/{product.pk}", f"/embed/{product.pk}", "/nowhere"):
        response = client.get(path, headers=GERMAN)
        assert '<html lang="en"' in response.text
        assert "Accept-Language" not in response.headers.get("Vary", "")


def test_what_a_shop_pastes_is_explained_in_the_reader_s_language(client: Client) -> None:
    """The console shows the storefront's page as a part of its own."""
    client.force_login(a_user(Role.EDITOR, language="de"))

    page = client.get(f"/p/{a_product(name='Chair').pk}/snippets")

    assert page.headers["Content-Language"] == "de"
    assert "„Chair“ anderswo zeigen" in page.text
    assert 'data-copied="Kopiert"' in page.text


def test_numbers_in_attributes_stay_numbers(client: Client) -> None:
    client.force_login(a_user(Role.ADMIN, language="de"))
    a_product()

    text = client.get("/settings/storage").text

    assert 'max="100" value="100"' in text


def test_an_invitation_is_written_in_the_language_of_who_invites(client: Client) -> None:
    client.force_login(a_user(Role.ADMIN, language="de"))
    grace = a_user(username="grace", email="grace@shop.example")

    assert client.post(f"/api/users/{grace.pk}/invite/").json() == {"invited": True}

    assert mail.outbox[0].subject == "Ihr Zugang zu Vitrine"
    link = str(mail.outbox[0].body).partition("#")[2].split()[0]
    assert Client().post("/password/new", {"link": link, "new": "a better horse battery"}).status_code == 302


@pytest.mark.parametrize("fields", [{"email": ""}, {"email": "grace@shop.example", "is_active": False}])
def test_nobody_is_invited_whom_the_link_would_not_help(client: Client, fields: dict[str, object]) -> None:
    client.force_login(a_user(Role.ADMIN))
    grace = a_user(**fields)  # type: ignore[arg-type]  # fields of a person

    assert client.post(f"/api/users/{grace.pk}/invite/").status_code == 409
    assert mail.outbox == []


def test_links_from_before_a_language_was_chosen_still_count() -> None:
    person = a_user(email="ada@shop.example")
    link = links.link_for(person, links.FORGOTTEN)
    person.language = "de"
    person.save()

    assert Client().post("/password/new", {"link": link, "new": "a better horse battery"}).status_code == 302
