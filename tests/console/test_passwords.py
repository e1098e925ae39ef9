"""Who forgot a password, or was invited, chooses one by a link that came by mail."""

import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail, signing
from django.test import Client

from tests.builders import PASSWORD, a_user
from tests.conftest import Caller
from vitrine.access import links, tokens
from vitrine.access.links import FORGOTTEN, INVITATION
from vitrine.access.login import log_in
from vitrine.access.models import Login, User
from vitrine.access.roles import Role

pytestmark = pytest.mark.django_db

NEW = "a better horse battery"


@pytest.fixture
def person() -> User:
    name = f"ada-{uuid4()}"
    return a_user(username=name, email=f"{name}@shop.example", with_password=True)


@pytest.fixture
def client() -> Client:
    """From an address of its own, since asking is counted."""
    number = uuid4().int
    return Client(REMOTE_ADDR=f"10.{number % 256}.{number // 256 % 256}.{number // 65536 % 254 + 1}")


def ask(client: Client, email: str) -> str:
    """What the page says; the post has gone out then."""
    page = client.post("/password/forgotten", {"email": email})
    links._post.submit(lambda: None).result()
    return page.content.decode()


def secret_in(letter: mail.EmailMessage) -> str:
    found = re.search(r"http://testserver/password/new#(\S+)", str(letter.body))
    assert found is not None
    return found[1]


def choose(client: Client, link: str, password: str = NEW) -> int:
    return client.post("/password/new", {"link": link, "new": password}).status_code


def test_a_forgotten_password_is_chosen_anew_once(client: Client, person: User) -> None:
    ask(client, person.email.upper())
    (letter,) = mail.outbox
    link = secret_in(letter)

    assert letter.to == [person.email]
    assert [choose(client, link), choose(client, link, "another horse battery")] == [302, 200]
    assert log_in(person.username, NEW, "10.1.1.1") == person


def test_an_address_that_nobody_has_gets_no_mail_and_the_same_page(client: Client, person: User) -> None:
    pages = [ask(client, email) for email in (person.email, "nobody@shop.example")]

    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert token.sub("", pages[0]) == token.sub("", pages[1])
    assert [letter.to for letter in mail.outbox] == [[person.email]]


def test_a_link_ends_every_login(client: Client, person: User) -> None:
    tokens.begin(person)

    choose(client, links.link_for(person, FORGOTTEN))

    assert Login.objects.count() == 0


@pytest.mark.parametrize("letter", [FORGOTTEN, INVITATION])
def test_a_link_that_is_too_old_opens_nothing(
    client: Client, person: User, letter: links.Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = time.time() - letter.life.total_seconds() - 1
    monkeypatch.setattr(time, "time", lambda: then)
    link = links.link_for(person, letter)
    monkeypatch.undo()

    assert choose(client, link) == 200
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_a_made_up_link_opens_nothing(client: Client, person: User) -> None:
    good = links.link_for(person, FORGOTTEN)
    foreign = signing.dumps({"person": str(person.pk), "mark": "x"})

    for link in (good[:-1], "x", foreign, good.partition(":")[0]):
        assert choose(client, link) == 200
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_a_link_is_no_way_round_the_second_look_at_people(client: Client, person: User) -> None:
    link = links.link_for(person, FORGOTTEN)
    User.objects.filter(pk=person.pk).update(is_active=False)

    assert choose(client, link) == 200
    assert "has run out, or was used already" in client.post("/password/new", {"link": link, "new": NEW}).text


def test_a_weak_password_is_refused_and_the_link_still_counts(client: Client, person: User) -> None:
    link = links.link_for(person, FORGOTTEN)

    assert [choose(client, link, "short"), choose(client, link)] == [200, 302]


def test_a_mailbox_is_not_flooded(client: Client, person: User) -> None:
    for _ in range(5):
        ask(client, person.email)

    assert len(mail.outbox) == 3


def test_who_asks_all_the_time_is_told_to_wait(client: Client) -> None:
    answers = [client.post("/password/forgotten", {"email": f"{n}@shop.example"}) for n in range(11)]

    assert [one.status_code for one in answers] == [200] * 10 + [429]


def test_an_invited_person_chooses_a_password(client: Client, calling: Caller) -> None:
    sent = {"username": f"grace-{uuid4()}", "role": "editor", "email": "grace@shop.example", "invite": True}

    body = calling(Role.ADMIN).post("/api/users/", sent).json()

    assert (body["invited"], body["password"]) == (True, None)
    (letter,) = mail.outbox
    assert choose(client, secret_in(letter)) == 302
    assert log_in(sent["username"], NEW, "10.1.1.2").email == "grace@shop.example"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "pointer"), [({}, "/email"), ({"email": "a@b.example", "password": PASSWORD}, "/password")]
)
def test_an_invitation_needs_an_address_and_no_password(
    calling: Caller, fields: dict[str, str], pointer: str
) -> None:
    response = calling(Role.ADMIN).post(
        "/api/users/", {"username": "grace", "role": "viewer", "invite": True, **fields}
    )

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not User.objects.filter(username="grace").exists()
    assert mail.outbox == []


def test_links_live_an_hour_and_a_week() -> None:
    assert (FORGOTTEN.life, INVITATION.life) == (timedelta(hours=1), timedelta(days=7))
