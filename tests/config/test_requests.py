"""What is written down about a request, and by which id it is found again."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.builders import a_product, a_user
from vitrine.access.roles import Role
from vitrine.config.logs import formatter
from vitrine.config.requests import told_path

pytestmark = pytest.mark.django_db

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


Said = pytest.CaptureFixture[str]


def line_of(client: Client, said: Said, address: str, **more: Any) -> dict[str, Any]:
    """The one line that is logged for a request."""
    client.get(address, **more)
    lines = [json.loads(line) for line in said.readouterr().err.splitlines() if line.startswith("{")]
    (line,) = [one for one in lines if one["event"] == "request"]
    return dict(line)


def test_a_line_says_what_was_asked_and_how_it_ended(client: Client, capsys: Said) -> None:
    line = line_of(client, capsys, "/api/nowhere")

    assert line.pop("ms") >= 0
    assert re.fullmatch(UUID, line.pop("request_id"))
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "kind": "access",
        "level": "info",
        "address": "127.0.0.0",
        "method": "GET",
        "path": "/api/nowhere",
        "status": 404,
    }


def test_who_it_was_is_told_once_somebody_has_logged_in(client: Client, capsys: Said) -> None:
    user = a_user(Role.VIEWER)
    client.force_login(user)

    assert line_of(client, capsys, "/api/tasks/")["person"] == str(user.pk)
    assert line_of(client, capsys, "/")["person"] == str(user.pk)


@pytest.fixture
def log_file() -> Iterator[io.StringIO]:
    """What goes into the log from now on, as it stands there."""
    file = io.StringIO()
    handler = logging.StreamHandler(file)
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)
    yield file
    logging.getLogger().removeHandler(handler)


def test_neither_queries_nor_addresses_nor_browsers_are_written_down(client: Client, capsys: Said) -> None:
    client.get("/api/nowhere?token=hush", REMOTE_ADDR="203.0.113.77", headers={"User-Agent": "Browser-7"})

    said = capsys.readouterr().err
    assert '"path": "/api/nowhere"' in said
    assert '"address": "203.0.113.0"' in said
    assert not [word for word in ("hush", "203.0.113.77", "Browser-7") if word in said]


def test_all_that_is_logged_on_the_way_has_the_id_that_the_caller_gets(
    client: Client, log_file: io.StringIO, capsys: Said
) -> None:
    response = client.get("/api/nowhere", headers={"Host": "evil.example"})

    request = [line for line in capsys.readouterr().err.splitlines() if '"event": "request"' in line]
    told = [json.loads(line) for line in (*log_file.getvalue().splitlines(), *request)]
    assert {one["request_id"] for one in told} == {response.headers["X-Request-ID"]}
    assert len(told) == 2
    assert "evil.example" in told[0]["event"]


@pytest.mark.parametrize(
    "path", ["/health/live", "/api/nowhere", "/login", "/p/nothing", "/static/nothing.css"]
)
def test_every_answer_has_an_id_of_its_own(client: Client, path: str) -> None:
    first, second = (client.get(path).headers["X-Request-ID"] for _ in range(2))

    assert re.fullmatch(UUID, first)
    assert first != second


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        (1, "4bf92f3577b34da6a3ce929d0e0e4736", True),
        (1, "Root=1-67891233-abcdef012345678912345678", True),
        (0, "4bf92f3577b34da6a3ce929d0e0e4736", False),
        (1, "short", False),
        (1, "x" * 129, False),
        (1, 'a"quoted"one', False),
        (1, "one line\r\nSet-Cookie: a=b", False),
    ],
)
def test_an_id_is_taken_from_a_proxy_of_ours_when_it_is_well_formed(
    client: Client, settings: Settings, proxies: int, given: str, taken: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies

    answered = client.get("/health/live", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert (answered == given) is taken
    assert taken or re.fullmatch(UUID, answered)


def test_what_opens_something_is_left_out_of_a_path() -> None:
    product = a_product()
    key = product.shown_version.key
    signed = f"/files/3f0c9a1e.s1790000000.{'Vx-_' * 10}abc/{key}"

    assert told_path(signed) == f"/files/3f0c9a1e.s1790000000.…/{key}"
    assert told_path(f"/reset/Mg/{'c6d-' * 10}/") == "/reset/Mg/…/"
    assert told_path(f"/p/{product.pk}") == f"/p/{product.pk}"
    assert len(told_path("/x." * 1_000)) == 301
