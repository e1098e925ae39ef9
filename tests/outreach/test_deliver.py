"""Webhooks arrive: signed, at least once, and with patience."""

import base64
import hashlib
import hmac
import json
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_product, a_user
from tests.outreach.receiver import OK, Answer, Received, Receiver, a_receiver
from vitrine.access.roles import Role
from vitrine.catalog.announcements import Announcement, Topic, announce
from vitrine.errors import Conflict
from vitrine.outreach import endpoints
from vitrine.outreach.courier import Courier
from vitrine.outreach.deliver import Letter, send, settle
from vitrine.outreach.mail import tell_makers
from vitrine.outreach.models import RETRY_AFTER_S, Delivery, Endpoint, State, fan_out
from vitrine.outreach.posting import Network

NETWORK = Network(private=True, whole_s=0.5)
BROKEN: Answer = (500, {}, b"oops")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private(settings: Settings) -> None:
    settings.WEBHOOKS_TO = "private"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as one:
        yield one


def an_endpoint(receiver: Receiver, **fields: Any) -> tuple[Endpoint, str]:
    return endpoints.make(by=a_user(Role.ADMIN, email="maker@shop.example"), url=receiver.url, **fields)


def carry() -> None:
    """Everything that is due, to its end."""
    courier = Courier(NETWORK)
    while courier.round():
        courier.finish()


def make_due() -> None:
    """As if the pause, or the lease of a sender who died, had passed."""
    Delivery.objects.filter(state=State.WAITING).update(next_at=timezone.now())


def something_happens() -> Announcement:
    announce(Topic.PRODUCT_UPDATED, a_product().pk, changed=["name"])
    updated = Announcement.objects.filter(topic=Topic.PRODUCT_UPDATED).latest("at")
    Announcement.objects.exclude(topic=Topic.PRODUCT_UPDATED).filter(heard_at=None).delete()
    return updated


def verified(received: Received, secret: str) -> Any:
    """The body, once its signature holds: the algorithm as the specification gives it to receivers."""
    headers = {name.lower(): value for name, value in received.headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    versions = [one.split(",", 1) for one in headers["webhook-signature"].split(" ")]
    assert any(v == "v1" and hmac.compare_digest(expected, found) for v, found in versions), "not signed"
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 300
    return json.loads(received.body)


def test_what_happened_arrives_signed(receiver: Receiver) -> None:
    _endpoint, secret = an_endpoint(receiver)
    announcement = something_happens()

    carry()

    (received,) = receiver.received
    assert verified(received, secret) == {
        "type": "product.updated",
        "timestamp": announcement.at.isoformat(),
        "data": {"product_id": str(announcement.product_id), "changed": ["name"]},
    }
    assert received.path == "/hooks?shop=1"
    assert received.headers["webhook-id"] == f"msg_{announcement.pk.hex}"
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.status, delivery.response) == (
        "delivered",
        1,
        200,
        "thanks",
    )


def test_only_who_wants_a_topic_and_is_enabled_hears_of_it(receiver: Receiver) -> None:
    wanting, _ = an_endpoint(receiver, topics=["product.updated", "product.deleted"])
    an_endpoint(receiver, topics=["version.ready"])
    an_endpoint(receiver, enabled=False)
    something_happens()

    assert (fan_out(), fan_out()) == (1, 0)

    assert [one.endpoint_id for one in Delivery.objects.all()] == [wanting.pk]


@pytest.mark.parametrize("trouble", ["broken", "hang"])
def test_after_trouble_it_comes_again_under_the_same_id(receiver: Receiver, trouble: str) -> None:
    endpoint, secret = an_endpoint(receiver)
    receiver.answers = [BROKEN if trouble == "broken" else receiver.hang, OK]
    something_happens()

    carry()
    failed = Delivery.objects.get()
    make_due()
    carry()

    assert (failed.state, failed.attempts) == (State.WAITING, 1)
    assert failed.error.startswith(
        "It answered 500" if trouble == "broken" else "No answer within 0.5 seconds"
    )
    assert timedelta(seconds=3) < failed.next_at - failed.created_at < timedelta(seconds=60)
    assert Delivery.objects.get().state == State.DELIVERED
    assert [verified(one, secret)["type"] for one in receiver.received] == ["product.updated"] * 2
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.failing_since) == (True, None)


