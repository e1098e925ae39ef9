"""`vitrine login`, `logout` and `keys`; and who one is without them."""

import json
import stat
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.builders import PASSWORD, a_user
from tests.cli.conftest import Typist
from vitrine.access.roles import Role
from vitrine.cli.credentials import Credentials, Kept
from vitrine.client.problem import Problem
from vitrine.client.shapes import Pair

pytestmark = pytest.mark.django_db(transaction=True)


def kept(home: Path) -> Path:
    return home / "config" / "vitrine" / "credentials.json"


def test_a_login_is_kept_where_only_its_owner_reads_it(at_home: Typist, home: Path) -> None:
    told = at_home("ls", "--json")

    assert told.json() == {"products": []}
    assert stat.S_IMODE(kept(home).stat().st_mode) == 0o600
    assert PASSWORD not in kept(home).read_text()


def test_a_wrong_password_is_told_and_nothing_is_kept(
    typed: Typist, live_server: LiveServer, home: Path
) -> None:
    a_user(Role.EDITOR, with_password=True, username="eve")

    told = typed("login", live_server.url, "--user", "eve", stdin="wrong horse\n")
    after = typed("ls")

    assert (told.exit_code, told.out) == (1, "")
    assert "You were not let in" in told.err
    assert "wrong horse" not in told.err
    assert (after.exit_code, "vitrine login URL" in after.err) == (2, True)
    assert not kept(home).exists()


def test_an_address_where_nothing_answers_is_told_at_once(typed: Typist) -> None:
    told = typed("login", "http://127.0.0.1:9", "--user", "eve", "--json", stdin="secret\n")

    assert (told.exit_code, told.json()["error"]["code"]) == (1, "unreachable")
    assert "http://127.0.0.1:9 cannot be reached" in told.err


@pytest.mark.parametrize(
    "address", ["ftp://here", "http://eve:secret@here", "https://", "http://here/?key=1"]
)
def test_what_is_no_address_is_wrong_use(typed: Typist, address: str) -> None:
    told = typed("login", address, "--api-key", stdin="vtr_x\n")

    assert (told.exit_code, "is not the address of a service" in told.err) == (2, True)


def test_logging_out_forgets_the_login(at_home: Typist, home: Path) -> None:
    told, after = at_home("logout"), at_home("ls")

    assert (told.exit_code, after.exit_code) == (0, 2)
    assert json.loads(kept(home).read_text()) == {"current": None, "logins": {}}


def test_an_access_token_that_ran_out_is_renewed_and_kept(at_home: Typist, home: Path) -> None:
    said = json.loads(kept(home).read_text())
    (login,) = said["logins"].values()
    login["pair"]["access"] = "run-out"
    kept(home).write_text(json.dumps(said))

    told = at_home("ls", "--json")

    assert told.json() == {"products": []}
    (now,) = json.loads(kept(home).read_text())["logins"].values()
    assert now["pair"]["access"] not in {"run-out", ""}


def test_a_login_that_ran_out_for_good_says_what_to_do(at_home: Typist, home: Path) -> None:
    said = json.loads(kept(home).read_text())
    (login,) = said["logins"].values()
    login["pair"] = {"access": "run-out", "refresh": "run-out"}
    kept(home).write_text(json.dumps(said))

    told = at_home("ls")

    assert told.exit_code == 1
    assert "Your login has run out" in told.err
    assert "Log in again" in told.err


def test_the_environment_wins_over_a_login(
    at_home: Typist, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_API_KEY", "vtr_none")
    homeless = at_home("ls")
    monkeypatch.setenv("VITRINE_URL", live_server.url)
    refused = at_home("ls")

    assert (homeless.exit_code, "set it too" in homeless.err) == (2, True)
    assert (refused.exit_code, "vtr_none" in refused.err) == (1, False)


def test_two_processes_renew_a_login_once(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path / "vitrine" / "credentials.json")
    pair: Pair = {"access": "old", "refresh": "one"}
    bought: list[str] = []

    def change(found: Pair) -> Pair:
        if found["access"] != "old":
            return found
        bought.append(found["refresh"])
        return {"access": "new", "refresh": "two"}

    credentials.keep(Kept(url="http://here", username="eve", pair=pair))
    first, second = (credentials.renew("http://here", change) for _ in range(2))

    assert first == second == {"access": "new", "refresh": "two"}
    assert bought == ["one"]
    with pytest.raises(Problem, match="logged out"):
        credentials.renew("http://elsewhere", change)
