"""Links by mail that let a person choose a password: for who forgot it, and for who is new. Good once, for a while.

The signed part stands behind the `#` of an address, so neither our logs nor anybody's Referer ever has it.
"""

import hashlib
import smtplib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import structlog
from django.core import signing
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import get_language, gettext, gettext_noop, override

from vitrine.access import moments
from vitrine.access.addresses import shortened
from vitrine.access.counting import Bucket, counts
from vitrine.access.models import Login, User, mark_of
from vitrine.access.passwords import check_strength
from vitrine.errors import Fault, InvalidRequest, TooManyLogins

log = structlog.get_logger()

PAGE = "/password/new"
_SALT = "vitrine.access.links"
_MOST_PEOPLE = 5  # who share an address


@dataclass(frozen=True, slots=True)
class Letter:
    """In English, to be translated when it is sent; the subject tells one kind of link from another."""

    life: timedelta
    subject: str
    text: str


FORGOTTEN = Letter(
    timedelta(hours=1),
    gettext_noop("A new password for Vitrine"),
    gettext_noop(
        "Hello {name},\n\nsomebody, most likely you, asked for a new password at {base}. Choose one within an hour:"
        "\n\n{link}\n\nIf it was not you, do nothing: your password stays as it is.\n"
    ),
)
INVITATION = Letter(
    timedelta(days=7),
    gettext_noop("Your login for Vitrine"),
    gettext_noop(
        "Hello {name},\n\nyou have a login at {base} now. Your name there is {name}. Choose a password within a week:"
        "\n\n{link}\n"
    ),
)

_post = ThreadPoolExecutor(1, thread_name_prefix="post")
"""Whoever asks for a new password must not see by the clock whether a mail is sent."""


def forgotten(email: str, *, base: str, address: str) -> None:
    """Send a link to everybody with this address, and say nothing about whether there is anybody. TooManyLogins for an
    address of the net that asks all the time; a mailbox that got some lately gets no more."""
    place = address if "." in address else shortened(address)
    wait_s = ceil(counts().take([Bucket(f"asks-for-mail:{place}", burst=10, every_s=300)]))
    if wait_s > 0:
        words = gettext(
            "Too many new passwords were asked for from here. Wait %(wait_s)d seconds, then try again."
        )
        detail = words % {"wait_s": wait_s}
        raise TooManyLogins(detail, retry_after_s=wait_s)
    mailbox = hashlib.sha256(email.casefold().encode(errors="replace")).hexdigest()[:32]
    people = list(User.objects.filter(email__iexact=email, is_active=True).order_by("pk")[:_MOST_PEOPLE])
    if counts().take([Bucket(f"mailbox:{mailbox}", burst=3, every_s=1200)]) == 0:
        moments.password_asked_for(people)
        for person in people:
            _post.submit(_send, person, FORGOTTEN, base, get_language())


def invite(person: User, *, base: str) -> bool:
    """Whether the mail went out. If not, the person can ask for a link as for a forgotten password."""
    moments.person_invited(person)
    return _send(person, INVITATION, base, get_language())


def redeem(link: str, new: str) -> User:
    """Give the person of a link a new password; every login ends. InvalidRequest for a link that counts no more."""
    person = _person_of(link, FORGOTTEN) or _person_of(link, INVITATION)
    if person is None:
        detail = gettext("This link has run out, or was used already. Ask for another.")
        raise InvalidRequest(detail, faults=[Fault("/link", detail)])
    check_strength(new, person, "/new")
    before = person.password
    person.set_password(new)
    with transaction.atomic():
        # Of two who use it at once, one comes too late.
        first = User.objects.filter(pk=person.pk, password=before).update(password=person.password)
        if first:
            Login.objects.filter(person=person).delete()
            moments.password_changed(person, person)
    return person if first else redeem(link, new)


def link_for(person: User, letter: Letter) -> str:
    """Ends with the password that it replaces, as tokens do."""
    said = {"person": str(person.pk), "mark": mark_of(person)[:32]}
    return signing.dumps(said, salt=_SALT + letter.subject)


def _person_of(link: str, letter: Letter) -> User | None:
    try:
        said = signing.loads(link, salt=_SALT + letter.subject, max_age=letter.life)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=said["person"], is_active=True).first()
    return person if person is not None and mark_of(person)[:32] == said["mark"] else None


def _send(person: User, letter: Letter, base: str, language: str | None) -> bool:
    """In the person's language, else in that of whoever asked."""
    link = f"{base}{PAGE}#{link_for(person, letter)}"
    with override(person.language or language):
        subject = gettext(letter.subject)
        text = gettext(letter.text).format(name=person.username, base=base, link=link)
    try:
        send_mail(subject, text, None, [person.email])
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail_not_sent", person=str(person.pk), reason=type(error).__name__)
        return False
    return True
