"""Tokens for passwords."""

from rest_framework.test import APIClient

from tests.builders import PASSWORD, a_product, a_user
from tests.conftest import Caller
from vitrine.access.roles import Role


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
