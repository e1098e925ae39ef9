"""What attackers try first: refused, nothing changed, nothing told. Models that mean harm: tests/hostile."""

import importlib
import json
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

import vitrine
from tests.api.test_problems import assert_problem
from tests.builders import a_product, a_user
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.config.environment import ROOT
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db

GLB = b"glTF\x02\x00\x00\x00" + bytes(100)
SQL = ["' OR 1=1 --", "'; DROP TABLE catalog_product; --", "%", "_", "\\", '"', "1) UNION SELECT 1 --", "$$"]


@pytest.mark.parametrize("text", SQL)
def test_sql_is_a_word_like_any_other(calling: Caller, text: str) -> None:
    a_product(name="Chair")
    named = a_product(name=f"Odd {text} one", tags=[text])
    client = calling(Role.EDITOR)

    found = client.get("/api/assets/3d/", {"q": f"odd {text}", "tags": text})
    changed = client.put(f"/api/assets/3d/{named.pk}/", {"name": text, "metadata": {text: text}})

    assert [one["id"] for one in found.json()["results"]] == [str(named.pk)]
    assert (changed.json()["name"], changed.json()["metadata"]) == (text, {text: text})
    assert Product.objects.count() == 2


@pytest.mark.parametrize("text", SQL)
@pytest.mark.parametrize("where", ["/api/tasks/?product={}", "/api/tasks/{}/", "/api/assets/3d/{}/"])
def test_sql_where_an_id_stands_is_no_id(calling: Caller, where: str, text: str) -> None:
    a_product()

    response = calling(Role.VIEWER).get(where.replace("{}", text.replace("%", "%25")))

    assert response.status_code in {400, 404}
    assert response.headers["Content-Type"] == "application/problem+json"
    assert Product.objects.count() == 1


def test_a_line_break_in_a_name_ends_no_header(calling: Caller) -> None:
    evil = 'a.glb"\r\nSet-Cookie: a=b\r\nX: "'
    form = {"name": "A\r\nSet-Cookie: a=b", "model_file": SimpleUploadedFile(evil, GLB)}

    response = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")

    assert response.status_code == 201
    assert not [value for value in response.headers.values() if "\n" in value or "Set-Cookie" in value]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost\r\nX: y", "localhost@evil.example", "a b", "[::1"]
)
def test_a_host_that_is_not_ours_makes_no_address(client: Client, host: str) -> None:
    response = client.get(f"/api/assets/3d/{a_product().pk}/", headers={"Host": host})

    assert_problem(response, 400, "invalid")
    assert b"evil.example" not in response.content


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "....//....//etc/passwd",
        "/etc/passwd",
        "models/../../secret_key",
        "..\\..\\secret_key",
        "secret_key%00.glb",
    ],
)
@pytest.mark.parametrize("door", ["/files/", "/viewer/", "/static/"])
def test_no_path_climbs_out(client: Client, door: str, path: str) -> None:
    client.force_login(a_user(Role.ADMIN))

    response = client.get(door + path)

    assert response.status_code == 404
    assert b"root:" not in response.content


def test_a_file_is_kept_under_a_name_of_ours(calling: Caller) -> None:
    form = {"name": "A", "model_file": SimpleUploadedFile("../../../../tmp/evil.glb", GLB)}

    product = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart").json()

    key = AssetVersion.objects.get().key
    assert re.fullmatch(rf"models/{product['id']}/[0-9a-f]{{64}}\.glb", key)
    assert b"".join(files.store().open(Key(key))) == GLB


def test_fields_that_are_not_the_callers_to_set_are_left(calling: Caller) -> None:
    product = a_product(name="Chair")
    before: dict[str, Any] = {**Product.objects.values().get(), "name": "Armchair"}

    response = calling(Role.EDITOR).put(
        f"/api/assets/3d/{product.pk}/",
        {
            "name": "Armchair",
            "id": "8f3c2517-3cb9-4adf-9d47-4656c61bc007",
            "created_at": "1999-01-01T00:00:00Z",
            "created_by": str(a_user(Role.ADMIN).pk),
            "status": "failed",
            "version": 9,
            "published_version": None,
            "deleted_at": "1999-01-01T00:00:00Z",
            "size": 1,
        },
    )

    assert response.status_code == 200
    after: dict[str, Any] = {**Product.objects.values().get()}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"updated_at", "revision", "search"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "x" * 64}, {"Origin": "https://evil.example"}])
