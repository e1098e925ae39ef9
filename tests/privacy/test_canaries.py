"""A person and a product that went: nothing of them is found in any table, file, counter or line of the log."""

import io
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from tests.builders import PASSWORD, a_product, a_user
from tests.conftest import Caller
from tests.privacy.searching import found
from vitrine.access import chain, moments
from vitrine.access.audit import AuditEntry
from vitrine.access.login import counted_as
from vitrine.access.models import Identity, User
from vitrine.access.one_time import code_at
from vitrine.access.roles import Role
from vitrine.api import reading
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.outreach import endpoints
from vitrine.pipeline.work import Kind
from vitrine.privacy import export
from vitrine.processing.models import Job, Upload

pytestmark = pytest.mark.django_db

NAME, MAIL = "kanarienvogel", "piep@voliere.example"
HOME, NETWORK = "198.51.100.77", "198.51.100.0"
MARKS = (NAME, MAIL, "Wellensittich", "subject-of-the-canary", "canary's program", "canary's draft", NETWORK)
"""Everything by which somebody could say who it was, or from where."""


def canary_person() -> User:
    """Somebody who has used all that there is, from one address, in one browser."""
    person = a_user(Role.ADMIN, username=NAME, email=MAIL, first_name="Wellensittich", with_password=True)
    Identity.objects.create(person=person, issuer="https://login.example", subject="subject-of-the-canary")
    browser = Client(REMOTE_ADDR=HOME)
    browser.post("/login", {"username": NAME, "password": PASSWORD})
    browser.post("/password/forgotten", {"email": MAIL})
    _use_the_api(person)
    upload = Upload.objects.create(created_by=person, name="canary's draft.glb")
    files.store().put(
        files.incoming_key(upload.pk), io.BytesIO(b"canary's draft"), media_type="model/gltf-binary"
    )
    endpoints.make(by=person, url="https://8.8.8.8/hook")
    product = a_product(created_by=person)
    Job.objects.create(
        version=product.shown_version, recipe="standard", options_key="0" * 64, created_by=person
    )
    export.ask(person, by=person, export_id=uuid4())
    export.make_those_asked_for()
    return person


def _use_the_api(person: User) -> None:
    client = Client(REMOTE_ADDR=HOME)

    def post(path: str, token: str = "", **sent: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return client.post(f"/api/{path}", sent, content_type="application/json", headers=headers).json()

    post("auth/token/", username=NAME, password="wrong, all of it")
    token = post("auth/token/", username=NAME, password=PASSWORD)["access"]
    key = post("keys/", token, name="canary's program", scopes=["assets:read"])["key"]
    client.get("/api/assets/3d/", headers={"Authorization": f"Api-Key {key}"})
    secret = post("auth/second-factor/", token)["secret"]
    post("auth/second-factor/confirm/", token, otp=code_at(secret, int(time.time() // 30)))
    post("auth/token/", username=NAME, password=PASSWORD)
    moments.login_failed(NAME, HOME)


def test_of_an_erased_person_nothing_is_found(
    calling: Caller, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    person = canary_person()
    counted = (counted_as(NAME), counted_as(MAIL))
    before = found((*MARKS, *counted))
    admin = a_user(Role.ADMIN, username="keeper")
    by_number = found([str(person.pk)])

    answer = calling(admin).post(f"/api/users/{person.pk}/erase/", {"username": NAME})

    assert {
        "access_user",
        "access_identity",
        "access_apikey",
        "access_auditentry",
        "processing_upload",
    } <= before
    assert {"access_login", "access_secondfactor", "django_session", "outreach_endpoint"} <= by_number
    assert any(one.startswith("Redis") for one in before), "the search looks into Redis"
    assert any(one.startswith("exports/") for one in before), "and into archives"
    assert any(one.startswith("incoming/") for one in before), "and into files"
    assert answer.status_code == 200, answer.content
    assert answer.json()["done_at"] is not None
    assert found((*MARKS, *counted)) == set()
    logged = "".join(capfd.readouterr()) + caplog.text
    assert "person_erased" in logged
    assert not [mark for mark in (NAME, MAIL, HOME, *MARKS[2:-1]) if mark in logged]
    _what_they_did_stays(person.pk)


def _what_they_did_stays(person_id: UUID) -> None:
    """By a number that leads to nobody, in a chain that holds."""
    chain.seal()
    assert AuditEntry.objects.filter(actor_id=person_id, action="key.created").exists()
    assert chain.verify().fault is None
    assert found([str(person_id)]) == {"access_auditentry", "privacy_erasure"}
    assert (Product.objects.get().created_by, Job.objects.get().created_by) == (None, None)


def test_of_a_purged_product_nothing_is_found(
    calling: Caller, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    marks = ("Kanarienkäfig", "birdcage-tag", "secret of the cage")
    fields: dict[str, Any] = {
        "name": marks[0],
        "tags": [marks[1]],
        "metadata": {"note": marks[2]},
        "alt": marks[0],
    }
    product = a_product(variants=(Kind.WEB, Kind.POSTER), **fields)
    key = files.packed_key(product.shown_version.variants.get(kind=Kind.WEB).key)
    files.store().put(key, io.BytesIO(b"packed"), media_type="model/gltf-binary")
    reading.made_or_found(product.pk, "as the quick read keeps it")
    Client().get(f"/p/{product.pk}")
    looked_for = (*marks, f"model of {product.pk}", f"models/{product.pk}")
    before = found(looked_for)

    answer = calling(Role.EDITOR).delete(f"/api/assets/3d/{product.pk}/?purge=true")

    assert {"catalog_product", "catalog_variant", f"Redis: {reading.name_of(product.pk)}", key} <= before
    assert answer.status_code == 204
    assert found(looked_for) == set()
    logged = "".join(capfd.readouterr()) + caplog.text
    assert not [mark for mark in marks if mark in logged]
    chain.seal()
    assert found([str(product.pk)]) == {"access_auditentry", "catalog_announcement"}
    assert chain.verify().fault is None
