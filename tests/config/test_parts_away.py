"""What still works while a part is away, hangs or fails: the table in docs/operations.md, row by row."""

import json
import re
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from celery import Celery
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.test_problems import assert_problem
from tests.builders import a_product
from tests.conftest import Caller
from tests.servers import NOBODY, hanging
from tests.storage.s3_server import odd_server
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.api import system
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.config.celery import app, broker_url
from vitrine.config.environment import ROOT
from vitrine.processing.models import Job, State, Upload
from vitrine.storage.s3_upload import Bucket

GLB = b"glTF\x02\x00\x00\x00" + bytes(100)
TITLE = "## When a part is away"


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of how the store did a moment ago."""
    monkeypatch.setattr(system, "_files_known", {"until": 0.0, "part": {}})


def upload(client: APIClient) -> Any:
    form = {"name": "Chair", "model_file": SimpleUploadedFile("chair.glb", GLB)}
    return client.post("/api/assets/3d/", form, format="multipart")


def readiness() -> tuple[int, str, dict[str, str]]:
    """Status and the word that everybody hears, and each part that is not well."""
    response = Client().get("/health/ready")
    unwell = {name: one["status"] for name, one in system.parts().items() if one["status"] != "ok"}
    unwell.pop("studio", None)  # whether this machine has a Chromium is not asked here
    return response.status_code, response.json()["status"], unwell


# --- Redis ---------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["away", "hanging"])
def redis_gone(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """For limits, readiness and the doorbell alike."""
    with hanging() as server:
        settings.REDIS_URL = f"redis://{NOBODY if request.param == 'away' else server.place}/0"
        with Celery("vitrine", broker=broker_url(settings.REDIS_URL), set_as_current=True) as door:
            door.conf.broker_transport_options = app.conf.broker_transport_options
            yield
        app.set_current()


@pytest.mark.usefixtures("redis_gone")
@pytest.mark.django_db(transaction=True)
def test_without_redis_uploads_are_taken_and_reads_go_on(calling: Caller) -> None:
    response = upload(calling(Role.EDITOR))

    assert response.status_code == 201
    assert Job.objects.get().state == State.QUEUED
    assert calling(Role.VIEWER).get(f"/api/assets/3d/{response.json()['id']}/").status_code == 200
    assert Client().get(f"/p/{a_product().pk}").status_code == 200
    assert readiness() == (200, "ok", {"queue": "degraded"})


# --- The file store ------------------------------------------------------------------------------------------------


def _says_503(request: BaseHTTPRequestHandler) -> None:
    body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    request.send_response(503)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(b"" if request.command == "HEAD" else body)


@pytest.fixture(params=["says 503", "hangs"])
def product_without_store(
    request: pytest.FixtureRequest, db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Product]:
    """A published product, stored before S3 broke. Ours waits half a second and tries once, to save time here."""
    product = a_product()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "a-key-for-testing")
    impatient = partial(Bucket, connect_timeout_s=0.5, read_timeout_s=0.5, attempts=1)
    monkeypatch.setattr(files, "Bucket", impatient)
    with hanging() as silent, odd_server(_says_503) as failing:
        settings.AWS_ENDPOINT_URL = failing if request.param == "says 503" else f"http://{silent.place}"
        settings.AWS_BUCKET_NAME, settings.AWS_REGION = "models", "us-east-1"
        files.store.cache_clear()
        yield product
    files.store.cache_clear()


def test_without_the_store_products_are_read_and_changed_and_files_told_to_come_later(
    calling: Caller, product_without_store: Product
) -> None:
    product, client = product_without_store, calling(Role.EDITOR)
    where = f"/api/assets/3d/{product.pk}/"

    file = Client().get(files.url_to_read(product.shown_version.key, "", public=True))

    assert client.get(where).status_code == 200
    assert client.put(where, {"name": "Armchair"}).status_code == 200
    assert Client().get(f"/p/{product.pk}").status_code == 200
    assert (file.status_code, file.headers["Retry-After"]) == (503, "30")
    assert file.headers["Content-Type"].startswith("text/plain")
    assert file.headers["Cache-Control"] == "no-store"
    assert not [word for word in (b"models", b"127.0.0.1") if word in file.content]
    assert readiness() == (503, "failing", {"files": "failing"})


def test_without_the_store_an_upload_is_told_to_come_later_and_leaves_nothing(
    calling: Caller, product_without_store: Product
) -> None:
    response = upload(calling(Role.EDITOR))

    assert_problem(response, 503, "store-failed")
    assert response.headers["Retry-After"] == "30"
    assert (Product.objects.count(), Job.objects.count()) == (1, 0)
    assert all(one.kept_key == "" for one in Upload.objects.all())


# --- The database --------------------------------------------------------------------------------------------------


@pytest.fixture(params=["away", "hanging"])
def database_gone(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Product]:
    """A published product in a database that cannot be reached any more; two seconds are libpq's shortest patience."""
    product, chosen = a_product(), dict(connection.settings_dict)
    connection.close()
    with hanging() as server:
        port = 1 if request.param == "away" else server.port
        options = {**chosen["OPTIONS"], "connect_timeout": "2"}
        connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": port, "OPTIONS": options}
        yield product
        connection.close()
        connection.settings_dict |= chosen


def test_without_the_database_everybody_is_told_to_come_later_but_what_needs_none(
    database_gone: Product,
) -> None:
    client = Client()

    read = client.get(f"/api/assets/3d/{database_gone.pk}/")
    page = client.get(f"/p/{database_gone.pk}")

    assert_problem(read, 503, "broken")
    assert read.headers["Retry-After"] == "5"
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert b"The database does not answer" in page.content
    assert readiness() == (503, "failing", {"database": "failing"})
    assert client.get("/health/live").status_code == 200
    assert client.get("/viewer/manifest.json").status_code == 200


# --- The table -----------------------------------------------------------------------------------------------------


def test_the_time_outs_in_the_table_are_the_ones_that_hold(settings: Settings) -> None:
    table = (ROOT / "docs" / "operations.md").read_text().split(TITLE)[1].split("\n## ")[0]
    bucket, celery = Bucket(name="a"), json.loads(json.dumps(app.conf.broker_transport_options))
    patience = connection.settings_dict["OPTIONS"]

    said = {word: float(number) for number, word in re.findall(r"(\d[\d.]*) s \(`([a-z_.]+)`\)", table)}

    assert said == {
        "limits": 0.25,
        "doorbell.connect": celery["socket_connect_timeout"],
        "doorbell.answer": celery["socket_timeout"],
        "store.connect": bucket.connect_timeout_s,
        "store.read": bucket.quick_timeout_s,
        "store.write": bucket.read_timeout_s,
        "replica.connect": float(settings.REPLICA_CONNECT_S),
        "database.connect": float(patience["connect_timeout"]),
        "database.unheard": float(patience["tcp_user_timeout"]) / 1000,
    }


def test_somebody_with_a_login_is_told_the_same(database_gone: Product) -> None:
    client = APIClient()
    client.force_authenticate(User(username="ada", role=Role.VIEWER))

    assert_problem(client.get(f"/api/assets/3d/{database_gone.pk}/"), 503, "broken")