def test_a_cookie_alone_changes_nothing(method: str, headers: dict[str, str]) -> None:
    product = a_product(name="Chair")
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(a_user(Role.ADMIN))
    where = f"/api/assets/3d/{product.pk}/" + ("optimize" if method == "post" else "")

    response = getattr(client, method)(where, {"name": "x"}, headers=headers)

    assert_problem(response, 403, "not-allowed")
    assert Product.objects.values_list("name", "deleted_at").get() == ("Chair", None)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://shop.example.evil.example"])
def test_other_origins_read_nothing_that_needs_a_login(settings: Settings, origin: str) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    client = APIClient()
    client.force_login(a_user(Role.ADMIN))
    asked = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}

    read = client.get("/api/assets/3d/", headers={"Origin": origin})
    before = client.options(f"/api/assets/3d/{a_product().pk}/", headers=asked)

    assert read.status_code == 200
    for response in (read, before):
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Access-Control-Allow-Credentials" not in response.headers


def test_an_origin_of_ours_reads_with_a_token_and_never_with_the_cookie(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    client = APIClient()
    client.force_login(a_user(Role.ADMIN))
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PUT"}
    asked["Access-Control-Request-Headers"] = "authorization,if-match,idempotency-key"

    read = client.get("/api/assets/3d/", headers={"Origin": "https://shop.example"})
    before = client.options("/api/assets/3d/", headers=asked)

    assert read.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "origin" in read.headers["Vary"].lower()
    assert {"authorization", "if-match", "idempotency-key"} <= set(
        before.headers["Access-Control-Allow-Headers"].split(", ")
    )
    for response in (read, before):
        assert "Access-Control-Allow-Credentials" not in response.headers


def test_what_all_may_read_is_never_read_with_credentials(client: Client) -> None:
    client.force_login(a_user(Role.ADMIN))
    product = a_product()

    for where in (f"/files/{product.shown_version.key}", f"/embed/{product.pk}", "/oembed"):
        assert "Access-Control-Allow-Credentials" not in client.head(where).headers


@pytest.mark.parametrize("deep", ["[" * 10_000, '{"a":' * 10_000, "[" * 10_000 + "]" * 10_000])
@pytest.mark.parametrize("where", ["/api/assets/3d/{id}/", "/api/assets/3d/{id}/optimize", "/api/events/"])
def test_ten_thousand_levels_are_refused(calling: Caller, where: str, deep: str) -> None:
    product = a_product()
    method = "PUT" if where.endswith("{id}/") else "POST"

    response = calling(Role.EDITOR).generic(
        method, where.format(id=product.pk), deep, content_type="application/json"
    )

    assert_problem(response, 400, "invalid")


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every regular expression that a module of the service keeps, and those of the events' schema."""
    for found in pkgutil.walk_packages(vitrine.__path__, "vitrine."):
        if re.search(r"\.(migrations|management|__main__|child|cli|studio|rsgi|celery)\b", found.name):
            continue  # some of these begin their work when they are imported: rsgi sends metrics from then on
        try:
            module = importlib.import_module(found.name)
        except ImportError:  # tools of an optional converter
            continue
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{found.name}.{name}", value
    schema = (ROOT / "contracts" / "events.schema.json").read_text()
    for written in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', schema):
        yield f"events: {written}", re.compile(json.loads(written))


def test_no_regular_expression_of_ours_takes_long_over_anything() -> None:
    """Each of these is 10,000 characters; what backtracks without end would take hours over one."""
    alphabet = [
        "a",
        "0",
        "-",
        "_",
        " ",
        "/",
        ".",
        "a-",
        "0.",
        "a,",
        '"',
        "\\",
        "[",
        "0a",
        "a ",
        "%",
        "=",
        "\n",
    ]
    texts = [(one * 10_000)[:10_000] + end for one in alphabet for end in ("", "!", "\x00")]
    slow: dict[str, float] = {}
    seen = 0

    for name, pattern in patterns():
        seen += 1
        started = time.process_time()
        for text in texts:
            pattern.fullmatch(text)
            pattern.match(text)
        slow[name] = time.process_time() - started

    assert seen >= 30
    assert {name: took for name, took in slow.items() if took > 2} == {}


def test_the_answer_to_an_attack_tells_nothing_of_us(client: Client) -> None:
    tells: list[Any] = [client.get(path) for path in ("/api/nowhere", "/nothing", "/files/a/../b")]
    tells.append(client.post("/api/auth/token/", "{", content_type="application/json"))

    for response in tells:
        assert not [
            word
            for word in (b"Traceback", b"Django", b"site-packages", b"psycopg")
            if word in response.content
        ]
        assert not [name for name in ("Server", "X-Powered-By") if name in response.headers]
