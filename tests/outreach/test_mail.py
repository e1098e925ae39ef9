"""Who made an endpoint is told when it was disabled."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_user
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.outreach import endpoints
from vitrine.outreach.mail import tell_makers
from vitrine.outreach.models import Endpoint

pytestmark = pytest.mark.django_db

GONE = "It answered 410 Gone."


@pytest.fixture(autouse=True)
def _private(settings: Settings) -> None:
    settings.WEBHOOKS_TO = "private"


def a_disabled_endpoint(by: User) -> Endpoint:
    endpoint, _ = endpoints.make(by=by, url="http://127.0.0.1:4000/hooks?secret=1")
    endpoint.disable(GONE, mail=True)
    return endpoint


def test_its_maker_reads_why_in_their_language_and_no_secret_of_the_address() -> None:
    a_disabled_endpoint(a_user(Role.ADMIN, email="maker@shop.example", language="de"))

    assert tell_makers() == 1

    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["maker@shop.example"], "Ein Webhook wurde abgeschaltet")
    assert "    http://127.0.0.1:4000/hooks\n\nDie Antwort war 410 Gone.\n" in letter.body


def test_where_nobody_made_it_every_admin_reads_it_each_in_their_language() -> None:
    endpoint = a_disabled_endpoint(a_user(Role.ADMIN, email="maker@shop.example"))
    User.objects.update(is_active=False)
    for name, language in {"ada": "de", "bob": ""}.items():
        a_user(Role.ADMIN, email=f"{name}@shop.example", language=language)

    assert tell_makers() == 1

    assert {letter.to[0]: letter.subject for letter in mail.outbox} == {
        "ada@shop.example": "Ein Webhook wurde abgeschaltet",
        "bob@shop.example": "A webhook was disabled",
    }
    assert endpoint.disabled_because == GONE


def test_a_mail_that_cannot_be_sent_is_due_again(settings: Settings) -> None:
    endpoint = a_disabled_endpoint(a_user(Role.ADMIN, email="maker@shop.example"))
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 9
    settings.EMAIL_HOST = "127.0.0.1"

    sent = tell_makers()

    endpoint.refresh_from_db()
    assert sent == 0
    assert endpoint.mail_due_at is not None
    assert endpoint.mail_due_at > timezone.now() + timedelta(minutes=9)