def test_after_three_days_of_silence_the_endpoint_is_disabled_and_its_maker_told(receiver: Receiver) -> None:
    endpoint, _ = an_endpoint(receiver)
    receiver.answers = [BROKEN]
    something_happens()

    for _ in range(len(RETRY_AFTER_S) + 1):
        carry()
        make_due()
    sent = [tell_makers(), tell_makers()]

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, len(receiver.received)) == (State.FAILED, 10, 10)
    endpoint.refresh_from_db()
    assert not endpoint.enabled
    assert endpoint.disabled_because.startswith("Nothing got through since ")
    assert sent == [1, 0]
    assert mail.outbox[0].to == ["maker@shop.example"]
    assert f"127.0.0.1:{receiver.port}/hooks\n" in mail.outbox[0].body
    assert sum(RETRY_AFTER_S) > 3 * 24 * 3600


def test_one_thing_that_never_gets_through_does_not_disable_an_endpoint_that_hears_others(
    receiver: Receiver,
) -> None:
    endpoint, _ = an_endpoint(receiver)
    receiver.answers = [BROKEN]
    something_happens()
    for _ in range(len(RETRY_AFTER_S)):
        carry()
        make_due()
    receiver.answers = [OK, BROKEN]
    stuck = Delivery.objects.get()
    Delivery.objects.update(next_at=timezone.now() + timedelta(hours=1))
    something_happens()
    carry()
    make_due()

    carry()

    stuck.refresh_from_db()
    endpoint.refresh_from_db()
    assert (stuck.state, endpoint.enabled) == (State.FAILED, True)


def test_410_disables_at_once(receiver: Receiver) -> None:
    endpoint, _ = an_endpoint(receiver)
    receiver.answers = [(410, {}, b"")]
    something_happens()
    something_happens()

    carry()

    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_because) == (False, "It answered 410 Gone.")
    assert {one.state for one in Delivery.objects.all()} == {State.FAILED}
    assert tell_makers() == 1


def test_a_redirect_is_a_failure_that_says_so(receiver: Receiver) -> None:
    an_endpoint(receiver)
    receiver.answers = [(301, {"Location": receiver.url}, b"")]
    something_happens()

    carry()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, len(receiver.received)) == (State.WAITING, 301, 1)
    assert "redirects are not followed" in delivery.error


def test_after_a_rotation_both_secrets_hold_for_a_day(receiver: Receiver) -> None:
    endpoint, old = an_endpoint(receiver)
    new = endpoint.rotate()
    something_happens()
    carry()
    Endpoint.objects.update(old_secret_until=timezone.now())
    something_happens()

    carry()

    during, after = receiver.received
    for secret in (old, new):
        verified(during, secret)
    verified(after, new)
    with pytest.raises(AssertionError, match="not signed"):
        verified(after, old)


def test_the_database_alone_does_not_tell_a_secret(receiver: Receiver, settings: Settings) -> None:
    endpoint, secret = an_endpoint(receiver)
    something_happens()
    kept = endpoint.sealed_secret
    settings.SECRET_KEY = "another"

    carry()

    assert secret not in kept
    assert receiver.received == []
    assert "kept under another SECRET_KEY: rotate it" in Delivery.objects.get().error


def test_a_secret_outlives_a_secret_key_that_is_still_known(receiver: Receiver, settings: Settings) -> None:
    _endpoint, secret = an_endpoint(receiver)
    something_happens()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    carry()

    verified(receiver.received[0], secret)


