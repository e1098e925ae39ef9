"""What a stranger, a thief or an insider would try at the doors, beyond what the table of doors answers."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.builders import a_job, a_key, a_product, a_user
from tests.conftest import Caller
from vitrine.access import tokens
from vitrine.access.models import ApiKey, User
from vitrine.access.roles import Role, Scope
from vitrine.catalog.models import Product

pytestmark = pytest.mark.django_db


def test_a_product_s_own_columns_cannot_be_sent_along(calling: Caller) -> None:
    product, other = a_product(published=False), a_product()
    before = Product.objects.filter(pk=product.pk).values().get()
    sent = {
        "id": str(other.pk), "status": "failed", "published_version": 1, "published_version_id": str(other.pk),
        "deleted_at": "2000-01-01T00:00:00Z", "created_at": "2000-01-01T00:00:00Z", "version": 7,
        "model_3d_url": "https://elsewhere.example/x.glb", "size": 1, "publish_wished": True,
    }  # fmt: skip

    for method in ("put", "patch"):
        answer = getattr(calling(Role.EDITOR), method)(f"/api/assets/3d/{product.pk}/", sent)
        assert answer.status_code == 200

    after = Product.objects.filter(pk=product.pk).values().get()
    moved = {"updated_at": None, "revision": None}
    assert dict(after) | moved == dict(before) | moved
    assert answer.json()["id"] == str(product.pk)


@pytest.mark.parametrize("name", ["nobody", Scope.ANALYTICS_READ, Scope.METRICS_READ])
def test_no_id_opens_what_hangs_on_a_hidden_product(name: str) -> None:
    """And a published product opens nothing but itself: its versions, reports and tasks are for those who read."""
    job, shown = a_job(), a_product()
    header = {} if name == "nobody" else {"Authorization": f"Api-Key {a_key(Scope(name))[1]}"}
    hidden = job.version.product_id
    paths = [
        f"/api/assets/3d/{product}/versions{more}"
        for product in (hidden, shown.pk)
        for more in ("", "/1", "/1/report")
    ]

    answers = [
        Client().get(path, headers=header) for path in (*paths, f"/api/tasks/{job.pk}/", "/api/tasks/")
    ]

    assert {one.status_code for one in answers} == {401 if name == "nobody" else 403}
    assert not any(str(hidden) in one.content.decode() for one in answers)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_neither_people_nor_keys_are_read_or_ended_by_their_ids(calling: Caller, role: Role) -> None:
    admin = a_user(Role.ADMIN)
    key, _ = a_key(Scope.ASSETS_READ, by=admin)
    client = calling(role)

    paths = [f"/api/keys/{key.pk}/", f"/api/users/{admin.pk}/"]
    answers: list[Any] = [client.get(path) for path in paths]
    answers += [client.delete(paths[0]), client.patch(paths[1], {"active": False})]

    assert [one.status_code for one in answers] == [403] * 4
    assert not any(admin.username in one.content.decode() for one in answers)
    assert ApiKey.objects.get().revoked_at is None
    assert User.objects.get(pk=admin.pk).is_active


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Api-Key", "Api-Key ", "Bearer a b", "bearer x.y.z", "Api-Key \x00", "Bearer ' OR 1=1 --",
     "Api-Key vtr_api_" + "a" * 49, "Bearer " + "x" * 8000, "Api-Key ümlaut"],
)  # fmt: skip
def test_a_broken_authorization_is_a_401_and_never_a_fault_of_ours(header: str) -> None:
    response = Client().get("/api/tasks/", headers={"Authorization": header})

    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/problem+json")


def test_basic_authorization_is_nobody_s() -> None:
    assert Client().get("/api/tasks/", headers={"Authorization": "Basic YTpi"}).status_code == 401


def test_a_token_goes_before_the_session_it_travels_with() -> None:
    client = Client()
    client.force_login(a_user(Role.ADMIN))
    viewer = tokens.begin(a_user(Role.VIEWER)).access

    assert client.get("/api/users/", headers={"Authorization": f"Bearer {viewer}"}).status_code == 403
    assert client.get("/api/users/", headers={"Authorization": "Bearer x.y.z"}).status_code == 401


def test_sessions_outlive_a_secret_only_as_long_as_it_still_counts(settings: Settings) -> None:
    console, old = Client(), settings.SECRET_KEY
    console.force_login(a_user())

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new secret", [old]
    assert console.get("/").status_code == 200

    thief = Client()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, []
    thief.force_login(a_user())
    settings.SECRET_KEY = "another secret"
    assert thief.get("/").status_code == 302
