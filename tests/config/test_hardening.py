"""What every answer tells the browser, and what a service that the world reaches insists on."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.builders import a_product, a_user
from tests.servers import hanging
from vitrine.access.roles import Role
from vitrine.config.environment import ROOT, for_child
from vitrine.config.headers import NO_PAGE, NO_PERMISSIONS, PERMISSIONS

PRODUCTION = {
    "DATABASE_URL": "postgresql://vitrine@db.example/vitrine?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem",
    "REDIS_URL": "rediss://cache.example:6379/0",
    "PUBLIC_URL": "https://assets.example.com",
    "HTTPS_REDIRECT": "1",
    "TRUSTED_PROXIES": "1",
    "DEBUG": "0",
}


def with_settings(folder: Path, program: str, **variables: str) -> str:
    """What `program` prints in a process whose settings come from these variables."""
    environment = for_child(
        DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="vitrine.config.settings", **variables
    )
    run = [sys.executable, "-c", f"import django; django.setup(); {program}"]
    return subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT, env=environment).stdout


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "page"),
    [
        ("/p/{id}", True),
        ("/embed/{id}", True),
        ("/login", True),
        ("/", True),
        ("/api/docs/", True),
        ("/nothing", True),
        ("/api/assets/3d/{id}/", False),
        ("/api/nothing", False),
        ("/api/schema/", False),
        ("/files/{key}", False),
        ("/oembed", False),
        ("/health/live", False),
    ],
)
def test_every_answer_is_locked_by_its_kind(client: Client, where: str, page: bool) -> None:
    client.force_login(a_user(Role.VIEWER))
    product = a_product()

    sent = client.head(where.format(id=product.pk, key=product.shown_version.key)).headers

    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert sent["Cross-Origin-Opener-Policy"] == "same-origin"
    assert sent["Permissions-Policy"] == (PERMISSIONS if page else NO_PERMISSIONS)
    assert "default-src 'none'" in sent["Content-Security-Policy"]
    assert (sent["Content-Security-Policy"] == NO_PAGE) is not page
    assert ("unsafe-inline" in sent["Content-Security-Policy"]) is False
    assert sent.get("X-Frame-Options") == (None if where.startswith("/embed/") else "DENY")


def test_ar_may_be_had_on_our_pages_and_nothing_that_we_do_not_use() -> None:
    assert "xr-spatial-tracking=(self)" in PERMISSIONS
    assert "camera=(self)" in PERMISSIONS
    assert "geolocation=()" in PERMISSIONS
    assert "(self)" not in NO_PERMISSIONS


@pytest.mark.django_db
def test_a_plain_machine_sends_no_hsts_and_keeps_plain_cookies(client: Client) -> None:
    client.force_login(a_user(Role.VIEWER))

    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "sessionid" in client.cookies


def test_the_settings_of_a_public_service_pass_djangos_own_check(tmp_path: Path) -> None:
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=for_child(DATA_DIR=str(tmp_path), **PRODUCTION),
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "System check identified no issues (3 silenced).\n"


def test_a_public_service_is_locked_and_sends_strangers_to_https(settings: Settings) -> None:
    program = """
from django.test import Client
from django.conf import settings
plain = Client(headers={"host": "assets.example.com"}).get("/login?next=/")
safe = Client(headers={"host": "assets.example.com", "x-forwarded-proto": "https"}).get("/login")
print(plain.status_code, plain.headers["Location"])
print(Client(headers={"host": "assets.example.com"}).get("/health/live").status_code)
print(safe.status_code, safe.headers["Strict-Transport-Security"])
cookie = safe.cookies["__Host-csrftoken"]
print(bool(cookie["secure"]), cookie["path"], cookie["domain"] or "-", cookie["samesite"])
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""
    # The static files lie where this run has collected them.
    said = with_settings(settings.DATA_DIR, f"exec({program!r})", **PRODUCTION)

    assert said.splitlines() == [
        "301 https://assets.example.com/login?next=/",
        "200",
        "200 max-age=31536000",
        "True / - Lax",
        "__Host-sessionid True True",
    ]


@pytest.mark.parametrize(
    ("variables", "believed"),
    [({}, False), ({"TRUSTED_PROXIES": "1"}, True), ({"PUBLIC_URL": "https://assets.example.com"}, True)],
)
def test_who_says_that_it_was_https_is_believed_only_where_that_can_be(
    tmp_path: Path, variables: dict[str, str], believed: bool
) -> None:
    unused = {"DATABASE_URL": "postgresql://unused", "REDIS_URL": "redis://unused"}
    program = "from django.conf import settings; print(bool(settings.SECURE_PROXY_SSL_HEADER))"

    assert with_settings(tmp_path, program, **unused, **variables) == f"{believed}\n"


def test_a_database_that_was_asked_for_tls_is_not_talked_to_without(tmp_path: Path) -> None:
    """libpq asks first whether there is TLS; a server that does not even answer that gets neither name nor password."""
    program = """
from django.db import connection
options = connection.settings_dict["OPTIONS"]
print(options["sslmode"], options["sslrootcert"], options["connect_timeout"])
try:
    connection.ensure_connection()
except Exception as error:
    print(type(error).__name__)
"""
    with hanging() as server:
        url = f"postgresql://ada:hush@{server.place}/vitrine?sslmode=require&sslrootcert=/etc/ssl/db.pem&connect_timeout=2"
        said = with_settings(tmp_path, f"exec({program!r})", DATABASE_URL=url, REDIS_URL="redis://unused")
        heard: Any = b"".join(one.recv(4096) for one in server.taken)

    assert said.splitlines() == ["require /etc/ssl/db.pem 2", "OperationalError"]
    assert heard == (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")  # SSLRequest, and nothing else
