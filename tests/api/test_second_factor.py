"""A code from one's phone, asked for at each login."""

import time
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as current
from django.test import Client
from pytest_django import Settings

from tests.builders import PASSWORD, a_user
from tests.conftest import Caller
from vitrine.access import second_factor, tokens
from vitrine.access.models import SecondFactor, User
from vitrine.access.one_time import code_at
from vitrine.access.roles import Role
from vitrine.config import admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return a_user(username=f"ada-{uuid4()}", with_password=True)


def code_of(secret: str, *, ahead: int = 0) -> str:
    """The code of now, or of a step that a phone's clock may be ahead."""
    return code_at(secret, int(time.time() // 30) + ahead)


def guarded(person: User) -> tuple[str, list[str]]:
    """Set up: the secret and the written codes. The code before now is used up."""
    secret = second_factor.begin(person)
    return secret, second_factor.confirm(person, code_of(secret, ahead=-1))


def home_of(person: User) -> str:
    """An address for each: wrong codes are counted by it too."""
    return f"10.{person.pk.int % 256}.{person.pk.int // 256 % 256}.7"


def log_in(person: User, **more: str) -> Any:
    sent = {"username": person.username, "password": PASSWORD, **more}
    return Client(REMOTE_ADDR=home_of(person)).post("/api/auth/token/", sent, content_type="application/json")


def test_an_app_is_set_up_and_then_asked_for(person: User) -> None:
    client, headers = Client(), {"Authorization": f"Bearer {tokens.begin(person).access}"}
    begun = client.post("/api/auth/second-factor/", headers=headers).json()
    assert log_in(person).status_code == 200  # not yet confirmed

    sent = {"otp": code_of(begun["secret"], ahead=-1)}
    done = client.post(
        "/api/auth/second-factor/confirm/", sent, content_type="application/json", headers=headers
    )

    assert (done.status_code, len(done.json()["recovery_codes"])) == (200, 10)
    assert begun["secret"] in begun["uri"]
    assert client.get("/api/auth/me/", headers=headers).json()["second_factor"] is True
    assert (log_in(person).status_code, log_in(person).json()["code"]) == (401, "code-needed")
    assert log_in(person, otp=code_of(begun["secret"])).status_code == 200


def test_a_wrong_code_is_refused_and_a_wrong_password_does_not_tell_that_one_is_needed(person: User) -> None:
    guarded(person)

    assert log_in(person, otp="000000").json()["code"] == "code-wrong"
    assert log_in(person, password="wrong").json()["code"] == "login-needed"


def test_each_code_is_good_for_one_login(person: User) -> None:
    secret, written = guarded(person)

    for code in (code_of(secret), written[0]):
        assert [log_in(person, otp=code).status_code for _ in range(2)] == [200, 401]


def test_codes_are_not_guessed_faster_than_passwords(person: User) -> None:
    secret, _ = guarded(person)
    for _ in range(8):
        log_in(person, otp="000000")

    assert log_in(person, otp=code_of(secret)).status_code == 429


def test_setting_up_needs_a_right_code_and_a_new_one_needs_the_old_off(person: User, calling: Caller) -> None:
    client = calling(person)
    secret = client.post("/api/auth/second-factor/").json()["secret"]

    assert client.post("/api/auth/second-factor/confirm/", {"otp": "000000"}).status_code == 400
    assert log_in(person).status_code == 200
    second_factor.confirm(person, code_of(secret))
    assert client.post("/api/auth/second-factor/").status_code == 409


def test_a_stolen_session_cannot_take_it_off(person: User, calling: Caller) -> None:
    secret, _ = guarded(person)
    client = calling(User.objects.get(pk=person.pk))

    answers = [
        client.delete("/api/auth/second-factor/", sent).status_code for sent in ({}, {"otp": "000000"})
    ]
    assert answers == [400, 401]
    assert SecondFactor.objects.exists()

    assert client.delete("/api/auth/second-factor/", {"otp": code_of(secret)}).status_code == 204
    assert log_in(person).status_code == 200


def test_an_admin_takes_it_off_for_who_lost_the_phone_and_cannot_put_one_on(
    person: User, calling: Caller
) -> None:
    guarded(person)
    client, path = calling(Role.ADMIN), f"/api/users/{person.pk}/"

    assert client.patch(path, {"second_factor": True}).status_code == 400
    assert client.patch(path, {"second_factor": False}).json()["second_factor"] is False
    assert log_in(person).status_code == 200


def test_who_has_the_machine_gets_in_without_the_phone() -> None:
    person = a_user(Role.ADMIN, username=admin.NAME)
    guarded(person)

    admin.set_password(PASSWORD)

    assert log_in(person).status_code == 200


def test_neither_secret_nor_codes_are_kept_as_they_are(person: User) -> None:
    secret, written = guarded(person)

    kept = str(SecondFactor.objects.values_list()[0])

    assert secret not in kept
    assert not any(code in kept for code in written)


def test_the_codes_outlive_a_secret_key_and_the_app_as_long_as_it_counts(
    person: User, settings: Settings
) -> None:
    secret, written = guarded(person)
    old = current.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new secret", [old]
    assert log_in(person, otp=code_of(secret)).status_code == 200

    settings.SECRET_KEY_FALLBACKS = []
    assert log_in(person, otp=code_of(secret, ahead=1)).status_code == 401
    assert log_in(person, otp=written[0]).status_code == 200


def in_console(person: User) -> Client:
    """Half a login: the password was right."""
    client = Client(REMOTE_ADDR=home_of(person))
    sent = {"username": person.username, "password": PASSWORD, "next": "/?q=oak"}
    response = client.post("/login", sent)
    assert (response.status_code, response.headers["Location"]) == (302, "/login/code?next=%2F%3Fq%3Doak")
    return client


def test_the_console_asks_for_the_code_after_the_password(person: User) -> None:
    secret, _ = guarded(person)
    client = in_console(person)
    assert client.get("/").status_code == 302
    assert 'autocomplete="one-time-code"' in client.get("/login/code?next=/").content.decode()

    wrong = client.post("/login/code", {"code": "000000"})
    assert (wrong.status_code, "not right" in wrong.content.decode()) == (200, True)
    assert client.get("/").status_code == 302

    right = client.post("/login/code", {"code": code_of(secret), "next": "/?q=oak"})
    assert (right.status_code, right.headers["Location"]) == (302, "/?q=oak")
    assert client.get("/").status_code == 200


def test_new_recovery_codes_take_a_code_and_end_the_old_ones(person: User) -> None:
    _, old = guarded(person)
    client = Client()
    client.force_login(person)

    def draw(code: str) -> Any:
        return client.post("/api/auth/second-factor/codes/", {"otp": code}, content_type="application/json")

    assert draw("000000").status_code == 401
    new = draw(old[0]).json()["recovery_codes"]

    assert len(set(new) - set(old)) == 10
    assert [second_factor.accepts(person, code) for code in (old[1], new[0], new[0])] == [False, True, False]


def test_the_code_s_page_leads_nowhere_outside(person: User) -> None:
    secret, _ = guarded(person)

    response = in_console(person).post(
        "/login/code", {"code": code_of(secret), "next": "https://elsewhere.example/"}
    )

    assert response.headers["Location"] == "/"


def test_half_a_login_is_over_when_the_password_changes_or_the_person_goes(person: User) -> None:
    secret, _ = guarded(person)
    client = in_console(person)
    person.set_password("a better horse battery")
    person.save()

    response = client.post("/login/code", {"code": code_of(secret)})

    assert response.headers["Location"] == "/login"
    assert client.get("/").status_code == 302


def test_nobody_comes_to_the_code_without_the_password() -> None:
    for method in ("get", "post"):
        response = getattr(Client(), method)("/login/code", {"code": "123456"})
        assert (response.status_code, response.headers["Location"]) == (302, "/login")
