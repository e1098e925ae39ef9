"""API keys: made once, shown once, and what becomes of them."""

import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.builders import a_key, a_product, a_user
from tests.conftest import Caller
from vitrine.access import keys
from vitrine.access.models import ApiKey
from vitrine.access.roles import Role, Scope

pytestmark = pytest.mark.django_db


def ask(key: str, path: str = "/api/auth/me/", **more: str) -> Any:
    return Client().get(path, headers={"Authorization": f"Api-Key {key}"}, **more)  # type: ignore[arg-type]


def test_a_key_is_shown_once_and_opens_what_its_scopes_say(calling: Caller) -> None:
    admin = calling(Role.ADMIN)

    made = admin.post("/api/keys/", {"name": "Shop", "scopes": ["assets:read"]})

    body, key = made.json(), made.json()["key"]
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    assert ask(key).json()["scopes"] == ["assets:read"]
    assert ask(key, "/api/assets/3d/").status_code == 200
    listed = admin.get("/api/keys/").json()["results"]
    assert [one["id"] for one in listed] == [body["id"]]
    assert listed[0]["shown"] == key[:12]
    assert key not in admin.get(made.headers["Location"]).content.decode()


def test_of_a_key_only_a_digest_is_kept() -> None:
    row, key = a_key(Scope.ASSETS_READ)

    kept = " ".join(str(value) for value in ApiKey.objects.filter(pk=row.pk).values_list()[0])

    assert key not in kept
    assert key[keys.SHOWN :] not in kept


def test_keys_run_out_after_a_year_unless_told(calling: Caller) -> None:
    calling(Role.ADMIN).post("/api/keys/", {"name": "Shop", "scopes": ["assets:read"]})

    assert ApiKey.objects.get().expires_at - timezone.now() == pytest.approx(
        timedelta(days=365), abs=timedelta(minutes=1)
    )


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["administer"]}, "/scopes/0"),
        ({"scopes": "assets:read"}, "/scopes"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "2099-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": None}, "/expires_at"),
    ],
)
def test_what_no_key_can_be_made_of_is_named(calling: Caller, fields: dict[str, Any], pointer: str) -> None:
    response = calling(Role.ADMIN).post("/api/keys/", {"name": "Shop", "scopes": ["assets:read"], **fields})

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert ApiKey.objects.count() == 0


def test_a_revoked_key_stops_at_once_and_stays_listed(calling: Caller) -> None:
    row, key = a_key(Scope.ASSETS_READ)
    admin = calling(Role.ADMIN)
    assert ask(key).status_code == 200

    answers = [admin.delete(f"/api/keys/{row.pk}/").status_code for _ in range(2)]

    assert answers == [204, 404]
    assert (ask(key).status_code, ask(key).json()["code"]) == (401, "key-revoked")
    assert admin.get(f"/api/keys/{row.pk}/").json()["revoked_at"] is not None


def test_who_holds_a_key_may_know_what_became_of_it_and_nobody_else() -> None:
    _, expired = a_key(Scope.ASSETS_READ, expires_at=timezone.now())
    _, orphan = a_key(Scope.ASSETS_READ, by=a_user(Role.ADMIN, is_active=False))
    codes = {key: ask(key).json()["code"] for key in (expired, orphan, keys.draw(), "vtr_api_x", "")}

    assert list(codes.values()) == ["key-expired", "key-revoked", "key-unknown", "key-unknown", "key-unknown"]
    assert ask(expired).status_code == 401
    assert "Api-Key" in ask(expired).headers["WWW-Authenticate"]


def test_a_typo_is_told_from_the_checksum() -> None:
    _, key = a_key(Scope.ASSETS_READ)
    typo = key[:20] + ("a" if key[20] != "a" else "b") + key[21:]

    assert "its form or its checksum is wrong" in ask(typo).json()["detail"]
    assert ask(typo).json()["code"] == "key-unknown"


def test_a_scanner_can_check_a_key_without_us() -> None:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    body, checksum = (key := keys.draw())[:-6], key[-6:]

    number = sum(letters.index(digit) * 62**place for place, digit in enumerate(reversed(checksum)))

    assert number == zlib.crc32(body.encode())


@pytest.mark.parametrize("name", ["key", "api_key", "apikey", "token", "access_token", "Authorization"])
def test_a_key_in_an_address_opens_nothing(name: str) -> None:
    _, key = a_key(Scope.ASSETS_READ)

    assert Client().get("/api/tasks/", {name: key}).status_code == 401


