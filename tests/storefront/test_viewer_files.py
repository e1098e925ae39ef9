"""/viewer/…: the element and what belongs to it."""

import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from vitrine.storefront.viewer_files import is_immutable


@pytest.fixture(autouse=True)
def dist(tmp_path: Path, settings: Settings) -> Path:
    """A build of made-up files, beside one that nobody may get."""
    (tmp_path / "secret.js").write_text("secret")
    folder = tmp_path / "dist"
    (folder / "draco-3b19a36f38").mkdir(parents=True)
    (folder / "vitrine-viewer.js").write_text("element")
    (folder / "vitrine-viewer.js.br").write_bytes(b"packed")
    (folder / "model-viewer-4.4.0.min.js").write_text("model-viewer")
    (folder / "draco-3b19a36f38" / "draco_decoder.wasm").write_bytes(b"\0asm")
    (folder / "link.js").symlink_to(tmp_path / "secret.js")
    (folder / "manifest.json").write_text(json.dumps({"model-viewer.min.js": "model-viewer-4.4.0.min.js"}))
    settings.VIEWER_DIST = folder
    return folder


def test_the_element_is_kept_a_while_and_asked_for_again(client: Client) -> None:
    response = client.get("/viewer/vitrine-viewer.js")

    assert response.content == b"element"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/viewer/vitrine-viewer.js", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Vary"] == "Accept-Encoding"


def test_what_has_a_version_or_a_hash_in_its_name_is_kept_for_ever(client: Client) -> None:
    response = client.get("/viewer/draco-3b19a36f38/draco_decoder.wasm")

    assert response.headers["Content-Type"] == "application/wasm"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_plain_name_leads_to_the_file_of_today_and_is_not_kept_for_ever(client: Client) -> None:
    response = client.get("/viewer/model-viewer.min.js")

    assert response.content == b"model-viewer"
    assert response.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"


def test_who_takes_brotli_gets_it_under_an_etag_of_its_own(client: Client) -> None:
    plain = client.get("/viewer/vitrine-viewer.js")
    packed = client.get("/viewer/vitrine-viewer.js", headers={"Accept-Encoding": "gzip, br"})

    assert packed.content == b"packed"
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_a_new_build_is_served_at_once(client: Client, dist: Path) -> None:
    client.get("/viewer/vitrine-viewer.js")
    (dist / "vitrine-viewer.js").write_text("element, made anew")

    assert client.get("/viewer/vitrine-viewer.js").content == b"element, made anew"


@pytest.mark.parametrize(
    "name",
    ["../secret.js", "..%2Fsecret.js", "%2e%2e/secret.js", "/etc/passwd", "link.js", "draco-3b19a36f38", "none.js",
     "vitrine-viewer.js.br", "a\\..\\secret.js", "%00.js", ""],
)  # fmt: skip
def test_nothing_else_is_there(client: Client, name: str) -> None:
    assert client.get(f"/viewer/{name}").status_code == 404


@pytest.mark.parametrize(
    ("name", "immutable"),
    [
        ("vitrine-viewer.js", False),
        ("model-viewer.min.js", False),
        ("model-viewer-4.4.0.min.js", True),
        ("stage-MJG4N355.js", True),
        ("meshopt-on-3b07a787c8.js", True),
        ("draco-3b19a36f38/draco_decoder.wasm", True),
        ("draco/draco_decoder.wasm", False),
    ],
)
def test_a_name_tells_whether_its_bytes_may_change(name: str, immutable: bool) -> None:
    assert is_immutable(name) is immutable
