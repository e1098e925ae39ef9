"""Tokens: what counts, what does not, and how one pair follows another."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from tests.builders import PASSWORD, a_user
from vitrine.access import tokens
from vitrine.access.models import Login
from vitrine.access.signing import ring
from vitrine.access.tokens import Kind, Pair
from vitrine.errors import LoginNeeded

pytestmark = pytest.mark.django_db


def forged(pair: Pair, *, key: Any = None, algorithm: str = "HS256", **changes: Any) -> str:
    """The access token again, with other claims (`header_…` for its header), signed with our key unless told."""
    header = jwt.get_unverified_header(pair.access)
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    for name, value in changes.items():
        part = header if name.startswith("header_") else claims
        part[name.removeprefix("header_")] = value
        if value is None:
            del part[name.removeprefix("header_")]
    kept = {name: value for name, value in header.items() if name != "alg"}
    return jwt.encode(claims, key or next(iter(ring().values())), algorithm=algorithm, headers=kept)


def refused(token: str) -> bool:
    try:
        tokens.login_of(token)
    except LoginNeeded:
        return True
    return False


def test_a_forgery_with_nothing_changed_counts_so_the_others_are_refused_for_their_change() -> None:
    assert not refused(forged(tokens.begin(a_user())))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_700_000_000},
        {"exp": None},
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"jti": None},
        {"iat": 4_000_000_000},
        {"sid": "00000000-0000-0000-0000-000000000000"},
        {"sid": "' OR 1=1 --"},
        {"sid": 7},
        {"sub": "00000000-0000-0000-0000-000000000000"},
        {"header_typ": Kind.REFRESH.value},
        {"header_typ": "JWT"},
        {"header_typ": None},
        {"header_kid": "0" * 16},
        {"header_kid": "../../secret_key"},
        {"header_kid": ""},
        {"header_kid": None},
        {"key": b"k" * 32},
        {"key": b"k" * 32, "header_kid": "another"},
        {"algorithm": "HS512"},
    ],
)
@pytest.mark.filterwarnings(
    "ignore::jwt.warnings.InsecureKeyLengthWarning"
)  # HS512 wants a longer key than ours
def test_a_token_with_one_thing_wrong_is_refused(changes: dict[str, Any]) -> None:
    assert refused(forged(tokens.begin(a_user()), **changes))


def test_a_token_that_says_it_needs_no_signature_is_refused() -> None:
    header, claims, _ = tokens.begin(a_user()).access.split(".")
    said = json.loads(base64.urlsafe_b64decode(header + "=="))
    none = base64.urlsafe_b64encode(json.dumps({**said, "alg": "none"}).encode()).decode().rstrip("=")

    assert refused(f"{none}.{claims}.")
    assert refused(f"{header}.{claims}.")


def test_a_token_signed_with_somebody_s_rsa_key_is_refused() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert refused(forged(tokens.begin(a_user()), key=key, algorithm="RS256"))


@pytest.mark.parametrize("text", ["", "x", "x.y.z", "..", "a.b", "é.é.é", "x" * 100_000, "bnVsbA.e30.e30"])
def test_what_is_no_token_at_all_is_refused(text: str) -> None:
    assert refused(text)


def test_a_refresh_token_opens_nothing_and_an_access_token_buys_nothing() -> None:
    pair = tokens.begin(a_user())

    assert refused(pair.refresh)
    with pytest.raises(LoginNeeded, match="no refresh token"):
        tokens.renew(pair.access)


def test_a_new_secret_logs_nobody_out_while_the_old_one_still_counts(settings: Settings) -> None:
    old = settings.SECRET_KEY
    pair = tokens.begin(a_user())

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new secret", [old]
    renewed = tokens.renew(pair.refresh)
    assert [refused(one) for one in (pair.access, renewed.access)] == [False, False]

    settings.SECRET_KEY_FALLBACKS = []
    assert [refused(one) for one in (pair.access, renewed.access)] == [True, False]


def test_a_refresh_token_buys_one_pair_after_another() -> None:
    first = tokens.begin(a_user())

    second = tokens.renew(first.refresh)
    third = tokens.renew(second.refresh)

    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert not refused(third.access)
    assert Login.objects.count() == 1


def test_a_lost_answer_is_given_again_to_the_same_client() -> None:
    first = tokens.begin(a_user(), client="phone")
    second = tokens.renew(first.refresh, client="phone")

    again = tokens.renew(first.refresh, client="phone")

    assert jti_of(again) == jti_of(second)
    assert not refused(tokens.renew(second.refresh, client="phone").access)


def jti_of(pair: Pair) -> str:
    return str(jwt.decode(pair.refresh, options={"verify_signature": False})["jti"])


def test_a_used_refresh_token_from_another_client_ends_the_login() -> None:
    first = tokens.begin(a_user(), client="phone")
    second = tokens.renew(first.refresh, client="phone")

    with pytest.raises(LoginNeeded, match="used before"):
        tokens.renew(first.refresh, client="thief")

    assert refused(second.access)
    with pytest.raises(LoginNeeded):
        tokens.renew(second.refresh, client="phone")


def test_a_used_refresh_token_that_comes_late_ends_the_login() -> None:
    first = tokens.begin(a_user())
    second = tokens.renew(first.refresh)
    Login.objects.update(renewed_at=timezone.now() - timedelta(seconds=tokens.AGAIN_S + 1))

    with pytest.raises(LoginNeeded, match="used before"):
        tokens.renew(first.refresh)

    assert refused(second.access)


def test_an_older_refresh_token_ends_the_login_however_soon_it_comes() -> None:
    first = tokens.begin(a_user())
    third = tokens.renew(tokens.renew(first.refresh).refresh)

    with pytest.raises(LoginNeeded, match="used before"):
        tokens.renew(first.refresh)

    assert refused(third.access)


def test_one_login_s_end_leaves_the_person_s_others() -> None:
    person = a_user()
    here, there = tokens.begin(person), tokens.begin(person)

    tokens.end(tokens.login_of(here.access))

    assert [refused(one.access) for one in (here, there)] == [True, False]


def test_another_password_ends_every_token() -> None:
    person = a_user(with_password=True)
    pair = tokens.begin(person)

    person.set_password(PASSWORD)  # the same one: it is salted anew
    person.save()

    assert refused(pair.access)
    with pytest.raises(LoginNeeded):
        tokens.renew(pair.refresh)


def test_a_deactivated_person_s_tokens_stop_at_once() -> None:
    person = a_user()
    pair = tokens.begin(person)
    person.is_active = False
    person.save()

    assert refused(pair.access)


def test_no_login_lives_longer_than_a_month() -> None:
    pair = tokens.begin(a_user())
    begun = timezone.now() - tokens.LOGIN_LIFE + timedelta(hours=1)
    Login.objects.update(created_at=begun)

    tokens.renew(pair.refresh)

    assert Login.objects.get().expires_at == begun + tokens.LOGIN_LIFE


def test_only_digests_of_tokens_are_kept() -> None:
    pair = tokens.renew(tokens.begin(a_user()).refresh)

    kept = " ".join(str(value) for value in Login.objects.values_list()[0])

    assert jti_of(pair) not in kept


@pytest.mark.django_db(transaction=True)
def test_tabs_that_renew_at_once_get_the_same_successor_and_none_is_logged_out() -> None:
    first = tokens.begin(a_user(), client="browser")

    def renew(_: int) -> Pair:
        try:
            return tokens.renew(first.refresh, client="browser")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        pairs = list(pool.map(renew, range(4)))

    assert len({jti_of(pair) for pair in pairs}) == 1
    assert not any(refused(pair.access) for pair in pairs)
