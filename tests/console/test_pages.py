"""The console's pages."""

import pytest
from django.test import Client

from tests.builders import PASSWORD, a_product, a_user
from vitrine.access.roles import Role
from vitrine.console import paging

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(a_user(Role.EDITOR))
    return client


@pytest.fixture
def viewer(client: Client) -> Client:
    client.force_login(a_user(Role.VIEWER))
    return client


@pytest.mark.parametrize("path", ["/", "/products/00000000-0000-0000-0000-000000000000/card"])
def test_strangers_are_led_to_the_login(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 302
    assert response.headers["Location"] == f"/login?next={path}"


def test_the_right_password_opens_the_products(client: Client) -> None:
    a_user(username="ada", with_password=True)

    response = client.post("/login", {"username": "ada", "password": PASSWORD, "next": "/"})

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_a_wrong_password_is_told_and_opens_nothing(client: Client) -> None:
    a_user(username="ada", with_password=True)

    response = client.post("/login", {"username": "ada", "password": "wrong"})

    assert response.status_code == 200
    assert b'<p class="fault" role="alert">' in response.content
    assert client.get("/").status_code == 302


def test_the_login_leads_nowhere_outside(client: Client) -> None:
    a_user(username="ada", with_password=True)

    response = client.post(
        "/login", {"username": "ada", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )

    assert response.headers["Location"] == "/"


def test_the_login_needs_its_own_form() -> None:
    a_user(username="ada", with_password=True)

    response = Client(enforce_csrf_checks=True).post("/login", {"username": "ada", "password": PASSWORD})

    assert response.status_code == 403
    assert "This page was open for too long" in response.text


def test_logging_out_takes_a_post(editor: Client) -> None:
    assert editor.get("/logout").status_code == 405
    assert editor.post("/logout").headers["Location"] == "/login"
    assert editor.get("/").status_code == 302


def test_the_products_are_there_published_or_not_and_kept_by_nobody(editor: Client) -> None:
    shown, hidden = a_product(), a_product(published=False)

    response = editor.get("/")

    assert f'data-product="{shown.pk}"' in response.text
    assert f'data-product="{hidden.pk}"' in response.text
    assert "no-store" in response.headers["Cache-Control"]


def test_searching_leaves_what_has_the_words(editor: Client) -> None:
    chair, lamp = a_product(name="Red chair"), a_product(name="Lamp")

    text = editor.get("/?q=chair").text

    assert f'data-product="{chair.pk}"' in text
    assert f'data-product="{lamp.pk}"' not in text
    assert "with “chair”" in text


def test_more_keeps_the_words(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE_SIZE", 1)
    monkeypatch.setattr(paging, "FIRST_SIZE", 1)
    older, _ = a_product(name="Salt & pepper mill"), a_product(name="Salt & pepper pot")
    text = editor.get("/", {"q": "salt & pepper"}).text

    link = text.partition('id="more" href="')[2].partition('"')[0].replace("&amp;", "&")

    assert link.startswith("/?q=salt+%26+pepper&cursor=")
    assert f'data-product="{older.pk}"' in editor.get(link).text


def test_viewers_see_no_way_to_write(viewer: Client) -> None:
    a_product()

    text = viewer.get("/").text

    verbs = ('data-do="publish"', 'data-do="optimize"', 'data-do="delete"')
    for control in (*verbs, "data-may-write", 'id="choose"', 'id="confirm"', '<input type="file"'):
        assert control not in text
    assert 'data-do="embed"' in text


def test_what_needs_scripts_is_said_without_them(editor: Client) -> None:
    assert (
        '<noscript><p class="fault">Uploading, publishing and deleting need JavaScript'
        in editor.get("/").text
    )


def test_names_are_text(editor: Client) -> None:
    product = a_product(name='<img src=x onerror="alert(1)">')

    for path in ("/", f"/products/{product.pk}/card"):
        text = editor.get(path).text
        assert "<img src=x" not in text
        assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in text


def test_nothing_on_the_pages_needs_a_weaker_policy(editor: Client) -> None:
    product = a_product()

    for path in ("/", "/login", f"/p/{product.pk}"):
        response = editor.get(path, follow=True)
        assert " style=" not in response.text
        assert "<style" not in response.text
        assert " onclick=" not in response.text
        assert "unsafe-inline" not in response.headers["Content-Security-Policy"]


def test_a_card_of_nothing_is_not_there(editor: Client) -> None:
    gone = a_product()
    gone.remove()

    assert editor.get(f"/products/{gone.pk}/card").status_code == 404
