"""Codes, keys and the end of a login, as the service itself answers them."""

import json
import time
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.builders import PASSWORD, a_user
from tests.cli.conftest import Typist
from vitrine.access import second_factor
from vitrine.access.one_time import code_at
from vitrine.access.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_code_is_asked_for_where_one_is_needed(typed: Typist, live_server: LiveServer) -> None:
    person, step = a_user(Role.EDITOR, with_password=True, username="ada"), int(time.time() // 30)
    secret = second_factor.begin(person)
    second_factor.confirm(person, code_at(secret, step - 1))

    without = typed("login", live_server.url, "--user", "ada", stdin=f"{PASSWORD}\n")
    with_code = typed(
        "login", live_server.url, "--user", "ada", "--otp", stdin=f"{PASSWORD}\n{code_at(secret, step)}\n"
    )

    assert (without.exit_code, "code" in without.err) == (1, True)
    assert with_code.exit_code == 0, with_code.err
    assert typed("ls", "--json").json() == {"products": []}


def test_logging_out_ends_the_login_at_the_service(at_home: Typist, home: Path) -> None:
    kept = home / "config" / "vitrine" / "credentials.json"
    before = kept.read_text()

    told = at_home("logout")
    kept.write_text(before)
    after = at_home("ls")

    assert (told.exit_code, told.err) == (0, "")
    assert (after.exit_code, "Log in again" in after.err) == (1, True)


def test_a_key_opens_what_it_is_for_until_it_is_revoked(
    typed: Typist, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user(Role.ADMIN, with_password=True, username="ada")
    typed("login", live_server.url, "--user", "ada", stdin=f"{PASSWORD}\n")
    key = typed("keys", "make", "CI", "--scope", "assets:read").out.strip()
    (listed,) = json.loads(typed("keys", "ls", "--json").out)["keys"]

    monkeypatch.setenv("VITRINE_URL", live_server.url)
    monkeypatch.setenv("VITRINE_API_KEY", key)
    reads, writes = typed("ls", "--json"), typed("keys", "make", "More", "--scope", "assets:read")
    monkeypatch.delenv("VITRINE_API_KEY")
    revoked = typed("keys", "revoke", listed["id"])
    monkeypatch.setenv("VITRINE_API_KEY", key)
    after = typed("ls")

    assert key.startswith(listed["shown"])
    assert reads.json() == {"products": []}
    assert (writes.exit_code, writes.out) == (1, "")
    assert revoked.exit_code == 0, revoked.err
    assert (after.exit_code, after.out) == (1, "")
