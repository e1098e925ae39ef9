"""Limits of the API and of the shoppers' door: what an answer says of them, and who is counted by what."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from tests.api.test_events import a_batch, an_event, told
from tests.api.test_problems import assert_problem
from tests.builders import a_product, a_user
from tests.conftest import Caller
from vitrine.access.limits import LIMITS, Kind, Limit
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.insight.models import Event
from vitrine.processing.models import Upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything may be done twice, and then not for a long time."""
    for kind in Kind:
        monkeypatch.setitem(LIMITS, kind, Limit(per_s=0.001, burst=2))


@pytest.fixture
def address() -> str:
    """One that no other test has."""
    return f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"


def test_every_answer_tells_what_is_left(calling: Caller) -> None:
    response = calling(Role.VIEWER).get("/api/tasks/")

    assert response.headers["RateLimit-Policy"] == '"read";q=1000;w=20'
    assert response.headers["RateLimit"] == '"read";r=999;t=1'


@pytest.mark.usefixtures("twice")
def test_over_the_limit_is_a_problem_that_names_it(calling: Caller) -> None:
    client = calling(Role.VIEWER)
    for _ in range(2):
        assert client.get("/api/tasks/").status_code == 200

    response = client.get("/api/tasks/")

    body = assert_problem(response, 429, "too-many-requests")
    assert "At most 0.001 a second of this kind (read) are taken, and 2 at once." in body["detail"]
    assert 990 < int(response.headers["Retry-After"]) <= 1000
    assert response.headers["RateLimit"].startswith('"read";r=0;t=')


@pytest.mark.usefixtures("twice")
def test_an_upload_over_the_limit_is_refused_before_a_byte_is_stored(
    calling: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = calling(Role.EDITOR)

    def upload() -> Any:
        form = {
            "name": "Chair",
            "model_file": SimpleUploadedFile("a.glb", b"glTF\x02\x00\x00\x00" + bytes(9)),
        }
        return client.post("/api/assets/3d/", form, format="multipart")

    for _ in range(2):
        assert upload().status_code == 201
    monkeypatch.setattr(Upload, "begin", lambda _: pytest.fail("bytes were about to be stored"))

    assert_problem(upload(), 429, "too-many-requests")
    assert Product.objects.count() == 2


@pytest.mark.usefixtures("twice")
def test_two_people_behind_one_address_are_counted_apart_and_reading_apart_from_writing(
    calling: Caller,
) -> None:
    product, first, second = a_product(), calling(Role.EDITOR), calling(Role.EDITOR)
    where = f"/api/assets/3d/{product.pk}/"

    changes = [first.put(where, {"name": "x"}).status_code for _ in range(3)]

    assert changes == [200, 200, 429]
    assert first.get(where).status_code == 200
    assert second.put(where, {"name": "x"}).status_code == 200


@pytest.mark.usefixtures("twice")
def test_strangers_are_counted_by_their_address(address: str) -> None:
    where = f"/api/assets/3d/{a_product().pk}/"
    client = APIClient()

    statuses = [client.get(where, REMOTE_ADDR=address).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert client.get(where, REMOTE_ADDR=address.replace("2001", "2002")).status_code == 200
    assert client.get(where, REMOTE_ADDR=address.replace("::1", "::2")).status_code == 429


@pytest.mark.usefixtures("twice")
def test_guessing_passwords_is_slowed_down(address: str) -> None:
    a_user(username="ada", with_password=True)
    client = APIClient()

    statuses = [
        client.post(
            "/api/auth/token/", {"username": "ada", "password": str(n)}, REMOTE_ADDR=address
        ).status_code
        for n in range(3)
    ]

    assert statuses == [401, 401, 429]


@pytest.mark.usefixtures("twice")
@pytest.mark.parametrize("path", ["/files/{key}", "/p/{id}", "/embed/{id}", "/oembed?url=x"])
def test_the_shoppers_door_is_limited_by_address(client: Client, path: str, address: str) -> None:
    product = a_product()
    where = path.format(key=product.shown_version.key, id=product.pk)

    answers = [client.head(where, REMOTE_ADDR=address) for _ in range(3)]

    assert [one.status_code == 429 for one in answers] == [False, False, True]
    assert "RateLimit" not in answers[0].headers
    assert 990 < int(answers[2].headers["Retry-After"]) <= 1000
    assert answers[2].headers["Cache-Control"] == "no-store"


def test_events_are_limited_by_the_address_that_tells(
    client: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, Kind.EVENTS, Limit(per_s=0.001, burst=1))
    product = a_product().pk

    def tell() -> Any:
        batch = b'{"view": "%s", "device": "phone", "events": [%s]}'
        event = b'{"product": "%s", "kind": "poster", "age_ms": 0, "ms": 1}' % str(product).encode()
        sent = batch % (b"0" * 32, event)
        return client.post("/api/events/", sent, content_type="text/plain", REMOTE_ADDR=address)

    assert tell().status_code == 202
    assert_problem(tell(), 429, "too-many-requests")
    assert Event.objects.count() == 1


def test_events_of_one_product_that_is_told_of_too_often_are_dropped_and_the_others_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, Kind.PRODUCT_EVENTS, Limit(per_s=0.001, burst=2))
    flooded, other = a_product().pk, a_product().pk
    told(client, a_batch(an_event(flooded), an_event(flooded)))

    response = told(client, a_batch(an_event(flooded), an_event(other)))

    assert (response.status_code, response.json()) == (202, {"accepted": 1, "dropped": 1})
    assert Event.objects.filter(product_id=flooded).count() == 2
    assert_problem(told(client, a_batch(an_event(flooded))), 429, "too-many-requests")
