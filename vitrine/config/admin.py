"""The first person: `admin`, who may do everything."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from vitrine.access.audit import note
from vitrine.access.models import User
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
    password = chosen or _random()
    if chosen is not None:
        _check(chosen, user)
    user.role = Role.ADMIN
    user.is_active = True
    user.set_password(password)
    with transaction.atomic():
        user.save()
        note("password.changed", target=user)
    return None if chosen else password


def _random() -> str:
    """80 bits in four groups that can be read aloud."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _check(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise SetupFault(f"ADMIN_PASSWORD is not good enough: {' '.join(error.messages)}") from error
