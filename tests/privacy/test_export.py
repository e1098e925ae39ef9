"""All that is kept on a person: made by a worker, for that person alone, for a short time."""

import io
import json
import re
import threading
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CASCADE, SET_NULL
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.builders import a_key, a_product, a_user
from tests.conftest import Caller
from vitrine.access import second_factor, tokens
from vitrine.access.audit import AuditEntry, note
from vitrine.access.models import Identity, User
from vitrine.access.roles import Role, Scope
from vitrine.catalog import files, saved
from vitrine.errors import StoreFailed
from vitrine.privacy import export
from vitrine.privacy.holdings import BY_NUMBER, HOLDINGS, OF_NOBODY, name_of
from vitrine.privacy.models import Export, State
from vitrine.processing.models import Upload

pytestmark = pytest.mark.django_db

MINE = "/api/auth/me/export/"


def a_busy_person() -> User:
    """One of whom there is something in every corner."""
    person = a_user(Role.ADMIN, username="ines", email="ines@example.com")
    second_factor.begin(person)
    tokens.begin(person)
    a_key(Scope.ASSETS_READ, by=person)
    Identity.objects.create(person=person, issuer="https://login.example.com", subject="subject-7")
    a_product(created_by=person, name="Her chair")
    saved.save(by=person, name="Her lamps", query="q=lamp", shared=False)
    upload = Upload.objects.create(created_by=person, name="draft.glb")
    files.store().put(files.incoming_key(upload.pk), io.BytesIO(b"her bytes"), media_type="model/gltf-binary")
    Client().force_login(person)
    note("product.updated", target=("product", uuid4()), by=person)
    return person


def downloaded(client: APIClient) -> Any:
    """The answer, read to its end."""
    response: Any = client.get(f"{MINE}file")
    response.read = b"".join(response)
    return response


def opened(response: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(response.read))


def test_a_person_asks_waits_and_downloads(calling: Caller) -> None:
    person = a_busy_person()
    client = calling(person)

    asked = client.post(MINE)
    early = downloaded(client)
    export.make_those_asked_for()
    late = downloaded(client)

    assert (asked.status_code, asked.json()["state"], asked.headers["Retry-After"]) == (202, "waiting", "5")
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    assert (late.status_code, late.headers["Cache-Control"]) == (200, "private, no-store")
    assert "attachment" in late.headers["Content-Disposition"]
    ready = client.get(MINE).json()["results"]
    assert [(one["state"], one["size"]) for one in ready] == [("ready", int(late.headers["Content-Length"]))]


def test_it_holds_everything_and_no_secret(calling: Caller) -> None:
    person = a_busy_person()
    client = calling(person)
    client.post(MINE)
    export.make_those_asked_for()

    archive = opened(downloaded(client))

    told = json.loads(archive.read("person.json"))
    counts = {name: len(rows) for name, rows in told.items()}
    without = {name_of(one): 0 for one in ("outreach.Endpoint", "processing.Job", "processing.Campaign")}
    assert counts == {name_of(one.model): 1 for one in HOLDINGS} | {"sessions": 1} | without
    assert told["users"][0]["email"] == "ines@example.com"
    uploads = [name for name in archive.namelist() if name.startswith("uploads/")]
    assert [archive.read(name) for name in uploads] == [b"her bytes"]
    whole = archive.read("person.json").decode()
    assert not [secret for secret in secrets_of(person) if secret in whole]


def secrets_of(person: User) -> list[str]:
    key, login = person.keys.get(), person.logins.get()
    factor = person.second_factor
    return [person.password, key.digest, login.newest, login.password_mark, factor.sealed]


def test_the_audit_log_in_it_names_nobody_else(calling: Caller) -> None:
    person, admin = a_busy_person(), a_user(Role.ADMIN, username="omar")
    note("user.role-changed", target=person, by=admin, role="admin")
    client = calling(person)
    client.post(MINE)
    export.make_those_asked_for()

    lines = opened(downloaded(client)).read("audit.jsonl").decode().splitlines()

    assert {"product.updated", "user.role-changed"} <= {json.loads(line)["action"] for line in lines}
    assert "omar" not in "".join(lines)
    assert str(admin.pk) not in "".join(lines)


