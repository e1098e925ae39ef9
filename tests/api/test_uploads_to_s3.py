"""/api/uploads/ before a bucket: the parts go straight there, by addresses that are signed and run out."""

import hashlib
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from rest_framework.test import APIClient

from tests.conftest import Caller
from tests.storage.s3_server import rclone_bucket
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion
from vitrine.processing import uploads
from vitrine.storage.blobs import Key
from vitrine.storage.s3 import S3Store

PART = uploads.PART_BYTES
MODEL = b"glTF\x02\x00\x00\x00" + bytes(range(250)) * 40_000  # two parts


@pytest.fixture(scope="module")
def bucket() -> Iterator[S3Store]:
    with rclone_bucket() as one:
        yield S3Store(one)


@pytest.fixture
def editor(bucket: S3Store, calling: Caller, monkeypatch: pytest.MonkeyPatch) -> APIClient:
    monkeypatch.setattr(files, "store", lambda: bucket)
    return calling(Role.EDITOR)


def begun(client: APIClient) -> dict[str, Any]:
    fields = {"name": "chair.glb", "size": len(MODEL), "sha256": hashlib.sha256(MODEL).hexdigest()}
    body: dict[str, Any] = client.post("/api/uploads/", fields).json()
    return body


def sent(part: dict[str, Any], *, url: str | None = None) -> int:
    """The status of putting that part to its address, with no login."""
    parts = urlsplit(url or part["url"])
    connection = HTTPConnection(parts.netloc, timeout=20)
    try:
        piece = MODEL[part["offset"] : part["offset"] + part["size"]]
        connection.request("PUT", f"{parts.path}?{parts.query}", piece)
        return connection.getresponse().status
    finally:
        connection.close()


def test_parts_go_to_the_bucket_and_not_through_us(editor: APIClient, bucket: S3Store) -> None:
    upload = begun(editor)
    first, second = upload["parts"]

    statuses = [sent(second)]
    resumed = editor.get(f"/api/uploads/{upload['id']}/").json()
    statuses += [sent(part) for part in resumed["parts"] if part["url"]]
    whole = editor.post(f"/api/uploads/{upload['id']}/complete").json()
    made = editor.post("/api/assets/3d/", {"name": "Chair", "upload_id": upload["id"]})

    assert upload["direct"]
    assert all(f"/blobs/incoming/{upload['id']}?" in part["url"] for part in (first, second))
    assert [part["received"] for part in resumed["parts"]] == [False, True]
    assert (statuses, whole["status"], whole["direct"]) == ([200, 200], "complete", False)
    assert made.status_code == 201
    assert b"".join(bucket.open(Key(AssetVersion.objects.get().key))) == MODEL
    assert list(bucket.keys("incoming/")) == []


def test_an_address_that_ran_out_is_asked_for_anew(
    editor: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hasty:
        hasty.setattr(uploads, "URL_LIFE_S", -10)
        upload = begun(editor)
    part = upload["parts"][1]

    late = sent(part)
    anew = editor.get(f"/api/uploads/{upload['id']}/").json()["parts"][1]

    assert (late in {400, 403}, sent(anew)) == (True, 200)
    assert editor.delete(f"/api/uploads/{upload['id']}/").status_code == 204


@pytest.mark.parametrize("other", ["models/0/x.glb", "incoming/other", "incoming/../secret"])
def test_an_address_leads_to_its_own_upload_only(editor: APIClient, other: str) -> None:
    upload = begun(editor)
    part = upload["parts"][1]
    moved = re.sub(r"incoming/[0-9a-f-]{36}", other, part["url"])

    assert sent(part, url=moved) in {400, 403, 404}
    assert not editor.get(f"/api/uploads/{upload['id']}/").json()["parts"][1]["received"]
    assert editor.delete(f"/api/uploads/{upload['id']}/").status_code == 204


def test_a_part_that_comes_to_us_all_the_same_is_taken(editor: APIClient) -> None:
    upload = begun(editor)
    piece = MODEL[PART:]

    response = editor.put(
        f"/api/uploads/{upload['id']}/parts/2", piece, content_type="application/octet-stream"
    )

    assert response.status_code == 200
    assert editor.get(f"/api/uploads/{upload['id']}/").json()["parts"][1]["received"]
    assert editor.delete(f"/api/uploads/{upload['id']}/").status_code == 204
