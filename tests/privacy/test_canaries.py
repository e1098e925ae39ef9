"""A person and a product that went: nothing of them is found in any table, file, counter or line of the log."""

import io
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.builders import PASSWORD, a_product, a_user
from tests.conftest import Caller
from tests.gltf_builders import a_plain_ball
from tests.insight.telling import error, full, poster, tell
from tests.outreach.receiver import a_receiver
from tests.privacy.searching import found
from vitrine.access import chain, moments
from vitrine.access.audit import AuditEntry
from vitrine.access.login import counted_as
from vitrine.access.models import Identity, User
from vitrine.access.one_time import code_at
from vitrine.access.roles import Role
from vitrine.api import reading
from vitrine.catalog import files, saved
from vitrine.catalog.models import Product
from vitrine.insight import rollup
from vitrine.outreach import endpoints
from vitrine.outreach.courier import Courier
from vitrine.outreach.posting import Network
from vitrine.pipeline.bench import Bench
from vitrine.privacy import export
from vitrine.processing import campaigns
from vitrine.processing.models import Job, Upload
from vitrine.processing.runner import run

pytestmark = pytest.mark.django_db

NAME, MAIL = "kanarienvogel", "piep@voliere.example"
HOME, NETWORK = "198.51.100.77", "198.51.100.0"
FORMER_MAIL = "zeisig@voliere.example"
MARKS = (
    *(
        NAME,
        FORMER_MAIL,
        MAIL,
        "Wellensittich",
        "subject-of-the-canary",
        "canary's program",
        "canary's draft",
    ),
    *("canary's lamps", NETWORK),
)
"""Everything by which somebody could say who it was, or from where."""


def _invited_and_renamed(calling: Caller) -> User:
    """As an admin makes one, by an address that was another's."""
    keeper = calling(Role.ADMIN)
    asked = {"username": NAME, "role": "admin", "email": FORMER_MAIL, "invite": True}
    made = keeper.post("/api/users/", asked, format="json").json()
    keeper.patch(f"/api/users/{made['id']}/", {"email": MAIL}, format="json")
    person = User.objects.get(pk=made["id"], email=MAIL)
    person.first_name = "Wellensittich"
    person.set_password(PASSWORD)
    person.save()
    return person


def canary_person(calling: Caller) -> User:
    """Somebody who has used all that there is, from one address, in one browser."""
    person = _invited_and_renamed(calling)
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
    saved.save(by=person, name="canary's lamps", query="q=lamp", shared=False)
    product = a_product(created_by=person)
    order = {"name": "Smaller", "product_ids": [str(product.pk)]}
    assert calling(person).post("/api/campaigns/", order, format="json").status_code == 201
    assert campaigns.feed() == 1
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
    person = canary_person(calling)
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
        "catalog_savedview",
    } <= before
    assert {
        "access_login",
        "access_secondfactor",
        "django_session",
        "outreach_endpoint",
        "processing_campaign",
    } <= by_number
    assert any(one.startswith("Redis") for one in before), "the search looks into Redis"
    assert any(one.startswith("exports/") for one in before), "and into archives"
    assert any(one.startswith("incoming/") for one in before), "and into files"
    assert answer.status_code == 200, answer.content
    assert answer.json()["done_at"] is not None
    assert found((*MARKS, *counted)) == set()
    logged = "".join(capfd.readouterr()) + caplog.text
    assert "person_erased" in logged
    assert not [mark for mark in (HOME, *MARKS[:-1]) if mark in logged]
    _what_they_did_stays(person.pk)


def _what_they_did_stays(person_id: UUID) -> None:
    """By a number that leads to nobody, in a chain that holds."""
    chain.seal()
    assert AuditEntry.objects.filter(actor_id=person_id, action="key.created").exists()
    assert chain.verify().fault is None
    assert found([str(person_id)]) == {"access_auditentry", "privacy_erasure"}
    assert (Product.objects.get().created_by, Job.objects.get().created_by) == (None, None)


CAGE = ("Kanarienkäfig", "birdcage-tag", "secret of the cage", "note of the cage", "former name of the cage")
COUNTED = {"insight_event", "insight_visit", "insight_measure"}
"""What is kept of views by a product's id alone, for as long as its rules say."""


def canary_product(editor: APIClient, settings: Settings) -> Product:
    """One with which all was done that there is to do: sent, cooked, renamed, noted, and cooked again in a
    campaign."""
    name, tag, secret, note, former = CAGE
    settings.PIPELINE = Bench()
    model = SimpleUploadedFile(f"{former}.glb", a_plain_ball().bytes())
    sent = {"name": former, "model_file": model, "optimize": "false"}
    made = editor.post("/api/assets/3d/", sent, format="multipart", HTTP_IDEMPOTENCY_KEY="cage-of-canaries")
    run(Job.objects.get().pk)
    path = f"/api/assets/3d/{made.json()['id']}"
    change = {"name": name, "tags": [tag], "metadata": {"note": secret}, "alt": name}
    assert editor.patch(f"{path}/", change, format="json").status_code == 200
    assert editor.patch(f"{path}/versions/1", {"note": note}, format="json").status_code == 200
    order = {"name": "Smaller", "product_ids": [made.json()["id"]]}
    assert editor.post("/api/campaigns/", order, format="json").status_code == 201
    assert campaigns.feed() == 1
    return Product.objects.get()


def _shoppers_see(product: Product) -> None:
    for path in ("/api/assets/3d/{}/", "/p/{}", "/embed/{}", "/oembed/?url=http://testserver/p/{}"):
        assert Client().get(path.format(product.pk)).status_code == 200, path
    reading.made_or_found(product.pk, "as the quick read keeps it")
    tell(poster(product.pk), full(product.pk), error(product.pk))
    rollup.roll_up()
    key = files.packed_key(product.shown_version.key)
    files.store().put(key, io.BytesIO(CAGE[2].encode()), media_type="model/gltf-binary")


def _receivers_hear() -> None:
    courier = Courier(Network(private=True, whole_s=2))
    while courier.round():
        courier.finish()


def test_of_a_purged_product_nothing_is_found(
    calling: Caller,
    settings: Settings,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.WEBHOOKS_TO = "private"
    editor = calling(Role.EDITOR)
    with a_receiver() as receiver:
        endpoints.make(by=a_user(Role.ADMIN), url=receiver.url)
        product = canary_product(editor, settings)
        _shoppers_see(product)
        _receivers_hear()
        looked_for = (*CAGE, f"models/{product.pk}")
        before, by_number = found(looked_for), found([str(product.pk)])

        answer = editor.delete(f"/api/assets/3d/{product.pk}/?purge=true")
        _receivers_hear()

    rows = {"catalog_product", "catalog_assetversion"}
    assert {*rows, f"Redis: {reading.name_of(product.pk)}", product.shown_version.key} <= before
    assert {*COUNTED, "processing_campaignitem", "catalog_announcement"} <= by_number
    assert len(receiver.received) > 1, "what is told of it is told by its id"
    assert answer.status_code == 204
    assert found(looked_for) == set()
    logged = "".join(capfd.readouterr()) + caplog.text
    assert not [mark for mark in CAGE if mark in logged]
    chain.seal()
    assert found([str(product.pk)]) == {"access_auditentry", "catalog_announcement", "api_repeat", *COUNTED}
    assert chain.verify().fault is None
