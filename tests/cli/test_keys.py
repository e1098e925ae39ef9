"""`vitrine keys`: as the API of keys answers."""

from typing import Any

import pytest

from tests.cli.conftest import Typist
from tests.client.conftest import Answer, Script, script

__all__ = ["script"]

KEY: dict[str, Any] = {
    "id": "5f0c0a52-0000-4000-8000-000000000001",
    "name": "CI",
    "shown": "vtr_live_abc",
    "scopes": ["assets:read"],
    "created_at": "2026-01-01T00:00:00Z",
    "expires_at": "2027-01-01T00:00:00Z",
    "revoked_at": None,
    "last_used_at": None,
}
OTHER = KEY | {"id": "6f0c0a52-0000-4000-8000-000000000002", "shown": "vtr_live_xyz", "name": "Old"}
PAGE = Answer(said={"results": [KEY, OTHER], "next": None, "previous": None})


@pytest.fixture
def admin(typed: Typist, script: Script, monkeypatch: pytest.MonkeyPatch) -> Typist:
    monkeypatch.setenv("VITRINE_URL", script.url)
    monkeypatch.setenv("VITRINE_API_KEY", "vtr_of_an_admin")
    return typed


def test_keys_are_listed_with_when_they_were_used(admin: Typist, script: Script) -> None:
    script.answers = [PAGE]

    told, found = admin("keys", "ls"), admin("keys", "ls", "--json")

    assert [line.split()[:3] for line in told.out.splitlines()[1:]] == [
        ["5f0c0a52", "vtr_live_abc", "CI"],
        ["6f0c0a52", "vtr_live_xyz", "Old"],
    ]
    assert found.json() == {"keys": [KEY, OTHER]}


def test_a_new_key_is_all_that_stands_on_stdout(admin: Typist, script: Script) -> None:
    script.answers = [Answer(201, {**KEY, "key": "vtr_live_abc_secret"})]

    told = admin("keys", "make", "CI", "--scope", "assets:read", "--scope", "assets:write")

    assert (told.exit_code, told.out) == (0, "vtr_live_abc_secret\n")
    assert script.asked[0].body == b'{"name": "CI", "scopes": ["assets:read", "assets:write"]}'


def test_a_key_is_revoked_by_its_beginning_if_that_means_one(admin: Typist, script: Script) -> None:
    script.answers = [PAGE, PAGE, Answer(204, b"")]

    both, one = admin("keys", "revoke", "vtr_live"), admin("keys", "revoke", "6f0c", "--json")

    assert (both.exit_code, "2 keys that are not revoked begin" in both.err) == (2, True)
    assert one.json() == {"revoked": OTHER["id"]}
    assert (script.asked[-1].method, script.asked[-1].path) == ("DELETE", f"/api/keys/{OTHER['id']}/")
