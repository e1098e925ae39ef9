"""People and their roles: an admin's matter."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.builders import PASSWORD, a_key, a_user
from tests.conftest import Caller
from vitrine.access import people, tokens
from vitrine.access.models import Login, User
from vitrine.access.roles import Role, Scope
from vitrine.errors import Conflict

pytestmark = pytest.mark.django_db


def log_in(username: str, password: str) -> Any:
    return Client().post(
        "/api/auth/token/", {"username": username, "password": password}, content_type="application/json"
    )


def test_a_person_is_made_with_a_password_that_is_shown_once(calling: Caller) -> None:
    admin = calling(Role.ADMIN)

    made = admin.post("/api/users/", {"username": "grace", "role": "editor"})

    body = made.json()
    assert (made.status_code, body["role"], body["active"]) == (201, "editor", True)
    assert log_in("grace", body["password"]).status_code == 200
    assert "password" not in admin.get(made.headers["Location"]).json()


def test_a_chosen_password_is_not_repeated(calling: Caller) -> None:
    sent = {"username": "grace", "role": "viewer", "password": PASSWORD}

    body = calling(Role.ADMIN).post("/api/users/", sent).json()

    assert body["password"] is None
    assert log_in("grace", PASSWORD).status_code == 200


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"username": ""}, "/username"),
        ({"username": "x" * 151}, "/username"),
        ({"username": "a b"}, "/username"),
        ({"username": "a\x00b"}, "/username"),
        ({"role": "owner"}, "/role"),
        ({"role": None}, "/role"),
        ({"password": "short"}, "/password"),
        ({"password": "password123"}, "/password"),
        ({"password": "x" * 1025}, "/password"),
        ({"email": "nowhere"}, "/email"),
    ],
)
def test_what_nobody_can_be_made_of_is_named(calling: Caller, fields: dict[str, Any], pointer: str) -> None:
    sent = {"username": "grace", "role": "viewer", **fields}

    response = calling(Role.ADMIN).post("/api/users/", sent)

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert not User.objects.filter(username="grace").exists()


@pytest.mark.parametrize("name", ["ada", "ADA"])
def test_a_name_that_is_taken_is_a_409(calling: Caller, name: str) -> None:
    a_user(username="ada")

    response = calling(Role.ADMIN).post("/api/users/", {"username": name, "role": "viewer"})

    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_another_role_counts_at_once(calling: Caller) -> None:
    person = a_user(Role.VIEWER)
    headers = {"Authorization": f"Bearer {tokens.begin(person).access}"}
    assert Client().get("/api/users/", headers=headers).status_code == 403

    response = calling(Role.ADMIN).patch(f"/api/users/{person.pk}/", {"role": "admin"})

    assert (response.status_code, response.json()["role"]) == (200, "admin")
    assert Client().get("/api/users/", headers=headers).status_code == 200


def test_a_deactivated_person_s_logins_keys_and_sessions_stop_at_once(calling: Caller) -> None:
    person = a_user(Role.ADMIN, with_password=True)
    pair, (_, key) = tokens.begin(person), a_key(Scope.ASSETS_READ, by=person)
    console = Client()
    console.force_login(person)

    calling(Role.ADMIN).patch(f"/api/users/{person.pk}/", {"active": False})

    for header in (f"Bearer {pair.access}", f"Api-Key {key}"):
        assert Client().get("/api/auth/me/", headers={"Authorization": header}).status_code == 401
    assert console.get("/").status_code == 302
    assert log_in(person.username, PASSWORD).status_code == 401
    assert Login.objects.count() == 0


def test_a_person_who_comes_back_logs_in_anew(calling: Caller) -> None:
    person, admin = a_user(with_password=True), calling(Role.ADMIN)
    pair = tokens.begin(person)
    for active in (False, True):
        admin.patch(f"/api/users/{person.pk}/", {"active": active})

    headers = {"Authorization": f"Bearer {pair.access}"}
    assert Client().get("/api/auth/me/", headers=headers).status_code == 401
    assert log_in(person.username, PASSWORD).status_code == 200


@pytest.mark.parametrize("change", [{"role": "editor"}, {"active": False}])
def test_the_last_active_admin_stays_one(calling: Caller, change: dict[str, Any]) -> None:
    admin = a_user(Role.ADMIN)
    a_user(Role.ADMIN, is_active=False)

    response = calling(admin).patch(f"/api/users/{admin.pk}/", change)

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert "last active admin" in response.json()["detail"]
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMIN, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_demote_each_other_one_comes_too_late() -> None:
    admins = [a_user(Role.ADMIN), a_user(Role.ADMIN)]
    start, ends = threading.Barrier(2), []

    def demote(one: User, other: User) -> None:
        try:
            start.wait(timeout=60)
            people.change(one, role=Role.VIEWER, by=other)
            ends.append("done")
        except Conflict:
            ends.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in (admins, admins[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(ends) == ["done", "too late"]
    assert User.objects.filter(role=Role.ADMIN).count() == 1


def test_nothing_else_about_a_person_can_be_sent_along(calling: Caller) -> None:
    person = a_user(Role.VIEWER)
    sent = {
        "is_superuser": True, "is_staff": True, "id": str(a_user().pk), "username": "root", "password": PASSWORD,
        "groups": [1], "user_permissions": [1], "date_joined": "2000-01-01T00:00:00Z",
    }  # fmt: skip
    before = User.objects.filter(pk=person.pk).values().get()

    assert calling(Role.ADMIN).patch(f"/api/users/{person.pk}/", sent).status_code == 200
    assert User.objects.filter(pk=person.pk).values().get() == before

    made = calling(Role.ADMIN).post("/api/users/", {**sent, "username": "grace", "role": "viewer"})
    grace = User.objects.get(username="grace")
    assert (grace.is_superuser, grace.is_staff, str(grace.pk)) == (False, False, made.json()["id"])
    assert str(grace.pk) != sent["id"]


def test_nobody_promotes_himself(calling: Caller) -> None:
    editor = a_user(Role.EDITOR)

    response = calling(editor).patch(f"/api/users/{editor.pk}/", {"role": "admin"})

    assert response.status_code == 403
    editor.refresh_from_db()
    assert editor.role == Role.EDITOR
