"""Passwords that we draw ourselves, and what we ask of those that people choose."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from vitrine.access.models import User
from vitrine.errors import Fault, InvalidRequest

LONGEST = 1024
"""Argon2 would read any length; nobody's password is longer."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike


def random_password() -> str:
    """79 bits in four groups that can be read aloud."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def check_strength(password: str, person: User, pointer: str) -> None:
    """InvalidRequest for one that is too short or too common."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        detail = " ".join(error.messages)
        raise InvalidRequest(detail, faults=[Fault(pointer, detail)]) from error
