"""The second thing that a login takes, for people who set it up: a code from their phone, or one they wrote down."""

import hashlib

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from vitrine.access import moments, one_time
from vitrine.access.models import SecondFactor, User
from vitrine.access.passwords import random_password
from vitrine.access.signing import sealer
from vitrine.errors import Conflict, Fault, InvalidRequest, NotFound

RECOVERY_CODES = 10


def begin(person: User) -> str:
    """The secret to put into an app. It counts once a code made with it has come back; until then this may be asked
    again and gives another. Conflict when one counts already."""
    secret = one_time.new_secret()
    sealed = sealer().encrypt(secret.encode()).decode()
    with transaction.atomic():
        made, _ = SecondFactor.objects.get_or_create(person=person, defaults={"sealed": sealed})
        factor = SecondFactor.objects.select_for_update().get(pk=made.pk)
        if factor.confirmed_at is not None:
            raise Conflict(gettext("A second factor is set up already. Take it off first."))
        factor.sealed = sealed
        factor.save(update_fields=["sealed"])
    return secret


def confirm(person: User, code: str) -> list[str]:
    """It counts from now on. Gives the codes to write down, each good for one login without the phone."""
    codes = [random_password() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        factor = _of(person)
        if factor.confirmed_at is not None:
            raise Conflict(gettext("This second factor is confirmed already."))
        step = _step_of(factor, code)
        if step is None:
            raise wrong_code()
        factor.confirmed_at, factor.last_step = timezone.now(), step
        factor.recovery = [_digest(one) for one in codes]
        factor.save()
        moments.second_factor_set_up(person)
    return codes


def accepts(person: User, code: str) -> bool:
    """Whether the code is right. Each is good for one time."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(person=person).first()
        if factor is None or factor.confirmed_at is None:
            return False
        step = _step_of(factor, code)
        if step is not None and step > factor.last_step:
            factor.last_step = step
        elif (digest := _digest(code.strip().lower())) in factor.recovery:
            factor.recovery = [one for one in factor.recovery if one != digest]
        else:
            return False
        factor.save(update_fields=["last_step", "recovery"])
    return True


def draw_codes(person: User) -> list[str]:
    """New codes to write down, in place of those before. NotFound for who has no second factor."""
    codes = [random_password() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        factor = _of(person)
        if factor.confirmed_at is None:
            raise NotFound(gettext("There is no second factor that counts yet."))
        factor.recovery = [_digest(one) for one in codes]
        factor.save(update_fields=["recovery"])
        moments.recovery_codes_drawn(person)
    return codes


def take_off(person: User, by: User) -> None:
    with transaction.atomic():
        if SecondFactor.objects.filter(person=person).delete()[0]:
            moments.second_factor_taken_off(person, by)


def wrong_code() -> InvalidRequest:
    detail = gettext("This code is not right, or was used already. Codes change every 30 seconds.")
    return InvalidRequest(detail, faults=[Fault("/otp", detail)])


def _of(person: User) -> SecondFactor:
    factor = SecondFactor.objects.select_for_update().filter(person=person).first()
    if factor is None:
        raise NotFound(gettext("There is no second factor to confirm. Begin with one."))
    return factor


def _step_of(factor: SecondFactor, code: str) -> int | None:
    try:
        secret = sealer().decrypt(factor.sealed.encode()).decode()
    except InvalidToken:
        return None  # SECRET_KEY changed and the old one counts no more: the written codes still do
    return one_time.step_of(secret, code.replace(" ", ""))


def _digest(code: str) -> str:
    """79 random bits need no slow hash."""
    return hashlib.sha256(code.encode()).hexdigest()
