"""Logging in where a company's people log in already: OpenID Connect, by the code flow with PKCE, state and nonce.

Nobody is made by it: an admin makes people, and who comes with an address that the provider has verified and exactly
one active person has is that person from then on, known by the provider's own name for them.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
import structlog
from django.conf import settings
from django.db import IntegrityError

from vitrine.access.models import Identity, User
from vitrine.errors import LoginNeeded, ProviderFailed

log = structlog.get_logger()

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""None that shares a secret: the key comes from the provider's own list."""
_CLAIMS = ["iss", "aud", "sub", "exp", "iat", "nonce"]
_PATIENCE_S = 10
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Provider:
    """What `/.well-known/openid-configuration` says."""

    issuer: str
    authorize: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What we remember, in the session, of somebody whom we sent to the provider."""

    state: str
    nonce: str
    verifier: str
    back: str


def ask(back: str) -> tuple[str, Asked]:
    """Where to send somebody who is to come back to `back`, and what to remember."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    asked = Asked(state, nonce, verifier, back)
    challenge = (
        base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).decode().rstrip("=")
    )
    query = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": back,
        "scope": "openid email",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = _provider(settings.OIDC_ISSUER).authorize
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", asked


def person_who_came_back(asked: Asked, *, state: str, code: str) -> User:
    """LoginNeeded for who is not whom we sent, or nobody of ours; ProviderFailed when the provider is at fault."""
    if not code or not hmac.compare_digest(state.encode(), asked.state.encode()):
        raise LoginNeeded("This answer belongs to another try to log in. Begin again.")
    return _person(_claims(_exchanged(asked, code), asked.nonce))


def _exchanged(asked: Asked, code: str) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked.back,
        "code_verifier": asked.verifier,
        "client_id": settings.OIDC_CLIENT_ID,
        "client_secret": settings.OIDC_CLIENT_SECRET,
    }
    answer = _asked(_provider(settings.OIDC_ISSUER).token, urlencode(form).encode())
    return str(answer.get("id_token", ""))


def _claims(id_token: str, nonce: str) -> dict[str, Any]:
    try:
        key = _keys(_provider(settings.OIDC_ISSUER).keys).get_signing_key_from_jwt(id_token)
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key.key,
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=30,
            options={"require": _CLAIMS},
        )
    except jwt.PyJWTError as error:
        log.warning("id_token_refused", reason=f"{type(error).__name__}: {error}")
        raise ProviderFailed(
            "The login provider's answer cannot be trusted. The web server's log says why."
        ) from error
    other = claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID
    if other or not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise LoginNeeded("This answer belongs to another try to log in. Begin again.")
    return claims


def _person(claims: dict[str, Any]) -> User:
    issuer, subject = settings.OIDC_ISSUER, str(claims["sub"])
    known = Identity.objects.select_related("person").filter(issuer=issuer, subject=subject).first()
    if known is not None:
        if not known.person.is_active:
            raise LoginNeeded("You have no login here any more. Ask an administrator.")
        return known.person
    email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    found = list(User.objects.filter(email__iexact=email, is_active=True)[:2]) if email else []
    if len(found) != 1:
        raise LoginNeeded("Nobody here has your address. Ask an administrator to make you a login with it.")
    try:
        Identity.objects.create(person=found[0], issuer=issuer, subject=subject)
    except IntegrityError as error:
        raise LoginNeeded("Somebody else comes with this address already. Ask an administrator.") from error
    return found[0]


@lru_cache(maxsize=2)
def _provider(issuer: str) -> Provider:
    said = _asked(f"{issuer}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise ProviderFailed(f"The login provider calls itself something else than OIDC_ISSUER ({issuer}).")
    ends = [str(said.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(one.startswith(("https://", f"{issuer}/")) for one in ends):
        raise ProviderFailed("The login provider does not say where to ask, or not by https.")
    return Provider(issuer, *ends)


@lru_cache(maxsize=2)
def _keys(address: str) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(address, timeout=_PATIENCE_S)


class _NoRedirects(HTTPRedirectHandler):
    """The client's secret goes where the provider said, and nowhere else."""

    def redirect_request(self, *args: Any) -> None:
        return None


def _asked(address: str, form: bytes | None = None) -> dict[str, Any]:
    request = Request(address, form, {"Accept": "application/json"})  # noqa: S310  # settings hold it to http(s)
    try:
        with build_opener(_NoRedirects).open(request, timeout=_PATIENCE_S) as answer:
            said = json.loads(answer.read(_MOST_BYTES))
    except (URLError, OSError, ValueError) as error:
        raise ProviderFailed(
            "The login provider does not answer as it should. Try again in a moment."
        ) from error
    if not isinstance(said, dict):
        raise ProviderFailed("The login provider does not answer as it should. Try again in a moment.")
    return said