def test_a_key_in_the_place_of_a_token_is_told_where_it_goes() -> None:
    _, key = a_key(Scope.ASSETS_READ)

    response = Client().get("/api/auth/me/", headers={"Authorization": f"Bearer {key}"})

    assert (response.status_code, "Authorization: Api-Key" in response.json()["detail"]) == (401, True)


def test_a_key_reads_what_is_not_published_and_its_files() -> None:
    product = a_product(published=False)
    _, reading = a_key(Scope.ASSETS_READ)
    _, counting = a_key(Scope.ANALYTICS_READ)
    paths = [f"/api/assets/3d/{product.pk}/", f"/p/{product.pk}", f"/files/{product.shown_version.key}"]

    for key, status in ((reading, 200), (counting, 404)):
        answers = [ask(key, path) for path in paths]
        assert [b"".join(one) and one.status_code for one in answers] == [status] * 3


def test_a_key_never_opens_the_console() -> None:
    _, key = a_key(Scope.ASSETS_WRITE)

    assert ask(key, "/").headers["Location"] == "/login?next=/"


def test_its_last_use_is_noted_once_a_minute_and_only_its_network() -> None:
    row, key = a_key(Scope.ASSETS_READ)

    ask(key, REMOTE_ADDR="203.0.113.7")
    row.refresh_from_db()
    first = row.last_used_at
    ask(key, REMOTE_ADDR="203.0.113.8")
    row.refresh_from_db()

    assert first is not None
    assert (row.last_used_at, row.last_used_address) == (first, "203.0.113.0")


def test_a_new_place_is_noted_at_once_and_told(caplog: pytest.LogCaptureFixture) -> None:
    row, key = a_key(Scope.ASSETS_READ)
    for address in ("203.0.113.7", "198.51.100.7", "203.0.113.9"):
        ask(key, REMOTE_ADDR=address)

    row.refresh_from_db()
    assert set(row.places) == {"203.0.113.0", "198.51.100.0"}
    told = [one.msg for one in caplog.records if isinstance(one.msg, dict)]
    new = [one["network"] for one in told if one["event"] == "key_used_from_a_new_place"]
    assert new == ["198.51.100.0"]


def test_a_forged_address_is_no_place(settings: Settings) -> None:
    row, key = a_key(Scope.ASSETS_READ)
    ask(key, HTTP_X_FORWARDED_FOR="8.8.8.8", REMOTE_ADDR="203.0.113.7")

    row.refresh_from_db()
    assert row.places == ["203.0.113.0"]


def test_no_key_is_in_the_logs(caplog: pytest.LogCaptureFixture, calling: Caller) -> None:
    made = calling(Role.ADMIN).post("/api/keys/", {"name": "Shop", "scopes": ["assets:read"]}).json()

    ask(made["key"])
    ask(made["key"][:-1])

    assert made["key"][12:-6] not in caplog.text


def test_keys_cannot_be_made_for_somebody_else_or_with_more_than_was_asked(calling: Caller) -> None:
    other = a_user(Role.ADMIN)
    admin = a_user(Role.ADMIN)
    sent = {
        "name": "Shop", "scopes": ["assets:read"], "created_by": str(other.pk), "digest": "0" * 64,
        "id": str(other.pk), "revoked_at": None, "places": ["x"], "shown": "x",
    }  # fmt: skip

    body = calling(admin).post("/api/keys/", sent).json()

    row = ApiKey.objects.get()
    assert (body["created_by"], row.created_by_id) == (str(admin.pk), admin.pk)
    assert str(row.pk) != str(other.pk)
    assert (row.digest != "0" * 64, row.places) == (True, [])


def test_a_list_goes_on_where_its_page_ended(calling: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vitrine.api.pages.NewestFirst.page_size", 2)
    by = a_user(Role.ADMIN)
    made = [str(a_key(Scope.ASSETS_READ, by=by)[0].pk) for _ in range(3)]
    admin: APIClient = calling(by)

    first = admin.get("/api/keys/").json()
    second = admin.get(first["next"]).json()

    assert [one["id"] for one in first["results"] + second["results"]] == made[::-1]
    assert second["next"] is None
    assert admin.get("/api/keys/?cursor=cD14").status_code == 400


def test_a_key_without_scopes_is_told_in_words(calling: Caller) -> None:
    response = calling(Role.ADMIN).post("/api/keys/", {"name": "Shop", "scopes": []})

    assert (response.status_code, response.json()["errors"][0]["detail"]) == (400, "Choose at least one.")
    assert ApiKey.objects.count() == 0
