"""Erasing a person: meant, once, whole, and finished by a worker if it was interrupted."""

import pytest
import redis
from django.test import Client

from tests.builders import a_key, a_product, a_user
from tests.conftest import Caller
from vitrine.access import counting, tokens
from vitrine.access.audit import AuditEntry, note
from vitrine.access.models import User
from vitrine.access.roles import Role, Scope
from vitrine.config.rounds import ROUNDS
from vitrine.privacy import erase, export
from vitrine.privacy.models import Erasure

pytestmark = pytest.mark.django_db


def path_of(person: User) -> str:
    return f"/api/users/{person.pk}/erase/"


def test_it_wants_the_name_once_more(calling: Caller) -> None:
    person, admin = a_user(username="ines"), calling(Role.ADMIN)

    for sent in ({"username": "omar"}, {}, {"username": "INES"}):
        response = admin.post(path_of(person), sent)
        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == "/username"

    assert User.objects.filter(pk=person.pk).exists()
    assert not Erasure.objects.exists()


def test_all_that_let_them_in_stops_at_once(calling: Caller) -> None:
    person = a_user(Role.ADMIN, username="ines")
    token, (_, key) = tokens.begin(person).access, a_key(Scope.ASSETS_READ, by=person)
    browser = Client()
    browser.force_login(person)

    calling(Role.ADMIN).post(path_of(person), {"username": "ines"})

    for headers in ({"Authorization": f"Bearer {token}"}, {"Authorization": f"Api-Key {key}"}):
        assert Client().get("/api/auth/me/", headers=headers).status_code == 401
    assert browser.get("/").status_code == 302


def test_what_they_made_stays_and_is_nobodys(calling: Caller) -> None:
    person = a_user(username="ines")
    product = a_product(created_by=person)

    calling(Role.ADMIN).post(path_of(person), {"username": "ines"})

    product.refresh_from_db()
    assert (product.created_by, product.published) == (None, True)


def test_the_last_active_admin_stays(calling: Caller) -> None:
    admin = a_user(Role.ADMIN, username="omar")
    a_user(Role.ADMIN, username="gone", is_active=False)

    response = calling(admin).post(path_of(admin), {"username": "omar"})

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert User.objects.filter(pk=admin.pk).exists()


def test_an_admin_may_erase_themselves_while_another_is_there(calling: Caller) -> None:
    admin = a_user(Role.ADMIN, username="omar")
    a_user(Role.ADMIN)

    assert calling(admin).post(path_of(admin), {"username": "omar"}).status_code == 200

    assert not AuditEntry.objects.filter(name="omar").exists()


def test_the_second_time_nobody_is_there(calling: Caller) -> None:
    person, admin = a_user(username="ines"), calling(Role.ADMIN)

    statuses = [admin.post(path_of(person), {"username": "ines"}).status_code for _ in range(2)]

    assert statuses == [200, 404]


def test_while_redis_is_away_it_is_begun_and_a_worker_finishes_it(
    calling: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = a_user(username="ines")
    with monkeypatch.context() as away:
        away.setattr(counting.RedisCounts, "forget", _away)
        begun = calling(Role.ADMIN).post(path_of(person), {"username": "ines"})

    assert (begun.status_code, begun.json()["done_at"]) == (200, None)
    assert not User.objects.filter(pk=person.pk).exists()
    assert (erase.finish_those_begun(), erase.finish_those_begun()) == (1, 0)
    done = Erasure.objects.get()
    assert (done.counted_as, done.done_at is None) == ([], False)
    assert erase.finish_those_begun in ROUNDS


def _away(*_: object) -> None:
    raise redis.ConnectionError("away")


def test_what_strangers_tried_with_their_name_is_forgotten_too(calling: Caller) -> None:
    person = a_user(username="ines")
    note("login.failed", target=person)

    calling(Role.ADMIN).post(path_of(person), {"username": "ines"})

    assert AuditEntry.objects.get(action="login.failed").forgotten


def test_an_export_that_is_being_made_goes_too(calling: Caller) -> None:
    person = a_user(username="ines")
    export.ask(person, by=person, export_id=person.pk)

    calling(Role.ADMIN).post(path_of(person), {"username": "ines"})

    assert export.make_those_asked_for() == 0
