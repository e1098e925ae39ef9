"""People: made, given another role, sent away and taken back. The last active admin stays one."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext

from vitrine.access import links, moments
from vitrine.access.login import Hold
from vitrine.access.models import Login, User
from vitrine.access.passwords import check_strength
from vitrine.access.roles import Role
from vitrine.errors import Conflict, Fault, InvalidRequest


def make(username: str, password: str, role: Role, *, email: str = "", by: User) -> User:
    """Conflict for a name that is taken, also in other capitals: people would mistake one for the other."""
    person = User(username=username, role=role, email=email)
    check_strength(password, person, "/password")
    person.set_password(password)
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=username).exists():
                raise _taken(username)
            person.save(force_insert=True)
            moments.person_made(person, by)
    except IntegrityError as error:
        raise _taken(username) from error
    return person


def change(person: User, *, by: User, **fields: Any) -> User:
    """Change `role`, `is_active` or `email`. Conflict when no active admin would be left."""
    with transaction.atomic():
        # One at a time: of two admins who demote each other, one comes too late.
        admins = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").select_for_update()
        others = [admin for admin in admins if admin.pk != person.pk]
        before = User.objects.select_for_update().get(pk=person.pk)
        after = User.objects.get(pk=person.pk)
        for name, value in fields.items():
            setattr(after, name, value)
        was, stays = (one.is_active and one.role == Role.ADMIN for one in (before, after))
        if was and not stays and not others:
            raise Conflict(gettext("This is the last active admin. Make somebody else an admin first."))
        after.save(update_fields=list(fields))
        if not after.is_active:
            _end_logins(after)
        _tell(before, after, by)
    return after


def change_password(person: User, old: str, new: str, *, address: str) -> None:
    """Every login ends, and every other session. InvalidRequest for a wrong old one; too many are held back."""
    held = Hold(person.username, address)
    held.take()
    if not person.check_password(old):
        moments.login_failed(person.username, address)
        detail = gettext("This is not your password.")
        raise InvalidRequest(detail, faults=[Fault("/old", detail)])
    held.give_back()
    check_strength(new, person, "/new")
    with transaction.atomic():
        person.set_password(new)
        person.save(update_fields=["password"])
        Login.objects.filter(person=person).delete()
        moments.password_changed(person, person)


def choose_language(person: User, language: str) -> None:
    """The console's, for this person; empty for what the browser asks for."""
    person.language = language
    person.save(update_fields=["language"])


def sign_out_everywhere(person: User) -> None:
    """Every token and every session ends; who asks in a session starts it afresh after this."""
    with transaction.atomic():
        _end_logins(person)
        moments.logged_out_everywhere(person)


def invite(person: User, *, base: str) -> bool:
    """Once more, for who got no mail or let it run out. Whether it went out; Conflict for who cannot use it."""
    if not person.email:
        raise Conflict(gettext("There is no mail address to send it to. Give one first."))
    if not person.is_active:
        raise Conflict(gettext("This person is deactivated, so the link would open nothing."))
    return links.invite(person, base=base)


def _taken(username: str) -> Conflict:
    detail = gettext("There is somebody called %(name)s already.") % {"name": repr(username)}
    return Conflict(detail, faults=[Fault("/username", detail)])


def _end_logins(person: User) -> None:
    User.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    person.refresh_from_db(fields=["session_round"])
    Login.objects.filter(person=person).delete()


def _tell(before: User, after: User, by: User) -> None:
    if before.role != after.role:
        moments.role_changed(after, before.role, by)
    if before.is_active and not after.is_active:
        moments.person_deactivated(after, by)
    if after.is_active and not before.is_active:
        moments.person_reactivated(after, by)
