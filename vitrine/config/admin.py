"""The first person: `admin`, who may do everything."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from vitrine.access import moments
from vitrine.access.models import SecondFactor, User
from vitrine.access.passwords import random_password
from vitrine.access.roles import Role
from vitrine.config.fault import SetupFault

NAME = "admin"


def make_admin_if_nobody_is_there(chosen: str | None) -> str | None:
    """The password to print, once; None when somebody is there already or the password was chosen."""
    if User.objects.exists():
        return None
    return set_password(chosen)


def set_password(chosen: str | None) -> str | None:
    """Give `admin` the chosen password, or a random one, which is returned to be printed once."""
    user = User.objects.filter(username=NAME).first() or User(username=NAME)
    password = chosen or random_password()
    if chosen is not None:
        _check(chosen, user)
    user.role = Role.ADMIN
    user.is_active = True
    user.set_password(password)
    with transaction.atomic():
        user.save()
        SecondFactor.objects.filter(person=user).delete()  # whoever has this machine may have lost the phone
        moments.password_changed(user)
    return None if chosen else password


def _check(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise SetupFault(f"ADMIN_PASSWORD is not good enough: {' '.join(error.messages)}") from error
