"""`manage.py doctor`: parts that are really broken are found, and what is said of them says what to do."""

import io
import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from tests.builders import a_product
from tests.servers import NOBODY, hanging
from tests.storage.s3_server import odd_server, rclone_server
from vitrine.catalog import files
from vitrine.config.celery import app, broker_url
from vitrine.config.doctor import CHECKS, State, doors, examine, services
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.work import Kind

READ_ONLY = Path("/proc/self")  # root may write anywhere else, whatever its mode
ACCESS_KEY_ID, SECRET = "a-key-of-16-and-more", "a-secret-for-testing"


@pytest.fixture
def _store_of_its_own() -> Iterator[None]:
    files.store.cache_clear()
    yield
    files.store.cache_clear()


def asked(*parts: str) -> tuple[dict[str, Any], int]:
    """What the command says to programs, and its exit code."""
    out = io.StringIO()
    try:
        call_command("doctor", *parts, "--json", stdout=out)
    except SystemExit as end:
        return json.loads(out.getvalue()), int(str(end.code))
    return json.loads(out.getvalue()), 0


# --- What is well ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_this_machine_has_is_found_well() -> None:
    parts = (
        "settings",
        "database",
        "migrations",
        "redis",
        "clock",
        "store",
        "signatures",
        "node",
        "chromium",
    )

    said, code = asked(*parts)

    assert {one["part"]: (one["state"], one["cure"]) for one in said["parts"]} == dict.fromkeys(
        parts, ("ok", "")
    )
    assert (said["state"], code) == ("ok", 0)


def test_what_is_not_there_to_be_asked_is_no_fault() -> None:
    said, code = asked("cors", "cdn", "mail")

    assert [one["state"] for one in said["parts"]] == ["unasked"] * 3
    assert code == 0


# --- What is broken --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_named_and_what_hangs_on_it_not_asked() -> None:
    chosen = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": 1}
    try:
        said, code = asked("database", "migrations", "cdn")
    finally:
        connection.close()
        connection.settings_dict |= chosen

    assert [one["state"] for one in said["parts"]] == ["failing", "unasked", "unasked"]
    assert "127.0.0.1" in said["parts"][0]["said"]
    assert "DATABASE_URL" in said["parts"][0]["cure"]
    assert (said["state"], code) == ("failing", 1)


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_is_named() -> None:
    MigrationRecorder.Migration.objects.filter(app="insight").delete()

    found = examine("migrations")

    assert (found.state, found.cure) == (State.FAILING, "python manage.py migrate")
    assert "insight.0001_initial" in found.said


@pytest.mark.parametrize("how", ["away", "hanging"])
def test_a_redis_that_is_gone_is_named_and_no_worker_asked(settings: Settings, how: str) -> None:
    with hanging() as server:
        settings.REDIS_URL = f"redis://{NOBODY if how == 'away' else server.place}/0"
        found = examine("redis")

    assert found.state is State.FAILING
    assert "REDIS_URL" in found.cure


def test_without_a_broker_no_worker_can_be_asked_and_with_one_none_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobody = examine("worker")
    with Celery("vitrine", broker=broker_url(f"redis://{NOBODY}/0"), set_as_current=False) as away:
        away.conf.broker_transport_options = app.conf.broker_transport_options
        monkeypatch.setattr(doors, "app", away)
        unasked = examine("worker")

    assert (nobody.state, unasked.state) == (State.FAILING, State.UNASKED)
    assert "make run" in nobody.cure


@pytest.mark.usefixtures("_store_of_its_own")
def test_a_folder_that_cannot_be_written_to_is_named(settings: Settings) -> None:
    settings.DATA_DIR = READ_ONLY

    said, code = asked("store", "disk")

    assert [one["state"] for one in said["parts"]] == ["failing", "failing"]
    assert str(READ_ONLY) in said["parts"][1]["said"]
    assert all("DATA_DIR" in one["cure"] for one in said["parts"])
    assert code == 1


