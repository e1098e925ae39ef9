"""Lines of each kind, found again by one id from the request to the engine, and nothing in any of them that opens
something or tells who somebody is."""

import io
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests.api.test_events import a_batch, an_event
from tests.builders import PASSWORD, a_key, a_product, a_user
from tests.conftest import Caller
from tests.gltf_builders import a_plain_ball
from vitrine.access import tokens
from vitrine.access.doors import DOORS
from vitrine.access.roles import Role, Scope
from vitrine.catalog import files
from vitrine.config.logs import formatter
from vitrine.config.secrets import without_secrets
from vitrine.pipeline.bench import Bench
from vitrine.processing.models import Job
from vitrine.processing.runner import run

pytestmark = pytest.mark.django_db


class Log:
    """Everything that is logged from now on: by the standard library, and past it."""

    def __init__(self, file: io.StringIO, said: pytest.CaptureFixture[str]) -> None:
        self._file, self._said, self._past = file, said, ""

    @property
    def text(self) -> str:
        self._past += self._said.readouterr().err
        return self._file.getvalue() + self._past

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Log]:
    file, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(file)
    handler.setFormatter(formatter())
    root.addHandler(handler)
    yield Log(file, capsys)
    root.removeHandler(handler)


# --- Kinds -----------------------------------------------------------------------------------------------------------


