"""`manage.py prepare`: what goes before web and worker, and may go before them again."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from tests.builders import a_key, a_user
from tests.storage.s3_server import ACCESS_KEY_ID, SECRET, moto_server
from vitrine.access.audit import AuditEntry
from vitrine.access.models import ApiKey, User
from vitrine.access.roles import Role, Scope
from vitrine.config import alive, preparing
from vitrine.config.fault import SetupFault

pytestmark = pytest.mark.django_db


def said(*options: str) -> str:
    out = StringIO()
    call_command("prepare", *options, stdout=out)
    return out.getvalue()


def test_the_password_is_said_once() -> None:
    first, second = said(), said()

    password = re.findall(r"shown this once: (\S+)", first)
    assert User.objects.get().check_password(password[0])
    assert "Password" not in second


def test_prometheus_gets_a_key_that_opens_the_metrics_and_keeps_it(tmp_path: Path) -> None:
    a_user(Role.ADMIN)
    file = tmp_path / "key"

    said("--metrics-key", str(file))
    key = file.read_text()
    said("--metrics-key", str(file))

    assert file.read_text() == key
    assert Client().get("/metrics", headers={"Authorization": f"Api-Key {key}"}).status_code == 200
    assert AuditEntry.objects.filter(action="key.created").count() == 1


def test_a_revoked_key_is_replaced(tmp_path: Path) -> None:
    a_user(Role.ADMIN)
    file = tmp_path / "key"
    preparing.keep_metrics_key(file)
    revoked = file.read_text()
    ApiKey.objects.get().revoke()

    assert preparing.keep_metrics_key(file)
    assert file.read_text() != revoked


def test_without_an_admin_there_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match="no active admin"):
        preparing.keep_metrics_key(tmp_path / "key")

    assert not (tmp_path / "key").exists()


def test_the_bucket_is_made_when_it_is_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with moto_server() as address:
        settings.AWS_BUCKET_NAME, settings.AWS_REGION, settings.AWS_ENDPOINT_URL = (
            "models",
            "eu-central-1",
            address,
        )
        made = preparing.make_bucket(), preparing.make_bucket()
        client: Any = boto3.client("s3", endpoint_url=address, region_name="eu-central-1")
        names = [one["Name"] for one in client.list_buckets()["Buckets"]]

    assert (made, names) == ((True, False), ["models"])


def test_a_worker_lives_while_it_touches_its_file(tmp_path: Path) -> None:
    never = alive.worker(tmp_path)
    (tmp_path / alive.PULSE).touch()

    assert (never, alive.worker(tmp_path)) == (False, True)


def test_web_servers_whose_workers_are_elsewhere_do_not_miss_chromium(settings: Settings) -> None:
    settings.COOKS = settings.KEEPS_IN_DATA_DIR = False
    _, key = a_key(Scope.METRICS_READ)
    told = Client().get("/metrics", headers={"Authorization": f"Api-Key {key}"}).content.decode()

    assert 'part="files"' in told
    assert 'part="studio"' not in told
    assert not re.search(r"^vitrine_disk", told, flags=re.MULTILINE)
