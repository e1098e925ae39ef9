"""What those who look after an installation want to know of: logins, keys, people. One function a moment.

Each writes a line into the log and an entry into the audit log, so call it in the transaction of what was done. Names
and passwords that somebody typed are not written down, and of an address its network is enough.
"""

import structlog

from vitrine.access.addresses import shortened
from vitrine.access.audit import note
from vitrine.access.models import ApiKey, User

log = structlog.get_logger()


def logged_in(person: User, address: str) -> None:
    log.info("logged_in", person=str(person.pk), network=shortened(address))
    note("login.succeeded", target=person, by=person)


def login_failed(username: str, address: str) -> None:
    person = _person_of(username)
    log.warning("login_failed", person=_id_of(person), network=shortened(address))
    note("login.failed", target=person)


def login_held_back(username: str, address: str, wait_s: int) -> None:
    """Too many wrong passwords: the password was not even looked at. These come in floods, so the log alone has them;
    the failures that led to it are in the audit log.
    """
    log.warning(
        "login_held_back", person=_id_of(_person_of(username)), network=shortened(address), wait_s=wait_s
    )


def refresh_token_reused(person: User) -> None:
    log.warning("refresh_token_reused", person=str(person.pk))
    note("login.refresh-reused", target=person)


def logged_out(person: User) -> None:
    log.info("logged_out", person=str(person.pk))
    note("login.ended", target=person, by=person)


def logged_out_everywhere(person: User) -> None:
    log.info("logged_out_everywhere", person=str(person.pk))
    note("login.all-ended", target=person, by=person)


def password_asked_for(people: list[User]) -> None:
    """Noted whether anybody has the address or not, so that neither takes longer."""
    log.info("password_asked_for", people=[str(one.pk) for one in people])
    note("password.asked-for", target=people[0] if people else None)


def password_changed(person: User, by: User | None = None) -> None:
    log.info("password_changed", person=str(person.pk))
    note("password.changed", target=person, by=by)


def second_factor_set_up(person: User) -> None:
    log.info("second_factor_set_up", person=str(person.pk))
    note("second-factor.set-up", target=person, by=person)


def recovery_codes_drawn(person: User) -> None:
    log.info("recovery_codes_drawn", person=str(person.pk))
    note("second-factor.codes-drawn", target=person, by=person)


def second_factor_taken_off(person: User, by: User) -> None:
    log.warning("second_factor_taken_off", person=str(person.pk), by=str(by.pk))
    note("second-factor.taken-off", target=person, by=by)


def key_issued(key: ApiKey) -> None:
    log.info("key_issued", key=str(key.pk), person=str(key.created_by_id), scopes=key.scopes)
    note("key.created", target=key, by=key.created_by, scopes=key.scopes, shown=key.shown)


def key_revoked(key: ApiKey, by: User) -> None:
    log.info("key_revoked", key=str(key.pk), by=str(by.pk))
    note("key.revoked", target=key, by=by, shown=key.shown)


def key_used_from_a_new_place(key: ApiKey, place: str) -> None:
    log.warning("key_used_from_a_new_place", key=str(key.pk), network=place)
    note("key.used-from-a-new-place", target=key, by=key.created_by, shown=key.shown)


def person_made(person: User, by: User) -> None:
    log.info("person_made", person=str(person.pk), role=person.role, by=str(by.pk))
    note("user.created", target=person, by=by, role=person.role)


def person_invited(person: User) -> None:
    log.info("person_invited", person=str(person.pk))
    note("user.invited", target=person)


def role_changed(person: User, before: str, by: User) -> None:
    log.info("role_changed", person=str(person.pk), before=before, role=person.role, by=str(by.pk))
    note("user.role-changed", target=person, by=by, before=before, role=person.role)


def person_deactivated(person: User, by: User) -> None:
    log.info("person_deactivated", person=str(person.pk), by=str(by.pk))
    note("user.deactivated", target=person, by=by)


def person_reactivated(person: User, by: User) -> None:
    log.info("person_reactivated", person=str(person.pk), by=str(by.pk))
    note("user.reactivated", target=person, by=by)


def _person_of(username: str) -> User | None:
    """A name that nobody has may be a password in the wrong field: it is not repeated."""
    return User.objects.filter(username=username).first()


def _id_of(person: User | None) -> str | None:
    return str(person.pk) if person else None
