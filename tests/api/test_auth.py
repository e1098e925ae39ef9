"""Tokens for passwords."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.builders import PASSWORD, a_key, a_product, a_user
from tests.conftest import Caller
from vitrine.access.roles import Role, Scope


def log_in(client: APIClient, password: str = PASSWORD) -> dict[str, str]:
    user = a_user(Role.EDITOR, with_password=True)
    response = client.post("/api/auth/token/", {"username": user.username, "password": password})
    body: dict[str, str] = response.json()
    return body | {"http_status": str(response.status_code), "person": user.username}


def test_a_password_buys_a_token_that_opens_the_api(db: None) -> None:
    client = APIClient()
    tokens = log_in(client)

    me = client.get("/api/auth/me/", headers={"Authorization": f"Bearer {tokens['access']}"})

    assert (me.json()["username"], me.json()["role"]) == (tokens["person"], "editor")


def test_a_wrong_password_is_a_401_problem(db: None) -> None:
    body = log_in(APIClient(), password="wrong")

    assert (body["http_status"], body["code"]) == ("401", "login-needed")


def test_a_made_up_token_is_refused_even_for_a_published_product(calling: Caller) -> None:
    product = a_product()
    client = calling(None)

    response = client.get(f"/api/assets/3d/{product.pk}/", headers={"Authorization": "Bearer x.y.z"})

    assert response.status_code == 401


def test_the_consoles_cookie_alone_changes_nothing(db: None) -> None:
    product = a_product()
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(a_user(Role.ADMIN))

    response = client.delete(f"/api/assets/3d/{product.pk}/")

    assert response.status_code == 403
    assert client.get(f"/api/assets/3d/{product.pk}/").status_code == 200


def ask(client: APIClient, path: str, token: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return client.get(path, headers=headers) if body is None else client.post(path, body, headers=headers)


def test_a_refresh_token_buys_a_new_pair_once(db: None) -> None:
    client = APIClient()
    first = log_in(client)

    second = client.post(
        "/api/auth/token/refresh/", {"refresh": first["refresh"]}, headers={"User-Agent": "a"}
    )
    stolen = client.post(
        "/api/auth/token/refresh/", {"refresh": first["refresh"]}, headers={"User-Agent": "b"}
    )

    assert (second.status_code, set(second.json())) == (200, {"access", "refresh"})
    assert second.headers["Cache-Control"] == "no-store"
    assert (stolen.status_code, stolen.json()["code"]) == (401, "login-needed")
    assert ask(client, "/api/auth/me/", second.json()["access"]).status_code == 401


@pytest.mark.parametrize("way", ["refresh token", "access token"])
def test_logging_out_ends_all_tokens_of_this_login(db: None, way: str) -> None:
    client = APIClient()
    tokens, others = log_in(client), log_in(client)
    sent = {"refresh": tokens["refresh"]} if way == "refresh token" else {}
    headers = {} if sent else {"Authorization": f"Bearer {tokens['access']}"}

    response = client.post("/api/auth/logout/", sent, headers=headers)

    assert response.status_code == 204
    assert ask(client, "/api/auth/me/", tokens["access"]).status_code == 401
    assert client.post("/api/auth/token/refresh/", {"refresh": tokens["refresh"]}).status_code == 401
    assert ask(client, "/api/auth/me/", others["access"]).status_code == 200


def test_logging_out_twice_is_no_fault_and_out_of_nothing_is(db: None) -> None:
    client = APIClient()
    refresh = log_in(client)["refresh"]

    answers = [client.post("/api/auth/logout/", {"refresh": refresh}).status_code for _ in range(2)]

    assert answers == [204, 204]
    assert client.post("/api/auth/logout/", {}).status_code == 400
    assert client.post("/api/auth/logout/", {"refresh": "x.y.z"}).status_code == 401


def test_too_many_wrong_passwords_are_a_429_that_says_how_long(db: None) -> None:
    person = a_user(username=f"ada-{uuid4()}")
    client = APIClient(REMOTE_ADDR="10.77.0.1")
    sent = {"username": person.username, "password": "wrong"}

    answers = [client.post("/api/auth/token/", sent) for _ in range(9)]

    assert [one.status_code for one in answers] == [401] * 8 + [429]
    assert answers[8].json()["code"] == "too-many-logins"
    assert 0 < int(answers[8].headers["Retry-After"]) <= 60


def test_the_console_s_login_is_held_back_by_the_same_count(db: None) -> None:
    person = a_user(username=f"ada-{uuid4()}", with_password=True)
    program, page = APIClient(REMOTE_ADDR="10.78.0.1"), Client(REMOTE_ADDR="10.78.0.2")
    for _ in range(8):
        program.post("/api/auth/token/", {"username": person.username, "password": "wrong"})

    response = page.post("/login", {"username": person.username, "password": PASSWORD})

    assert (response.status_code, 0 < int(response.headers["Retry-After"]) <= 60) == (429, True)
    assert "Too many wrong passwords were tried. Wait" in response.content.decode()
    assert page.get("/").status_code == 302


def test_another_password_asks_for_the_old_one_and_ends_all_tokens(db: None) -> None:
    client = APIClient()
    tokens = log_in(client)
    sent = {"old": PASSWORD, "new": "a better horse battery"}

    wrong = ask(client, "/api/auth/password/", tokens["access"], {**sent, "old": "wrong"})
    weak = ask(client, "/api/auth/password/", tokens["access"], {**sent, "new": "short"})
    right = ask(client, "/api/auth/password/", tokens["access"], sent)

    assert [one.status_code for one in (wrong, weak, right)] == [400, 400, 204]
    assert [one.json()["errors"][0]["pointer"] for one in (wrong, weak)] == ["/old", "/new"]
    assert ask(client, "/api/auth/me/", tokens["access"]).status_code == 401
    assert client.post("/api/auth/token/refresh/", {"refresh": tokens["refresh"]}).status_code == 401


def test_the_session_that_changes_the_password_goes_on_and_the_others_end(db: None) -> None:
    person = a_user(with_password=True)
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(person)

    sent = {"old": PASSWORD, "new": "a better horse battery"}
    response = here.post("/api/auth/password/", sent, content_type="application/json")

    assert response.status_code == 204
    assert [client.get("/").status_code for client in (here, there)] == [200, 302]


def test_a_key_cannot_change_the_password_of_its_person(db: None) -> None:
    person = a_user(Role.ADMIN, with_password=True)
    _, key = a_key(*Scope, by=person)

    response = APIClient().post(
        "/api/auth/password/",
        {"old": PASSWORD, "new": "a better horse battery"},
        headers={"Authorization": f"Api-Key {key}"},
    )

    assert (response.status_code, response.json()["detail"]) == (403, "No API key reaches this: log in.")


def test_no_password_and_no_token_is_in_the_logs(db: None, caplog: pytest.LogCaptureFixture) -> None:
    client = APIClient()
    tokens = log_in(client)
    log_in(client, password="a mistyped secret")
    client.post("/api/auth/token/", {"username": "a secret in the wrong field", "password": "x"})
    ask(client, "/api/auth/me/", tokens["access"])

    for secret in (PASSWORD, "a mistyped secret", "a secret in the wrong field", *tokens.values()):
        if len(secret) > 10:
            assert secret not in caplog.text
