"""Every changing call is in the audit log, with who did it; admins read it and take it away."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.builders import PASSWORD, a_product, a_user
from tests.conftest import Caller
from vitrine.access import chain
from vitrine.access.audit import AuditEntry, note
from vitrine.access.roles import Role
from vitrine.catalog.models import Product

GLB = b"glTF\x02\x00\x00\x00" + bytes(100)


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("chair.glb", GLB)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("at").values_list("action", flat=True))


def logged_in(name: str, role: Role) -> APIClient:
    """With a real token, as programs have it."""
    user, client = a_user(role, username=name, with_password=True), APIClient()
    tokens = client.post("/api/auth/token/", {"username": user.username, "password": PASSWORD}).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    return client


def test_a_product_s_life_is_written_down_with_who_did_it(db: None) -> None:
    client = logged_in("ines", Role.EDITOR)
    made = client.post("/api/assets/3d/", {"name": "Chair", "model_file": a_file()}, format="multipart")
    address = f"/api/assets/3d/{made.json()['id']}/"
    Product.objects.get().versions.update(passed=True)

    client.patch(address, {"name": "Lounge chair", "published": True})
    client.patch(address, {"published": False})
    client.post(f"{address}versions/1/publish")
    client.post(f"{address}versions", {"model_file": a_file()}, format="multipart")
    client.post(f"{address}optimize", {"quality": 0.97})
    client.delete(f"{address}?purge=true")

    assert actions() == [
        "login.succeeded",
        "product.created",
        "version.created",
        "product.updated",
        "product.published",
        "product.unpublished",
        "product.published",
        "version.created",
        "product.optimize-asked",
        "product.deleted",
        "product.purged",
    ]
    assert set(AuditEntry.objects.values_list("name", "address")) == {("ines", "127.0.0.0")}
    changes = AuditEntry.objects.exclude(action="login.succeeded")
    assert set(changes.values_list("target_id", flat=True)) == {made.json()["id"]}
    assert len(set(changes.values_list("request_id", flat=True))) == 7, "one for each call"
    assert AuditEntry.objects.get(action="product.updated").details == {"changed": ["name"]}


def test_what_was_refused_or_changed_nothing_is_not_in_it(calling: Caller) -> None:
    product = a_product()
    before = actions()

    calling(Role.VIEWER).delete(f"/api/assets/3d/{product.pk}/")
    calling(Role.EDITOR).patch(f"/api/assets/3d/{product.pk}/", {"name": ""})
    calling(Role.EDITOR).patch(f"/api/assets/3d/{product.pk}/", {"name": product.name})

    assert actions() == before


def test_webhooks_are_written_down_and_their_secrets_are_not(calling: Caller, settings: Settings) -> None:
    settings.WEBHOOKS_TO = "private"
    client = calling(Role.ADMIN)
    body = client.post("/api/webhooks/", {"url": "http://127.0.0.1:9999/?key=hush"}).json()
    address = f"/api/webhooks/{body['id']}/"

    delivery = client.post(f"{address}test/").json()["id"]
    client.post(f"{address}deliveries/{delivery}/redeliver/")
    rotated = client.post(f"{address}rotate/").json()
    client.patch(address, {"url": "http://127.0.0.1:9999/?key=hushhush"})
    client.delete(address)

    assert actions() == [
        "webhook.created",
        "webhook.tested",
        "webhook.sent-again",
        "webhook.secret-rotated",
        "webhook.changed",
        "webhook.deleted",
    ]
    written = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert "hush" not in written
    assert body["secret"] not in written
    assert rotated["secret"] not in written


def test_logins_are_written_down_whichever_door_they_come_to(db: None, client: Client) -> None:
    user = a_user(username="ines", with_password=True)

    for password in ("wrong", PASSWORD):
        client.post("/login", {"username": "ines", "password": password})
        APIClient().post("/api/auth/token/", {"username": "ines", "password": password})
    APIClient().post("/api/auth/token/", {"username": PASSWORD, "password": "typed into the wrong field"})

    assert actions() == ["login.failed"] * 2 + ["login.succeeded"] * 2 + ["login.failed"]
    assert list(AuditEntry.objects.order_by("at").values_list("target_id", "name")) == [
        *[(str(user.pk), "")] * 2,
        *[(str(user.pk), "ines")] * 2,
        ("", ""),
    ]


def test_a_new_password_is_written_down(db: None) -> None:
    call_command("password", stdout=io.StringIO())

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.name, entry.target_kind) == ("password.changed", "system", "user")


@pytest.mark.parametrize("path", ["/api/audit", "/api/audit/"])
def test_only_admins_read_it(calling: Caller, path: str) -> None:
    answers = [calling(who).get(path).status_code for who in (None, Role.VIEWER, Role.EDITOR, Role.ADMIN)]

    assert answers == [401, 403, 403, 200]
    assert calling(Role.ADMIN).delete(path).status_code == 405


def test_it_is_read_in_pages_and_by_what_is_asked(calling: Caller) -> None:
    person, product = a_user(username="ines"), a_product()
    for number in range(3):
        note("product.updated", target=product, by=person, number=number)
    note("webhook.created", by=person)
    client = calling(Role.ADMIN)

    page = client.get(f"/api/audit/?actor={person.pk}&limit=3").json()
    rest = client.get(page["next"]).json()
    of_product = client.get(f"/api/audit/?action=product.&target={product.pk}&actor={person.pk}")
    later = client.get("/api/audit/", {"since": page["results"][0]["at"]}).json()["results"]
    wrong = client.get("/api/audit/", {"since": "yesterday", "actor": "ines"})

    assert [one["action"] for one in page["results"]] == ["webhook.created", *["product.updated"] * 2]
    assert [one["details"] for one in rest["results"]] == [{"number": 0}]
    assert [one["details"]["number"] for one in of_product.json()["results"]] == [2, 1, 0]
    assert [one["action"] for one in later] == ["webhook.created"]
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/since", "/actor"}


def test_it_is_taken_away_as_json_lines(calling: Caller) -> None:
    for number in range(3):
        note("product.updated", number=number)
    client = calling(Role.ADMIN)

    response = client.get("/api/audit/", {"limit": 2}, headers={"Accept": "application/x-ndjson"})
    refused = client.get("/api/audit/", {"cursor": "x"}, headers={"Accept": "application/x-ndjson"})

    lines = [json.loads(line) for line in response.content.decode().splitlines()]
    assert response.headers["Content-Type"] == "application/x-ndjson"
    assert [line["details"]["number"] for line in lines] == [2, 1]
    assert response.headers["Link"].endswith('; rel="next"')
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")


def test_the_command_verifies_and_exports(db: None) -> None:
    for number in range(3):
        note("product.updated", number=number)
    chain.seal()
    said, exported = io.StringIO(), io.StringIO()

    call_command("audit", "verify", stdout=said)
    call_command("audit", "export", stdout=exported)

    head = said.getvalue().splitlines()[1].removeprefix("Head: ")
    assert said.getvalue().startswith("3 entries hold together.")
    assert [json.loads(line)["number"] for line in exported.getvalue().splitlines()] == [1, 2, 3]
    call_command("audit", "verify", "--head", head, stdout=said)
    with pytest.raises(CommandError, match=r"Entry 4 \(gone\): it is not there any more"):
        call_command("audit", "verify", "--head", f"4:{head[2:]}")
    with pytest.raises(CommandError, match="expected NUMBER:DIGEST"):
        call_command("audit", "verify", "--head", "yesterday")


def test_what_becomes_of_people_and_keys_is_written_down(db: None) -> None:
    product = a_product()
    before = len(actions())
    client = logged_in("ines", Role.ADMIN)
    asked = {"username": "otto", "role": "viewer"}
    repeat = {"Idempotency-Key": "5b0e7d9a-made-once"}
    made = client.post("/api/users/", asked, headers=repeat).json()
    again = client.post("/api/users/", asked, headers=repeat).json()
    client.patch(f"/api/users/{made['id']}/", {"role": "editor"})
    client.patch(f"/api/users/{made['id']}/", {"active": False})
    key = client.post("/api/keys/", {"name": "Shop", "scopes": ["assets:write"]}).json()
    program = APIClient(headers={"Authorization": f"Api-Key {key['key']}"})
    program.patch(f"/api/assets/3d/{product.pk}/", {"name": "Lounge chair"})
    client.delete(f"/api/keys/{key['id']}/")
    client.post("/api/auth/logout/", {})

    assert again == made
    assert actions()[before:] == [
        "login.succeeded",
        "user.created",
        "user.role-changed",
        "user.deactivated",
        "key.created",
        "product.updated",
        "key.revoked",
        "login.ended",
    ]
    assert AuditEntry.objects.get(action="user.role-changed").details == {
        "before": "viewer",
        "role": "editor",
    }
    assert AuditEntry.objects.get(action="product.updated").key_prefix == key["shown"]
    written = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert not [secret for secret in (made["password"], key["key"]) if secret in written]
