"""Logging in at a provider, a real one on this machine: what it says is believed only when all of it fits."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from pytest_django import Settings

from tests.builders import a_user
from vitrine.access.models import Identity, User

pytestmark = pytest.mark.django_db

KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


@dataclass
class Provider:
    """Hands out one code for one challenge; `claims` go over what it would say, `signed` says with what and how."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    signed: tuple[Any, str] = (KEY, "RS256")
    challenge: str = ""
    nonce: str = ""

    def about(self) -> dict[str, str]:
        ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer} | {name: self.issuer + path for name, path in ends.items()}

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def redeem(self, form: dict[str, str]) -> dict[str, str]:
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if (form["code"], form["client_secret"], challenge) != ("the code", "our secret", self.challenge):
            return {"error": "invalid_grant"}
        now = int(time.time())
        said = {"iss": self.issuer, "aud": "vitrine-here", "sub": "7", "iat": now, "exp": now + 60,
                "nonce": self.nonce, "email": "ada@shop.example", "email_verified": True}  # fmt: skip
        said = {name: value for name, value in (said | self.claims).items() if value is not None}
        return {
            "id_token": jwt.encode(said, self.signed[0], algorithm=self.signed[1], headers={"kid": "one"})
        }


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(made.keys() if self.path == "/keys" else made.about())

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(made.redeem({name: values[0] for name, values in parse_qs(sent).items()}))

        def _say(self, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        settings.OIDC_ISSUER = made.issuer
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "vitrine-here", "our secret"
        yield made
        server.shutdown()


@pytest.fixture
def ada() -> User:
    return a_user(username="ada", email="Ada@shop.example")


def leave(client: Client, provider: Provider) -> str:
    """To the provider; the state to come back with."""
    address = urlsplit(client.get("/login/sso").headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (asked["redirect_uri"], asked["code_challenge_method"]) == (
        "http://testserver/login/sso/back",
        "S256",
    )
    provider.challenge, provider.nonce = asked["code_challenge"], asked["nonce"]
    return asked["state"]


def come_back(client: Client, state: str, code: str = "the code") -> int:
    return client.get("/login/sso/back", {"state": state, "code": code}).status_code


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_who_comes_with_a_verified_address_is_that_person(provider: Provider, ada: User) -> None:
    client = Client()

    assert come_back(client, leave(client, provider)) == 302

    assert client.session["_auth_user_id"] == str(ada.pk)
    assert is_in(client)


def test_later_the_provider_s_own_name_counts_and_not_the_address(provider: Provider, ada: User) -> None:
    first = Client()
    come_back(first, leave(first, provider))
    provider.claims = {"email": "renamed@shop.example"}

    client = Client()
    assert come_back(client, leave(client, provider)) == 302
    assert client.session["_auth_user_id"] == str(ada.pk)


@pytest.mark.parametrize(
    "claims",
    [{"email_verified": False}, {"email_verified": "true"}, {"email_verified": None}, {"email": None},
     {"email": ""}, {"email": "nobody@shop.example"}, {"nonce": "another"}, {"azp": "another"}],
)  # fmt: skip
def test_who_is_nobody_s_or_somebody_else_s_stays_outside(
    provider: Provider, ada: User, claims: dict[str, Any]
) -> None:
    client, provider.claims = Client(), claims

    assert come_back(client, leave(client, provider)) == 401
    assert not is_in(client)
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"claims": {"aud": "another"}}, {"claims": {"iss": "https://elsewhere.example"}}, {"claims": {"exp": 1}},
     {"claims": {"sub": None}}, {"claims": {"nonce": None}}, {"signed": (OTHER_KEY, "RS256")},
     {"signed": (b"k" * 32, "HS256")}, {"signed": (None, "none")}],
)  # fmt: skip
def test_an_answer_that_cannot_be_trusted_opens_nothing(
    provider: Provider, ada: User, wrong: dict[str, Any]
) -> None:
    client = Client()
    for name, value in wrong.items():
        setattr(provider, name, value)

    assert come_back(client, leave(client, provider)) == 503
    assert not is_in(client)


def test_only_the_browser_that_left_may_come_back_and_once(provider: Provider, ada: User) -> None:
    client, thief = Client(), Client()
    state = leave(client, provider)

    assert come_back(thief, state) == 404
    assert come_back(client, "another state") == 401
    assert come_back(client, state) == 404
    assert not is_in(thief)
    assert not is_in(client)


def test_an_address_of_two_people_is_nobody_s(provider: Provider, ada: User) -> None:
    a_user(email=ada.email)
    client = Client()

    assert come_back(client, leave(client, provider)) == 401


def test_who_was_deactivated_stays_outside(provider: Provider, ada: User) -> None:
    client = Client()
    come_back(client, leave(client, provider))
    User.objects.update(is_active=False)

    again = Client()
    assert come_back(again, leave(again, provider)) == 401


def test_a_code_that_the_provider_does_not_know_opens_nothing(provider: Provider, ada: User) -> None:
    client = Client()

    assert come_back(client, leave(client, provider), code="a guess") == 503


def test_a_provider_that_is_away_is_said(settings: Settings) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:1"

    response = Client().get("/login/sso")

    assert (response.status_code, "does not answer" in response.content.decode()) == (503, True)


def test_without_a_provider_there_is_no_such_way() -> None:
    assert [Client().get(path).status_code for path in ("/login/sso", "/login/sso/back")] == [404, 404]