def test_the_kinds_that_were_asked_for_are_told_apart(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    product = a_product()
    client = Client(raise_request_exception=False)
    client.post("/api/events/", json.dumps(a_batch(an_event(product.pk))), content_type="text/plain")
    monkeypatch.setattr("vitrine.api.system.parts", lambda: 1 // 0)
    client.get("/health/ready")

    kinds = {line["kind"]: line["event"] for line in log.lines()}

    assert kinds["access"] == "request"
    assert kinds["interaction"] == "viewer_told"
    assert kinds["error"].startswith("Internal Server Error")
    (told,) = [line for line in log.lines() if line["kind"] == "interaction"]
    assert (told["accepted"], told["dropped"], told["events"]) == (1, 0, {"poster": 1})
    assert "view" not in told
    assert "address" not in told


def test_a_slow_request_and_a_slow_statement_are_told_as_performance(
    client: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrine.config.requests._SLOW_MS", -1)
    monkeypatch.setattr("vitrine.metrics.database._SLOW_S", -1)

    client.get(f"/p/{a_product().pk}")

    told = {line["event"]: line for line in log.lines() if line["kind"] == "performance"}
    assert told["slow_request"]["route"] == "/p/{product_id}"
    assert told["slow_statement"]["statement"].startswith("SELECT")


# --- One id ----------------------------------------------------------------------------------------------------------


def test_one_id_leads_from_the_request_through_the_worker_to_the_engine(
    calling: Caller, log: Log, settings: Settings
) -> None:
    settings.PIPELINE = Bench()
    form = {
        "name": "Chair",
        "model_file": SimpleUploadedFile("chair.glb", a_plain_ball().bytes()),
        "optimize": "false",
    }
    response = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")
    run(Job.objects.get().pk)

    mine = [line for line in log.lines() if line.get("request_id") == response.headers["X-Request-ID"]]

    told = {line["event"] for line in mine}
    assert {"request", "job_started", "job_step", "engine_ran", "job_ended"} <= told
    (ran,) = [line for line in mine if line["event"] == "engine_ran" and line["command"] == "inspect"]
    assert (ran["kind"], ran["exit_code"]) == ("performance", 0)
    assert ran["job"] == str(Job.objects.get().pk)


# --- What opens something --------------------------------------------------------------------------------------------

ADDRESS, ADDRESS_6 = "203.0.113.77", "2001:db8:85a3:8d3:1319:8a2e:370:7348"
HUSH = "hush-hush-this-is-a-password"


def call(method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None) -> None:
    client = Client(raise_request_exception=False)
    response = client.generic(
        method, path, body, content_type="application/json", headers=dict(headers or {})
    )
    b"".join(cast(Iterable[bytes], response))


def test_no_door_writes_down_a_token_a_password_a_signed_address_or_where_somebody_calls_from(
    log: Log, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES, settings.DEBUG = 1, False
    logging.getLogger().setLevel(logging.DEBUG)
    person, product = a_user(Role.ADMIN, with_password=True), a_product()
    _, key = a_key(Scope.ASSETS_READ, by=person)
    token = tokens.begin(person).access
    signed = files.url_to_read(product.shown_version.key, "", public=False)
    body = {
        "username": person.username,
        "password": HUSH,
        "refresh": token,
        "url": f"https://x/{signed}",
        "otp": HUSH,
    }
    try:
        for index, (route, row) in enumerate(DOORS.items()):
            path = "/" + route.replace("<uuid:product_id>", str(product.pk)).replace("<int:number>", "1")
            headers = {
                "Authorization": (f"Bearer {token}", f"Api-Key {key}", f"Bearer {token}x")[index % 3],
                "Cookie": f"sessionid={HUSH}",
                "X-Forwarded-For": (ADDRESS, ADDRESS_6)[index % 2],
                "Referer": f"https://shop.example/?token={HUSH}",
            }
            for method in row if route != "api/schema" else ():  # which takes seconds to make
                call(method, f"{path}?token={token}&key={key}&password={HUSH}", json.dumps(body), headers)
        for path in (signed, f"/nowhere/{key}", f"/nowhere/{token}", f"/login?password={PASSWORD}"):
            call("GET", path)
    finally:
        logging.getLogger().setLevel(logging.INFO)

    text = log.text
    signature = signed.split("/")[2].rpartition(".")[2]
    secrets = {
        "token": token,
        "key": key,
        "password": HUSH,
        "signature": signature,
        "v4": ADDRESS,
        "v6": ADDRESS_6,
    }
    assert [name for name, one in secrets.items() if one in text] == []
    assert PASSWORD not in text
    assert '"address": "203.0.113.0"' in text
    assert '"address": "2001:db8:85a3::"' in text


TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLW9mLWEtdG9rZW4"
SIGNED = f"3f0c9a1e.s1790000000.{'Vx-_' * 10}abc"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"GET /files/{SIGNED}/models/a.glb", "GET /files/3f0c9a1e.s1790000000.…/models/a.glb"),
        ("PUT https://s3.example/b/k?X-Amz-Signature=0a1b&X-Amz-Date=1", "PUT https://s3.example/b/k?…"),
        (f"Authorization: Bearer {TOKEN}", "Authorization: Bearer …"),
        (f"it said {TOKEN} to us", "it said … to us"),
        ("Authorization: Api-Key vtr_api_0a1b2c3d", "Authorization: Api-Key …"),
        ("key vtr_api_0a1b2c3d ends", "key vtr_… ends"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_…"),
        ("postgresql://vitrine:hush@db:5432/vitrine is away", "postgresql://…@db:5432/vitrine is away"),
        ("redis://:hush@cache:6379/0", "redis://…@cache:6379/0"),
        ('{"password": "hush", "name": "Ada"}', '{"password": "…", "name": "Ada"}'),
        ("AWS_SECRET_ACCESS_KEY=hush and more", "AWS_SECRET_ACCESS_KEY=… and more"),
        ("The token ran out.", "The token ran out."),
        ("connection to 127.0.0.1 port 5432 failed", "connection to 127.0.0.1 port 5432 failed"),
    ],
)
def test_what_opens_something_is_cut_out_of_any_text(said: str, kept: str) -> None:
    assert without_secrets(said) == kept
    assert without_secrets({"event": "x", "more": [{"said": said}]}) == {
        "event": "x",
        "more": [{"said": kept}],
    }


def test_an_error_that_quotes_a_secret_is_told_without_it(log: Log) -> None:
    error = RuntimeError(f"sending Bearer {TOKEN} failed")

    logging.getLogger("somebody.else").error("It broke at https://a.example/x?token=hush", exc_info=error)

    (line,) = log.lines()
    assert line["kind"] == "error"
    assert "RuntimeError: sending Bearer … failed" in line["exception"]
    assert "hush" not in log.text


def test_a_field_that_is_named_for_a_secret_loses_it_whole() -> None:
    event = {
        "event": "x",
        "password": "a",
        "refresh_token": "b",
        "headers": {"Authorization": "c", "Cookie": "d"},
    }

    assert without_secrets(event) == {
        "event": "x",
        "password": "…",
        "refresh_token": "…",
        "headers": {"Authorization": "…", "Cookie": "…"},
    }
