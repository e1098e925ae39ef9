"""Access tokens whose signature was checked already: checking it again costs more than reading a product."""

import time
from functools import lru_cache

from vitrine.access.tokens import Subject, subject_in
from vitrine.errors import LoginNeeded

_REMEMBERED = 4096


def subject_of(token: str) -> Subject | None:
    """Whom a valid access token names, and by which login; whether that login still stands is the database's to say."""
    try:
        subject, until = _checked(token)
    except LoginNeeded:
        return None
    return subject if time.time() < until else None


@lru_cache(maxsize=_REMEMBERED)
def _checked(token: str) -> tuple[Subject, float]:
    """Whom it names and until when (Unix time). A refusal is not remembered."""
    return subject_in(token)
