"""Idempotency-Key: whatever is sent again, for whatever reason, is made once."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from tests.builders import a_product, a_user
from tests.conftest import Caller
from tests.contracts import the_contract
from tests.locks import together
from vitrine.access.roles import Role
from vitrine.api.models import Repeat
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.processing.models import Job, Upload

GLB = b"glTF\x02\x00\x00\x00" + bytes(100)
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def send(
    client: APIClient, key: str = KEY, *, where: str = "/api/assets/3d/", glb: bytes = GLB, **fields: Any
) -> Any:
    name = {"name": "Chair"} if where == "/api/assets/3d/" else {}
    form = {**name, "model_file": SimpleUploadedFile("chair.glb", glb), **fields}
    return client.post(where, form, format="multipart", headers={"Idempotency-Key": key})


MAKING_NOTHING = {
    "publish_version",
    "restore_product",
    "tell_events",
    "auth_token_create",
    "auth_token_refresh_create",
    "complete_upload",
    "test_webhook",
    "redeliver",
    "rotate_webhook_secret",
    "promote_campaign",
    "drop_campaign",
    "roll_back_campaign",
    "log_out",
    "change_password",
    "begin_second_factor",
    "confirm_second_factor",
    "erase_user",
    "draw_recovery_codes",
    "log_out_everywhere",
    "invite_user",
}
"""POSTs that may be sent twice as they are. Events are told once or twice, and counted as they come; a message more is
what receivers reckon with; of two new secrets the last one counts, and was shown. Two askings for tokens are two
logins, and each can be ended; a refresh token sent twice ends its login, on purpose (RFC 9700, section 4.14); what is
ended, set or confirmed twice is as it was after the first time."""


def test_every_post_that_makes_something_is_repeatable() -> None:
    document = the_contract()
    posts = [methods["post"] for methods in document["paths"].values() if "post" in methods]

    without = {
        one["operationId"]
        for one in posts
        if "Idempotency-Key" not in {parameter["name"] for parameter in one.get("parameters", ())}
    }

    assert without == MAKING_NOTHING


@pytest.fixture(autouse=True)
def _nothing_of_others() -> None:
    """A test that was rolled back takes its rows away, and leaves its bytes."""
    for key in list(files.store().keys("incoming/")):
        files.store().delete(key)


def nothing_waits() -> bool:
    return (Upload.objects.count(), list(files.store().keys("incoming/"))) == (0, [])


def test_the_same_request_again_gets_the_first_answer_again(calling: Caller) -> None:
    client = calling(Role.EDITOR)

    first, second = send(client), send(client)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["ETag"] == first.headers["ETag"]
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")
    assert (Product.objects.count(), Job.objects.count(), nothing_waits()) == (1, 1, True)


def test_a_key_is_the_same_with_and_without_its_quotes(calling: Caller) -> None:
    client = calling(Role.EDITOR)

    send(client, KEY)
    send(client, f'"{KEY}"')

    assert Product.objects.count() == 1


@pytest.mark.parametrize("other", [{"name": "Table"}, {"glb": GLB + b"\x00"}, {"tags": ["oak"]}])
def test_the_same_key_with_something_else_is_refused(calling: Caller, other: dict[str, Any]) -> None:
    client = calling(Role.EDITOR)
    send(client)

    response = send(client, **other)

    assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")
    assert (Product.objects.count(), Product.objects.get().name, nothing_waits()) == (1, "Chair", True)


def test_the_same_key_of_somebody_else_is_another_key(calling: Caller) -> None:
    send(calling(Role.EDITOR))
    send(calling(Role.EDITOR))

    assert Product.objects.count() == 2


def test_what_was_refused_may_be_mended_and_sent_again_under_its_key(calling: Caller) -> None:
    client = calling(Role.EDITOR)

    refused, mended = send(client, name=""), send(client)

    assert (refused.status_code, mended.status_code) == (400, 201)


@pytest.mark.parametrize("key", ["", "x" * 256, "no\ttabs", "é", '"half'])
def test_a_key_that_is_none_is_refused(calling: Caller, key: str) -> None:
    response = send(calling(Role.EDITOR), key)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert f"{len(key)} characters" in response.json()["detail"]
    assert (Product.objects.count(), nothing_waits()) == (0, True)


def test_a_version_is_made_once(calling: Caller) -> None:
    product, client = a_product(), calling(Role.EDITOR)
    where = f"/api/assets/3d/{product.pk}/versions"

    first, second = send(client, where=where), send(client, where=where)

    assert first.status_code == 201
    assert second.content == first.content
    assert AssetVersion.objects.count() == 2


def test_a_job_is_begun_once_even_when_the_first_has_ended(calling: Caller) -> None:
    product, client = a_product(), calling(Role.EDITOR)
    where, headers = f"/api/assets/3d/{product.pk}/optimize", {"Idempotency-Key": KEY}
    first = client.post(where, {}, headers=headers)
    Job.objects.update(state="done")

    second = client.post(where, {}, headers=headers)

    assert (first.status_code, second.json()) == (202, first.json())
    assert Job.objects.count() == 1


def test_while_the_first_is_being_answered_the_second_is_told_to_wait(calling: Caller) -> None:
    client = calling(Role.EDITOR)
    send(client)
    being_answered()

    response = send(client)

    assert (response.status_code, response.json()["code"]) == (409, "in-progress")
    assert response.headers["Retry-After"] == "2"
    assert (Product.objects.count(), nothing_waits()) == (1, True)


def being_answered(*, ends_in_s: int = 60) -> None:
    """As it stands while the first request is at work or, with a moment that is over, after its process has died."""
    end = timezone.now() + timedelta(seconds=ends_in_s)
    Repeat.objects.update(status=None, answer=None, token=uuid.uuid4(), lease_until=end)


@pytest.mark.parametrize("where", ["/api/assets/3d/", "/api/assets/3d/{id}/versions"])
def test_who_takes_over_from_the_dead_answers_with_what_they_had_made(calling: Caller, where: str) -> None:
    where = where.replace("{id}", str(a_product(published=False).pk) if "{id}" in where else "")
    client = calling(Role.EDITOR)
    first = send(client, where=where)
    count = AssetVersion.objects.count()
    being_answered(ends_in_s=-1)

    second = send(client, where=where)

    assert (second.status_code, second.json()["id"]) == (201, first.json()["id"])
    assert (AssetVersion.objects.count(), nothing_waits()) == (count, True)


@pytest.mark.parametrize("ends_in_s", [-1, 3600])
def test_who_takes_over_from_the_dead_makes_what_they_had_not(calling: Caller, ends_in_s: int) -> None:
    """Whose clock may have been an hour ahead when they died."""
    client = calling(Role.EDITOR)
    send(client)
    Product.objects.all().delete()
    being_answered(ends_in_s=ends_in_s)

    assert send(client).status_code == 201
    assert Product.objects.count() == 1


def test_a_key_is_forgotten_after_a_day(calling: Caller) -> None:
    client = calling(Role.EDITOR)
    send(client)
    Repeat.objects.update(created_at=timezone.now() - timedelta(hours=25))

    assert send(client).status_code == 201
    assert (Product.objects.count(), Repeat.objects.count()) == (2, 1)


def test_neither_key_nor_answer_can_be_read_from_the_database(calling: Caller) -> None:
    send(calling(Role.EDITOR), name="a name to be looked for")

    with connection.cursor() as cursor:
        cursor.execute("SELECT repeat::text, answer FROM api_repeat repeat")
        row, answer = cursor.fetchone()
    assert KEY not in row
    assert b"looked for" not in bytes(answer)


@pytest.mark.django_db(transaction=True)
def test_two_equal_requests_at_once_make_one_product() -> None:
    user = a_user(Role.EDITOR)
    answers: list[Any] = []

    def request() -> None:
        client = APIClient()
        client.force_authenticate(user)
        answers.append(send(client))

    together([request, request], hold=lock_repeats)

    statuses = sorted(one.status_code for one in answers)
    assert statuses in ([201, 201], [201, 409])
    assert len({one.json()["id"] for one in answers if one.status_code == 201}) == 1
    assert (Product.objects.count(), nothing_waits()) == (1, True)


def lock_repeats() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE api_repeat IN EXCLUSIVE MODE")
