"""What those who look after an installation want to know of: logins, keys, people. One function a moment.

Names and passwords that somebody typed are not written down, and of an address its network is enough.
"""

import structlog

from vitrine.access.addresses import shortened
from vitrine.access.models import ApiKey, User

log = structlog.get_logger()


def logged_in(person: User, address: str) -> None:
    log.info("logged_in", person=str(person.pk), network=shortened(address))


def login_failed(username: str, address: str) -> None:
    log.warning("login_failed", person=_person_of(username), network=shortened(address))


def login_held_back(username: str, address: str, wait_s: int) -> None:
    """Too many wrong passwords: the password was not even looked at."""
    log.warning("login_held_back", person=_person_of(username), network=shortened(address), wait_s=wait_s)


def refresh_token_reused(person: User) -> None:
    log.warning("refresh_token_reused", person=str(person.pk))


def logged_out(person: User) -> None:
    log.info("logged_out", person=str(person.pk))


def password_changed(person: User) -> None:
    log.info("password_changed", person=str(person.pk))


def second_factor_set_up(person: User) -> None:
    log.info("second_factor_set_up", person=str(person.pk))


def second_factor_taken_off(person: User, by: User) -> None:
    log.warning("second_factor_taken_off", person=str(person.pk), by=str(by.pk))


def key_issued(key: ApiKey) -> None:
    log.info("key_issued", key=str(key.pk), person=str(key.created_by_id), scopes=key.scopes)


def key_revoked(key: ApiKey, by: User) -> None:
    log.info("key_revoked", key=str(key.pk), by=str(by.pk))


def key_used_from_a_new_place(key: ApiKey, place: str) -> None:
    log.warning("key_used_from_a_new_place", key=str(key.pk), network=place)


def person_made(person: User, by: User) -> None:
    log.info("person_made", person=str(person.pk), role=person.role, by=str(by.pk))


def role_changed(person: User, before: str, by: User) -> None:
    log.info("role_changed", person=str(person.pk), before=before, role=person.role, by=str(by.pk))


def person_deactivated(person: User, by: User) -> None:
    log.info("person_deactivated", person=str(person.pk), by=str(by.pk))


def person_reactivated(person: User, by: User) -> None:
    log.info("person_reactivated", person=str(person.pk), by=str(by.pk))


def _person_of(username: str) -> str | None:
    """A name that nobody has may be a password in the wrong field: it is not repeated."""
    found = User.objects.filter(username=username).values_list("pk", flat=True).first()
    return str(found) if found else None