def test_an_admin_asks_for_another_and_only_that_person_downloads(calling: Caller) -> None:
    person, admin = a_user(username="ines"), calling(Role.ADMIN)

    asked = admin.post(f"/api/users/{person.pk}/export/")
    export.make_those_asked_for()

    assert asked.status_code == 202
    assert admin.get(f"/api/users/{person.pk}/export/").json()["results"][0]["state"] == "ready"
    assert downloaded(admin).status_code == 409
    assert downloaded(calling(person)).status_code == 200


def test_asked_for_twice_it_is_made_once(calling: Caller) -> None:
    client = calling(Role.VIEWER)

    first, second = client.post(MINE).json(), client.post(MINE).json()

    assert first["id"] == second["id"]
    assert export.make_those_asked_for() == 1
    assert export.make_those_asked_for() == 0


def test_it_is_gone_when_its_days_are_over(calling: Caller, settings: Settings) -> None:
    person = a_user()
    client = calling(person)
    client.post(MINE)
    export.make_those_asked_for()
    Export.objects.update(created_at=timezone.now() - timedelta(days=settings.EXPORT_DAYS, seconds=1))

    assert (downloaded(client).status_code, client.get(MINE).json()) == (409, {"results": []})


def test_it_is_no_file_that_anybody_reads_by_an_address(calling: Caller) -> None:
    person = a_user()
    made = export.ask(person, by=person, export_id=uuid4())
    export.make_those_asked_for()

    paths = [f"/files/{made.key}", files.url_to_read(made.key, "", public=False)]

    assert [calling(Role.ADMIN).get(path).status_code for path in paths] == [404, 404]


def test_a_store_that_fails_is_tried_again_and_then_it_is_said(
    calling: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = calling(Role.VIEWER)
    client.post(MINE)

    def away(*_: object) -> int:
        raise StoreFailed("The store is away.")

    monkeypatch.setattr(export, "_written", away)
    for _ in range(Export.MOST_ATTEMPTS + 1):
        export.make_those_asked_for()
        Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert client.get(MINE).json()["results"][0]["state"] == State.FAILED
    assert client.post(MINE).json()["state"] == State.WAITING


def test_it_is_written_into_the_audit_log(calling: Caller) -> None:
    client = calling(Role.VIEWER)
    client.post(MINE)
    export.make_those_asked_for()
    downloaded(client)

    actions = AuditEntry.objects.filter(action__startswith="export.").order_by("at")
    assert list(actions.values_list("action", flat=True)) == [
        "export.asked-for",
        "export.made",
        "export.downloaded",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_make_the_same() -> None:
    people = [a_user() for _ in range(4)]
    for person in people:
        export.ask(person, by=person, export_id=uuid4())
    made: list[int] = []

    def work() -> None:
        try:
            made.append(export.make_those_asked_for())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sum(made) == 4
    assert set(Export.objects.values_list("state", "attempts")) == {(State.READY, 1)}


OF_DJANGO = {"auth.Permission", "auth.Group", "contenttypes.ContentType"}
SOUNDS_LIKE_SOMEBODY = re.compile(r"person|people|user|owner|actor|asked_by|created_by|e?mail|address")


def test_of_every_model_it_is_said_what_becomes_of_people_in_it() -> None:
    """Whoever adds one says whether it speaks of a person."""
    said = [*(one.model for one in HOLDINGS), *set(BY_NUMBER) - {one.model for one in HOLDINGS}, *OF_NOBODY]

    assert len(said) == len(set(said))
    assert set(said) | OF_DJANGO == {model._meta.label for model in apps.get_models()}
    named = [
        (label, one.name)
        for label in OF_NOBODY
        for one in apps.get_model(label)._meta.get_fields()
        if one.concrete and SOUNDS_LIKE_SOMEBODY.search(one.name)
    ]
    assert named == []


def test_of_every_holding_it_is_said_whether_it_goes_with_its_person() -> None:
    for one in HOLDINGS[1:]:  # the first are the people themselves
        by: Any = apps.get_model(one.model)._meta.get_field(one.by)
        assert by.remote_field.on_delete is (SET_NULL if one.stay else CASCADE), one.model


def test_every_model_that_refers_to_people_is_listed() -> None:
    """Whoever adds one says which of its fields the person is told."""
    theirs = {"access.User"} | {
        model._meta.label
        for model in apps.get_models()
        for one in model._meta.get_fields()
        if one.many_to_one or one.one_to_one
        if one.concrete and one.related_model is User
    }

    assert {one.model for one in HOLDINGS} == theirs
