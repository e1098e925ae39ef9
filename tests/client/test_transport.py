"""The client's manners: connections used again, another try where that is harmless, errors that read well."""

from pathlib import Path

import pytest

from tests.client.conftest import Answer, Script, problem
from vitrine.client import transport
from vitrine.client.fetching import fetch
from vitrine.client.logins import ApiKey, Tokens
from vitrine.client.problem import Problem
from vitrine.client.service import Vitrine

ME = {"id": "1", "username": "eve", "role": "editor"}


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_FIRST_WAIT_S", 0.01)


def test_one_connection_serves_many_calls(script: Script) -> None:
    script.answers = [Answer(said=ME)]
    service = Vitrine(script.url, ApiKey("vtr_key"))

    for _ in range(3):
        service.me()

    service.close()
    assert len({one.connection for one in script.asked}) == 1
    assert {one.headers["authorization"] for one in script.asked} == {"Api-Key vtr_key"}


def test_a_connection_that_broke_is_made_again(script: Script) -> None:
    script.answers = [Answer(said=ME), Answer(drops=True), Answer(drops=True), Answer(said=ME)]
    service = Vitrine(script.url)

    told = [service.me(), service.me()]

    service.close()
    assert (told, len(script.asked)) == ([ME, ME], 4)


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_to_wait_is_asked_again_after_that(script: Script, status: int) -> None:
    busy = problem(status)
    busy.headers["Retry-After"] = "0"
    script.answers = [busy, busy, Answer(said=ME)]
    service = Vitrine(script.url)

    assert service.me() == ME

    service.close()
    assert len(script.asked) == 3


def test_a_wait_longer_than_our_patience_is_an_error_at_once(script: Script) -> None:
    late = problem(429, title="Too many requests", detail="Wait 900 s.", code="too-many-requests")
    late.headers["Retry-After"] = "900"
    script.answers = [late]
    service = Vitrine(script.url)

    with pytest.raises(Problem, match=r"Too many requests: Wait 900 s\. Wait a little") as raised:
        service.me()

    service.close()
    assert (raised.value.status, len(script.asked)) == (429, 1)


def test_what_makes_something_carries_one_key_through_all_tries(script: Script) -> None:
    script.answers = [Answer(drops=True), Answer(201, {"id": "1"})]
    service = Vitrine(script.url)

    service.create_product({"name": "Chair", "upload_id": "1"}, key="mine")

    service.close()
    assert [one.headers["idempotency-key"] for one in script.asked] == ["mine", "mine"]
    assert script.asked[0].body == script.asked[1].body


def test_what_would_do_something_else_is_not_sent_twice(script: Script) -> None:
    script.answers = [Answer(drops=True)]
    service = Vitrine(script.url)

    with pytest.raises(Problem, match="cannot be reached"):
        service.make_key("CI", ["assets:read"])

    service.close()
    assert len(script.asked) == 1


def test_a_token_that_ran_out_is_renewed_once(script: Script) -> None:
    script.answers = [problem(401), Answer(said={"access": "new", "refresh": "two"}), Answer(said=ME)]
    service = Vitrine(script.url, Tokens({"access": "old", "refresh": "one"}))

    assert service.me() == ME

    service.close()
    assert [one.headers.get("authorization") for one in script.asked] == ["Bearer old", None, "Bearer new"]
    assert script.asked[1].body == b'{"refresh": "one"}'


def test_faults_of_fields_are_named_line_by_line(script: Script) -> None:
    faults = [{"pointer": "/quality", "detail": "At most 0.999."}, {"pointer": "", "detail": "Too much."}]
    script.answers = [problem(400, errors=faults)]
    service = Vitrine(script.url)

    with pytest.raises(Problem) as raised:
        service.me()

    service.close()
    assert str(raised.value) == "Some fields are not right:\n  quality: At most 0.999.\n  request: Too much."


@pytest.mark.parametrize("page", [b"<html>Bad gateway</html>", b"[]", b'{"error": 1}'])
def test_what_speaks_otherwise_is_said_to(script: Script, page: bytes) -> None:
    script.answers = [Answer(502, page)]
    service = Vitrine(script.url)

    with pytest.raises(Problem, match=r"answered 502, and not as a Vitrine does\. Is this the address"):
        service.me()

    service.close()


def test_whoever_sends_us_elsewhere_is_not_followed(script: Script) -> None:
    script.answers = [Answer(301, b"", {"Location": "https://elsewhere.example/"})]
    service = Vitrine(script.url, ApiKey("vtr_key"))

    with pytest.raises(Problem, match=r"sends us to https://elsewhere\.example/: Use that address\."):
        service.me()

    service.close()
    assert len(script.asked) == 1


def test_a_file_that_broke_off_goes_on_where_it_did_without_a_login(script: Script, tmp_path: Path) -> None:
    broken = Answer(200, b"half", {"Content-Length": "8"}, keeps=False)
    script.answers = [broken, Answer(206, b"rest")]
    service = Vitrine(script.url, ApiKey("vtr_key"))

    fetch(
        service.transport,
        f"{script.url}/files/a.glb",
        tmp_path / "a.glb",
        size=8,
        on_bytes=lambda there: None,
    )

    service.close()
    assert (tmp_path / "a.glb").read_bytes() == b"halfrest"
    assert script.asked[1].headers["range"] == "bytes=4-"
    assert all("authorization" not in one.headers for one in script.asked)


def test_a_file_of_another_size_is_not_kept(script: Script, tmp_path: Path) -> None:
    script.answers = [Answer(200, b"short")]
    service = Vitrine(script.url)

    with pytest.raises(Problem, match="5 of 8 bytes"):
        fetch(service.transport, f"{script.url}/a", tmp_path / "a.glb", size=8, on_bytes=lambda there: None)

    service.close()
    assert list(tmp_path.iterdir()) == []