def test_a_sender_that_dies_before_it_could_say_so_sends_it_twice(receiver: Receiver) -> None:
    an_endpoint(receiver)
    something_happens()
    fan_out()
    (claimed,) = Delivery.claim(8, each=2)
    send(Letter.of(claimed), NETWORK)

    carry()
    before_the_lease_ran_out = len(receiver.received)
    make_due()
    carry()
    settle(claimed, send(Letter.of(claimed), Network(private=False)))

    assert before_the_lease_ran_out == 1
    assert len(receiver.received) == 2
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (State.DELIVERED, 2), "the dead changed something"


def test_what_was_sent_can_be_sent_again(receiver: Receiver) -> None:
    endpoint, secret = an_endpoint(receiver)
    something_happens()
    carry()
    delivery = Delivery.objects.get()

    delivery.send_again()
    carry()

    assert [verified(one, secret)["type"] for one in receiver.received] == ["product.updated"] * 2
    endpoint.disable("enough")
    with pytest.raises(Conflict):
        Delivery.objects.get().send_again()
    assert Delivery.objects.get().state == State.DELIVERED


def test_a_ping_is_tried_once_and_disables_nobody(receiver: Receiver) -> None:
    endpoint, secret = an_endpoint(receiver, topics=["version.ready"])
    receiver.answers = [BROKEN]

    delivery = endpoints.test(endpoint)
    carry()

    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert (delivery.state, endpoint.enabled) == (State.FAILED, True)
    assert verified(receiver.received[0], secret)["type"] == "ping"


def test_a_backlog_of_one_endpoint_does_not_keep_another_waiting(receiver: Receiver) -> None:
    slow, _ = an_endpoint(receiver)
    for _ in range(5):
        something_happens()
    fan_out()
    quick, _ = an_endpoint(receiver)
    something_happens()
    fan_out()

    first, second, third = (Delivery.claim(8, each=2) for _ in range(3))

    assert [one.endpoint_id for one in first] == [slow.pk, quick.pk]
    assert [one.endpoint_id for one in second] == [slow.pk]
    assert third == [], "two are under way to the slow one"


@pytest.mark.django_db(transaction=True)
def test_two_workers_deliver_each_thing_once(receiver: Receiver) -> None:
    an_endpoint(receiver)
    for _ in range(12):
        something_happens()

    def work() -> None:
        try:
            for _ in range(20):
                carry()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert Delivery.objects.filter(state=State.DELIVERED).count() == 12
    assert len({one.headers["webhook-id"] for one in receiver.received}) == len(receiver.received) == 12


def test_an_endpoint_deleted_while_something_is_under_way_to_it_troubles_nobody(receiver: Receiver) -> None:
    endpoint, _ = an_endpoint(receiver)
    receiver.answers = [(410, {}, b"")]
    something_happens()
    courier = Courier(NETWORK)
    courier.round()

    endpoints.remove(endpoint)
    courier.finish()

    assert (Endpoint.objects.count(), Delivery.objects.count()) == (0, 0)


def test_what_nobody_foresaw_costs_an_attempt_and_no_place(receiver: Receiver) -> None:
    def broken(_host: str, _port: int) -> list[str]:
        raise RuntimeError("out of everything")

    an_endpoint(receiver)
    something_happens()
    courier = Courier(Network(private=True, resolve=broken))

    courier.round()
    courier.finish()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (State.WAITING, 1)
    assert delivery.error.startswith("It failed in a way nobody foresaw.")


@pytest.mark.django_db(transaction=True)
def test_the_courier_carries_on_until_it_is_stopped(receiver: Receiver) -> None:
    an_endpoint(receiver)
    stopped = threading.Event()

    def carry_on() -> None:
        try:
            Courier(NETWORK).run_until(stopped)
        finally:
            connection.close()

    carrying = threading.Thread(target=carry_on)
    carrying.start()
    announce(Topic.PRODUCT_DELETED, uuid.uuid4())
    came = receiver.came.wait(60)
    stopped.set()
    carrying.join(60)

    assert came
    assert not carrying.is_alive()
