"""/api/webhooks/: admins say who is told, see how it went, and nothing secret is shown twice."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.builders import a_product
from tests.conftest import Caller
from tests.outreach.receiver import Receiver, a_receiver
from vitrine.access.roles import Role
from vitrine.catalog.announcements import Announcement
from vitrine.outreach.courier import Courier
from vitrine.outreach.models import MOST_ENDPOINTS, Delivery, Endpoint, fan_out
from vitrine.outreach.posting import Network

URL = "http://127.0.0.1:9999/hooks"
SOME_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _private(settings: Settings) -> None:
    settings.WEBHOOKS_TO = "private"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as one:
        yield one


@pytest.fixture
def admin(calling: Caller) -> APIClient:
    return calling(Role.ADMIN)


def made(client: APIClient, url: str = URL, **fields: Any) -> dict[str, Any]:
    response = client.post("/api/webhooks/", {"url": url, **fields})
    assert response.status_code == 201, response.json()
    body: dict[str, Any] = response.json()
    return body


def carry() -> None:
    courier = Courier(Network(private=True, whole_s=2))
    while courier.round():
        courier.finish()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("post", ""),
        ("get", f"/{SOME_ID}"),
        ("patch", f"/{SOME_ID}"),
        ("delete", f"/{SOME_ID}"),
        ("post", f"/{SOME_ID}/rotate"),
        ("post", f"/{SOME_ID}/test"),
        ("get", f"/{SOME_ID}/deliveries"),
        ("get", f"/{SOME_ID}/deliveries/{SOME_ID}"),
        ("post", f"/{SOME_ID}/deliveries/{SOME_ID}/redeliver"),
    ],
)
def test_only_admins_come_in(calling: Caller, method: str, path: str) -> None:
    for slash in ("", "/"):
        answers = [
            getattr(calling(who), method)(f"/api/webhooks{path}{slash}").status_code
            for who in (None, Role.VIEWER, Role.EDITOR)
        ]
        assert answers == [401, 403, 403]
    assert getattr(calling(Role.ADMIN), method)(f"/api/webhooks{path}").status_code in {200, 400, 404}


def test_a_new_endpoint_shows_its_secret_once(admin: APIClient) -> None:
    body = made(admin, topics=["version.ready", "product.created"], description="the shop")

    shown = admin.get(f"/api/webhooks/{body['id']}/").json()
    listed = admin.get("/api/webhooks/").json()["results"]
    assert body["secret"].startswith("whsec_")
    assert shown == {name: value for name, value in body.items() if name != "secret"}
    assert listed == [shown]
    assert (shown["topics"], shown["enabled"]) == (["product.created", "version.ready"], True)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({}, 400, "url"),
        ({"url": "https://x.example/" + "x" * 500}, 400, "500 characters"),
        ({"url": URL, "topics": ["product.sold"]}, 400, '"product.sold" is none of product.created'),
        ({"url": URL, "topics": "all"}, 400, "topics"),
        ({"url": URL, "description": "a\x00b"}, 400, "U+0000"),
        ({"url": "ftp://127.0.0.1/"}, 422, "scheme is 'ftp'"),
        ({"url": "http://169.254.169.254/latest/meta-data/"}, 422, "never called"),
        ({"url": "http://127.0.0.1:22/"}, 422, "port is 22"),
    ],
)
def test_what_is_no_endpoint_is_refused(
    admin: APIClient, fields: dict[str, Any], status: int, said: str
) -> None:
    response = admin.post("/api/webhooks/", fields)

    assert response.status_code == status
    assert said in response.json()["detail"]
    assert Endpoint.objects.count() == 0


def test_our_own_network_is_refused_unless_it_was_chosen(admin: APIClient, settings: Settings) -> None:
    kept = made(admin)
    settings.WEBHOOKS_TO = "public"

    created = admin.post("/api/webhooks/", {"url": "https://127.0.0.1:9999/"})
    changed = admin.patch(f"/api/webhooks/{kept['id']}/", {"url": "https://127.0.0.1:9999/"})

    assert (created.status_code, created.json()["code"]) == (422, "target-refused")
    assert "WEBHOOKS_TO=private" in created.json()["detail"]
    assert changed.status_code == 422
    assert [one.url for one in Endpoint.objects.all()] == [URL]


def test_there_are_so_many_and_no_more(admin: APIClient) -> None:
    Endpoint.objects.bulk_create(Endpoint(url=URL, sealed_secret="x") for _ in range(MOST_ENDPOINTS))

    response = admin.post("/api/webhooks/", {"url": URL})

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert "50 endpoints already; at most 50" in response.json()["detail"]
    assert Endpoint.objects.count() == MOST_ENDPOINTS


def test_a_change_leaves_what_was_not_sent(admin: APIClient) -> None:
    body = made(admin, description="the shop", topics=["version.ready"])

    changed = admin.put(f"/api/webhooks/{body['id']}/", {"topics": [], "enabled": False}).json()
    enabled = admin.patch(f"/api/webhooks/{body['id']}", {"enabled": True}).json()

    assert (changed["description"], changed["topics"], changed["enabled"]) == ("the shop", [], False)
    assert changed["disabled_because"] == "Somebody disabled it."
    assert (enabled["enabled"], enabled["disabled_because"], enabled["url"]) == (True, "", URL)


def test_rotating_shows_the_new_secret_and_how_long_the_old_one_holds(admin: APIClient) -> None:
    body = made(admin)

    rotated = admin.post(f"/api/webhooks/{body['id']}/rotate/").json()

    assert rotated["secret"] not in {body["secret"], ""}
    assert rotated["old_secret_until"] > body["created_at"]


def test_a_deleted_endpoint_is_gone_with_its_deliveries(admin: APIClient) -> None:
    body = made(admin)
    admin.post(f"/api/webhooks/{body['id']}/test")

    answers = [admin.delete(f"/api/webhooks/{body['id']}/").status_code for _ in range(2)]

    assert answers == [204, 404]
    assert (Endpoint.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_test_sends_a_ping_and_its_delivery_tells_how_it_went(admin: APIClient, receiver: Receiver) -> None:
    body = made(admin, receiver.url)

    asked = admin.post(f"/api/webhooks/{body['id']}/test")
    carry()

    delivery = admin.get(f"/api/webhooks/{body['id']}/deliveries/{asked.json()['id']}/").json()
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert (delivery["topic"], delivery["state"], delivery["status"], delivery["response"]) == (
        "ping",
        "delivered",
        200,
        "thanks",
    )
    assert delivery["message_id"] == receiver.received[0].headers["webhook-id"]


def test_deliveries_come_in_pages_and_by_state(admin: APIClient, receiver: Receiver) -> None:
    body = made(admin, receiver.url)
    Announcement.objects.all().delete()
    product = a_product()
    fan_out()
    carry()
    product.remove()
    fan_out()
    address = f"/api/webhooks/{body['id']}/deliveries"

    first = admin.get(address, {"limit": 2}).json()
    second = admin.get(first["next"]).json()
    waiting = admin.get(address, {"state": "waiting"}).json()["results"]
    published = admin.get(address, {"topic": "product.published"}).json()["results"]
    wrong = admin.get(address, {"state": "lost"})

    topics = [one["topic"] for one in first["results"] + second["results"]]
    assert sorted(topics) == ["product.deleted", "product.published", "version.created"]
    assert [one["topic"] for one in waiting] == ["product.deleted"]
    assert waiting[0]["product_id"] == str(product.pk)
    assert [one["state"] for one in published] == ["delivered"]
    assert (wrong.status_code, admin.get(address, {"cursor": "x"}).status_code) == (400, 400)


def test_what_was_delivered_can_be_sent_again(admin: APIClient, receiver: Receiver) -> None:
    body = made(admin, receiver.url)
    asked = admin.post(f"/api/webhooks/{body['id']}/test").json()
    carry()
    address = f"/api/webhooks/{body['id']}/deliveries/{asked['id']}"

    again = admin.post(f"{address}/redeliver")
    carry()
    admin.patch(f"/api/webhooks/{body['id']}/", {"enabled": False})
    refused = admin.post(f"{address}/redeliver/")

    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    assert len(receiver.received) == 2
    assert (refused.status_code, admin.get(address).json()["state"]) == (409, "delivered")


def test_another_endpoint_s_delivery_is_not_here(admin: APIClient) -> None:
    one, other = made(admin), made(admin)
    delivery = admin.post(f"/api/webhooks/{one['id']}/test").json()["id"]

    response = admin.get(f"/api/webhooks/{other['id']}/deliveries/{delivery}/")

    assert response.status_code == 404
    assert admin.get(f"/api/webhooks/{uuid.uuid4()}/deliveries/").status_code == 404
