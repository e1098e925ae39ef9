"""Health, the schema, and the page to try it."""

import pytest
from django.test import Client
from openapi_spec_validator import validate
from pytest_django import Settings

from tests.builders import a_key, a_user
from vitrine.access.roles import Role, Scope


def test_a_process_that_answers_lives(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_each_part_to_admins_and_keys_for_it(client: Client) -> None:
    _, key = a_key(Scope.METRICS_READ)
    program = client.get("/health/ready", headers={"Authorization": f"Api-Key {key}"}).json()
    client.force_login(a_user(Role.ADMIN))
    admin = client.get("/health/ready").json()

    for body in (program, admin):
        assert set(body["parts"]) == {"database", "queue", "files", "studio"}
        assert body["parts"]["database"] == {"status": "ok"}


@pytest.mark.django_db
def test_others_hear_whether_it_is_ready_and_nothing_of_its_parts(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    stranger = client.get("/health/ready")
    client.force_login(a_user(Role.EDITOR))
    editor = client.get("/health/ready")

    for response in (stranger, editor):
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_says_that_redis_is_away_and_serves_on(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    client.force_login(a_user(Role.ADMIN))

    response = client.get("/health/ready")

    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["parts"]["queue"]["status"] == "degraded"


def test_the_schema_is_openapi_and_names_each_path_once(client: Client) -> None:
    schema = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()

    validate(schema)
    paths = set(schema["paths"])
    assert {
        "/api/assets/3d/",
        "/api/assets/3d/{product_id}/",
        "/api/assets/3d/{product_id}/optimize",
    } <= paths
    assert not any(f"{path}/" in paths for path in paths)


def test_the_page_to_try_it_asks_nobody_else(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()

    assert "https://" not in page
    assert "/static/" in page
