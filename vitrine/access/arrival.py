"""Who stands behind a request: what its Authorization header says, else the console's session."""

import hashlib

from django.http import HttpRequest
from django.utils import timezone

from vitrine.access import keys, moments, tokens
from vitrine.access.addresses import address_of, shortened
from vitrine.access.caller import Caller
from vitrine.access.models import ApiKey, Login, User
from vitrine.errors import KeyExpired, KeyRevoked, KeyUnknown, LoginNeeded


def caller_of(request: HttpRequest) -> Caller | None:
    """For pages and files: None for a stranger, and for somebody whose token or key counts no more."""
    try:
        key, login = key_in(request), login_in(request)
    except LoginNeeded:
        return None
    if key is not None:
        return Caller(key.created_by, key)
    if login is not None:
        return Caller(login.person)
    user = getattr(request, "user", None)
    return Caller(user) if isinstance(user, User) else None


def login_in(request: HttpRequest) -> Login | None:
    """The login of `Authorization: Bearer …`, with its person; LoginNeeded for a token that does not count."""
    token = _credentials(request, "bearer")
    if token is not None and token.startswith("vtr_"):
        raise LoginNeeded("This is an API key, which goes into `Authorization: Api-Key …`.")
    return None if token is None else tokens.login_of(token)


def key_in(request: HttpRequest) -> ApiKey | None:
    """The key of `Authorization: Api-Key …`, with its person; an error for one that does not count. Only a header
    carries keys: addresses end in logs and histories.
    """
    text = _credentials(request, "api-key")
    if text is None:
        return None
    try:
        key = ApiKey.objects.select_related("created_by").get(digest=keys.digest_of(text))
    except ApiKey.DoesNotExist as error:
        raise KeyUnknown("No such API key was ever made here.") from error
    _check(key)
    place = shortened(address_of(request))
    if key.note_use(place):
        moments.key_used_from_a_new_place(key, place)
    return key


def client_of(request: HttpRequest) -> str:
    """Tells whether it is the same client again, as well as that can be told; a digest, so that it says no more."""
    said = f"{shortened(address_of(request))}\n{request.headers.get('User-Agent', '')}"
    return hashlib.sha256(said.encode()).hexdigest()


def _check(key: ApiKey) -> None:
    """Whoever holds a key may know what became of it."""
    if key.revoked_at is not None:
        raise KeyRevoked(f"The key {key.shown}… was taken back on {key.revoked_at:%Y-%m-%d}.")
    if not key.created_by.is_active:
        raise KeyRevoked(f"The person who made the key {key.shown}… has no login any more.")
    if key.expires_at <= timezone.now():
        raise KeyExpired(f"The key {key.shown}… ran out on {key.expires_at:%Y-%m-%d}. Ask for a new one.")


def _credentials(request: HttpRequest, scheme: str) -> str | None:
    """What follows the scheme in the Authorization header (RFC 9110, 11.4); None for another scheme."""
    said, _, rest = request.headers.get("Authorization", "").strip().partition(" ")
    return rest.strip() if said.lower() == scheme else None