def test_a_disk_that_is_too_small_for_the_largest_file_is_named(settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 10**18

    assert examine("disk").state is State.FAILING


@pytest.mark.parametrize("part", ["chromium", "node"])
def test_a_program_that_is_none_is_named_with_its_variable(settings: Settings, part: str) -> None:
    settings.PIPELINE = Bench(node=Path("/bin/false"), chromium=Path("/bin/false"))

    found = examine(part)

    assert found.state is State.FAILING
    assert part.upper() in found.cure


def test_an_address_where_nobody_answers_is_named(settings: Settings) -> None:
    settings.PUBLIC_URL = f"http://{NOBODY}"

    found = examine("web")

    assert found.state is State.FAILING
    assert NOBODY in found.said


@pytest.mark.parametrize(("ahead_s", "state"), [(0.5, "ok"), (-5.0, "warning"), (3_600.0, "failing")])
def test_clocks_that_differ_are_told_by_how_much(ahead_s: float, state: str) -> None:
    found = services._compared({"the database": ahead_s, "Redis": 0.001})

    assert found.state == state
    assert f"{abs(ahead_s):.1f} s" in found.said or state == "ok"


# --- Buckets ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(settings: Settings, monkeypatch: pytest.MonkeyPatch, _store_of_its_own: None) -> Iterator[None]:
    with rclone_server(ACCESS_KEY_ID, SECRET) as address:
        settings.AWS_BUCKET_NAME, settings.AWS_REGION, settings.AWS_ENDPOINT_URL = (
            "blobs",
            "us-east-1",
            address,
        )
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield


@pytest.mark.usefixtures("bucket")
def test_a_bucket_is_tried_by_writing_by_a_signed_address_and_by_a_browsers_question() -> None:
    said, code = asked("store", "signatures", "cors")

    assert [one["state"] for one in said["parts"]] == ["ok", "ok", "warning"]  # this server knows no CORS
    assert "AllowedOrigins http://localhost:8000" in said["parts"][2]["cure"]
    assert (said["state"], code) == ("warning", 0)


@pytest.mark.usefixtures("bucket")
def test_keys_that_a_bucket_does_not_take_are_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret-than-the-right-one")

    said, code = asked("store", "signatures")

    assert [one["state"] for one in said["parts"]] == ["failing", "unasked"]
    assert "another-secret" not in json.dumps(said)
    assert code == 1


# --- A CDN -----------------------------------------------------------------------------------------------------------


class _Cdn:
    """Answers HEAD: what is signed well with `headers`, the rest with `for_forged`."""

    def __init__(self, headers: dict[str, str], *, for_forged: int = 404) -> None:
        self.headers, self.for_forged, self.known = headers, for_forged, set[str]()

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.removeprefix("/files/")
        good = files.key_ring().read(path, now=0) is not None
        request.send_response(200 if good else self.for_forged)
        for name, value in self.headers.items():
            request.send_header(name, value)
        if path in self.known:
            request.send_header("Age", "1")
        self.known.add(path)
        request.send_header("Content-Length", "0")
        request.end_headers()


GOOD = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60", "ETag": '"a"'}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cdn", "state", "said"),
    [
        (_Cdn(GOOD), "ok", "refuses forged addresses"),
        (_Cdn(GOOD, for_forged=200), "failing", "a wrong signature"),
        (_Cdn({"ETag": '"a"'}), "failing", "no Access-Control-Allow-Origin"),
        (_Cdn(GOOD | {"Cache-Control": "no-store"}), "failing", "no Cache-Control with a max-age"),
    ],
)
def test_a_cdn_is_asked_for_a_published_file_and_with_a_forged_signature(
    settings: Settings, cdn: _Cdn, state: str, said: str
) -> None:
    a_product(variants=(Kind.THUMBNAIL,))
    with odd_server(cdn) as address:
        settings.CDN_URL = address
        found = examine("cdn")

    assert found.state == state
    assert said in found.said


# --- Mail ------------------------------------------------------------------------------------------------------------


class _Smtp(socketserver.StreamRequestHandler):
    """Greets, and lets anybody in."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            self.wfile.write(b"221 bye\r\n" if line.lower().startswith(b"quit") else b"250 fine\r\n")


@pytest.mark.parametrize(("answers", "state"), [(True, State.OK), (False, State.FAILING)])
def test_a_mail_server_is_spoken_to(settings: Settings, answers: bool, state: State) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        if answers:
            settings.EMAIL_PORT = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        found = examine("mail")
        server.shutdown()
        thread.join()

    assert found.state is state
    assert state is State.OK or "EMAIL_URL" in found.cure


# --- How it is told --------------------------------------------------------------------------------------------------


def test_people_read_a_line_a_part_and_below_it_what_to_do(settings: Settings) -> None:
    settings.REDIS_URL, out = f"redis://{NOBODY}/0", io.StringIO()

    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", "redis", "mail", stdout=out)

    first, cure, last = out.getvalue().splitlines()
    assert first.startswith("✗ redis")
    assert cure.strip().startswith("→ Is Redis or Valkey running")
    assert last.startswith("– mail")


def test_a_check_that_breaks_is_told_and_the_others_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHECKS, "mail", lambda: 1 // 0)

    said, code = asked("mail", "cors")

    assert [one["state"] for one in said["parts"]] == ["failing", "unasked"]
    assert "division" in said["parts"][0]["said"]
    assert code == 1
