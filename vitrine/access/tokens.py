"""JSON Web Tokens, as RFC 8725 wants them: one algorithm, one issuer, one audience, a type that is checked.

A login gives a pair: an access token for a quarter of an hour, and a refresh token that buys the next pair, once. The
pair that was bought replaces the old one. A refresh token that is presented after it was used is in two hands, so its
whole login ends. One thing is no theft: an answer that got lost. For AGAIN_S the same client (same network, same
User-Agent) may send the same refresh token again and gets the very same successor, so nobody holds two living ones; a
thief who comes by in those seconds shares it with its owner, and the next turn of either betrays him.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import jwt
from django.db import transaction
from django.utils import timezone

from vitrine.access import moments
from vitrine.access.models import Login, User, mark_of
from vitrine.access.signing import ring
from vitrine.errors import LoginNeeded

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "vitrine"
ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=7)
LOGIN_LIFE = timedelta(days=30)
"""However often it is renewed: after this a password is asked for again."""
AGAIN_S = 10
_CLAIMS = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]
_SKEW_S = 5  # between the clocks of our own machines
_OVER = "This login has ended. Log in again."


class Kind(StrEnum):
    """A token's `typ`, in its signed header."""

    ACCESS = "at+jwt"
    REFRESH = "vitrine-refresh+jwt"


@dataclass(frozen=True, slots=True)
class Pair:
    access: str
    refresh: str


class Subject(NamedTuple):
    """Whom a token speaks for, and the login that it came of."""

    person: UUID
    login: UUID


@dataclass(frozen=True, slots=True)
class _Read:
    """What a token with a good signature says, and the key that signed it."""

    login: UUID
    person: UUID
    jti: str
    until: float
    key: bytes

    @property
    def successor(self) -> str:
        """The id of the one refresh token that this one can buy."""
        return hmac.digest(self.key, f"after {self.jti}".encode(), "sha256").hex()


def begin(person: User, *, client: str = "") -> Pair:
    """A login that has just been earned."""
    now, jti = timezone.now(), secrets.token_hex(32)
    login = Login.objects.create(
        person=person,
        password_mark=mark_of(person),
        newest=_digest(jti),
        client=client,
        created_at=now,
        renewed_at=now,
        expires_at=now + REFRESH_LIFE,
    )
    return _pair(login, jti)


def renew(refresh: str, *, client: str = "") -> Pair:
    """The next pair. LoginNeeded for a token that buys none; one that was used already ends its login."""
    read = _read(refresh, Kind.REFRESH)
    with transaction.atomic():
        login = _alive(read, locked=True)
        used = not _turn(login, read, client)
        if used:
            login.delete()
            moments.refresh_token_reused(login.person)
    if used:
        raise LoginNeeded("This refresh token was used before, so its login has ended. Log in again.")
    return _pair(login, read.successor)


def end(login: Login) -> None:
    """Log out: every token of this login stops counting."""
    with transaction.atomic():
        if Login.objects.filter(pk=login.pk).delete()[0]:
            moments.logged_out(login.person)


def family_of(refresh: str) -> Login | None:
    """The login that a refresh token belongs to, used or not; None when it has ended already."""
    return Login.objects.select_related("person").filter(pk=_read(refresh, Kind.REFRESH).login).first()


def login_of(access: str) -> Login:
    """The login that an access token speaks for, with its person; LoginNeeded when it counts no more."""
    return _alive(_read(access, Kind.ACCESS))


def subject_in(access: str) -> tuple[Subject, float]:
    """What an access token says, and until when (Unix time), as far as its signature goes: `login_of` asks whether the
    login still stands. LoginNeeded for what is no access token of ours.
    """
    read = _read(access, Kind.ACCESS)
    return Subject(read.person, read.login), read.until


def _turn(login: Login, read: _Read, client: str) -> bool:
    """Move on to the successor; whether the token may have it."""
    presented, successor = _digest(read.jti), _digest(read.successor)
    now = timezone.now()
    if hmac.compare_digest(presented, login.newest):
        login.before, login.newest = presented, successor
        login.client, login.renewed_at = client, now
        login.expires_at = min(now + REFRESH_LIFE, login.created_at + LOGIN_LIFE)
        login.save()
        return True
    lost = presented == login.before and successor == login.newest and client == login.client
    return lost and now - login.renewed_at <= timedelta(seconds=AGAIN_S)


def _alive(read: _Read, *, locked: bool = False) -> Login:
    """One query on each call: `get` costs a fifth less of it than `first`."""
    found = Login.objects.select_related("person")
    try:
        login = (found.select_for_update(of=("self",)) if locked else found).get(
            pk=read.login, person_id=read.person
        )
    except Login.DoesNotExist as error:
        raise LoginNeeded(_OVER) from error
    if not login.alive:
        raise LoginNeeded(_OVER)
    return login


def _read(token: str, kind: Kind) -> _Read:
    try:
        header = jwt.get_unverified_header(token)
        key = ring().get(str(header.get("kid")))
        if key is None or header.get("typ") != kind:
            raise LoginNeeded(f"This is no {kind.name.lower()} token of ours.")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=_SKEW_S,
            options={"require": _CLAIMS},
        )
        return _Read(UUID(claims["sid"]), UUID(claims["sub"]), str(claims["jti"]), float(claims["exp"]), key)
    except jwt.ExpiredSignatureError as error:
        raise LoginNeeded(f"This {kind.name.lower()} token has run out.") from error
    except (jwt.InvalidTokenError, ValueError, AttributeError) as error:
        raise LoginNeeded(f"This is no {kind.name.lower()} token of ours.") from error


def _pair(login: Login, jti: str) -> Pair:
    now = timezone.now()
    access = _written(login, Kind.ACCESS, secrets.token_hex(16), min(now + ACCESS_LIFE, login.expires_at))
    return Pair(access, _written(login, Kind.REFRESH, jti, login.expires_at))


def _written(login: Login, kind: Kind, jti: str, expires_at: datetime) -> str:
    kid, key = next(iter(ring().items()))
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(login.person_id),
        "sid": str(login.pk),
        "jti": jti,
        "iat": timezone.now(),
        "exp": expires_at,
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"typ": kind.value, "kid": kid})


def _digest(jti: str) -> str:
    return hashlib.sha256(jti.encode()).hexdigest()
