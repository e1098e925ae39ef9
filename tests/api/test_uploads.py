"""/api/uploads/: files that come in parts, whatever breaks on the way."""

import base64
import hashlib
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.sending import GLB, MIB, a_whole_upload, begun, broken_off, completed, left_of, put, put_bytes
from tests.builders import a_product, a_user
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.processing.models import Job, Upload
from vitrine.storage.blobs import Key


@pytest.mark.usefixtures("small_parts")
def test_an_upload_says_where_each_part_goes(editor: APIClient) -> None:
    upload = begun(editor)

    here = f"http://testserver/api/uploads/{upload['id']}/parts"
    assert (upload["name"], upload["size"], upload["status"]) == ("chair.glb", 208, "open")
    assert (upload["part_size"], upload["direct"], upload["sha256"]) == (80, False, None)
    assert upload["parts"] == [
        {"number": 1, "offset": 0, "size": 80, "received": False, "url": f"{here}/1"},
        {"number": 2, "offset": 80, "size": 80, "received": False, "url": f"{here}/2"},
        {"number": 3, "offset": 160, "size": 48, "received": False, "url": f"{here}/3"},
    ]


@pytest.mark.usefixtures("small_parts")
def test_parts_in_any_order_become_a_product(editor: APIClient) -> None:
    upload = begun(editor, sha256=hashlib.sha256(GLB).hexdigest().upper())
    for part in reversed(upload["parts"]):
        assert put(editor, part).status_code == 200
    told = completed(editor, upload).json()

    response = editor.post("/api/assets/3d/", {"name": "Chair", "upload_id": upload["id"], "tags": ["oak"]})

    assert (told["status"], told["format"], told["sha256"]) == (
        "complete",
        "glb",
        hashlib.sha256(GLB).hexdigest(),
    )
    assert response.status_code == 201
    version = AssetVersion.objects.get()
    assert (version.sha256, version.size, version.product.tags) == (told["sha256"], len(GLB), ["oak"])
    assert b"".join(files.store().open(Key(version.key))) == GLB
    assert Job.objects.get().version == version
    assert (Upload.objects.count(), left_of(upload)) == (0, [])


@pytest.mark.parametrize("as_form", [False, True])
def test_an_upload_becomes_a_version_by_json_and_by_form(editor: APIClient, as_form: bool) -> None:
    product, upload = a_product(), a_whole_upload(editor)

    response = editor.post(
        f"/api/assets/3d/{product.pk}/versions",
        {"upload_id": upload["id"], "publish": "manual"},
        format="multipart" if as_form else "json",
    )

    assert (response.status_code, response.json()["version"]) == (201, 2)
    assert not Job.objects.get().publish


@pytest.mark.usefixtures("small_parts")
def test_whoever_comes_back_is_told_what_arrived(editor: APIClient) -> None:
    upload = begun(editor)
    put(editor, upload["parts"][1])

    told = editor.get(f"/api/uploads/{upload['id']}/").json()

    assert [part["received"] for part in told["parts"]] == [False, True, False]
    assert [part["url"] is None for part in told["parts"]] == [False, True, False]


@pytest.mark.usefixtures("small_parts")
def test_an_upload_is_not_complete_while_parts_are_missing(editor: APIClient) -> None:
    upload = begun(editor)
    put(editor, upload["parts"][1])

    early, used = (
        completed(editor, upload),
        editor.post("/api/assets/3d/", {"name": "Chair", "upload_id": upload["id"]}),
    )

    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    assert "2 of 3 parts are missing: 1, 3." in early.json()["detail"]
    assert (used.status_code, Product.objects.count()) == (409, 0)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (81, 413, "Part 1 has 80 bytes; 81 were announced."),
        (79, 400, "Part 1 has 80 bytes; only 79 were announced."),
    ],
)
def test_a_part_of_another_size_is_refused_and_not_kept(
    editor: APIClient, sent: int, status: int, told: str
) -> None:
    upload = begun(editor)

    response = put_bytes(editor, upload["parts"][0]["url"], bytes(sent))

    assert (response.status_code, response.json()["detail"]) == (status, told)
    assert not editor.get(f"/api/uploads/{upload['id']}/").json()["parts"][0]["received"]


@pytest.mark.usefixtures("small_parts")
def test_a_part_that_breaks_off_is_not_kept(editor: APIClient) -> None:
    upload = begun(editor)

    response = broken_off(editor, upload["parts"][0], 30)

    assert response.status_code == 400
    assert "Only 30 of the 80 bytes of part 1 came." in response.json()["detail"]
    assert not editor.get(f"/api/uploads/{upload['id']}/").json()["parts"][0]["received"]


def test_a_part_without_its_length_is_refused(editor: APIClient) -> None:
    upload = begun(editor)

    response = editor.generic("PUT", upload["parts"][0]["url"], "", content_type="application/octet-stream")

    assert (response.status_code, "Content-Length" in response.json()["detail"]) == (400, True)


@pytest.mark.parametrize("number", [0, 2, 10_000, 2**40])
def test_there_are_no_more_parts_than_were_announced(editor: APIClient, number: int) -> None:
    upload = begun(editor)

    response = put_bytes(editor, f"/api/uploads/{upload['id']}/parts/{number}", b"x")

    assert response.status_code == 404
    assert f"the parts 1 to 1; there is no part {number}." in response.json()["detail"]


def digests(piece: bytes) -> tuple[str, str]:
    return (
        base64.b64encode(hashlib.md5(piece, usedforsecurity=False).digest()).decode(),
        f"sha-256=:{base64.b64encode(hashlib.sha256(piece).digest()).decode()}:",
    )


def test_a_part_is_compared_with_what_its_sender_says_of_it(editor: APIClient) -> None:
    part = begun(editor)["parts"][0]
    md5, sha256 = digests(GLB)
    other_md5, other_sha256 = digests(b"other")

    wrong = [
        put(editor, part, Content_MD5=other_md5),
        put(editor, part, Content_Digest=other_sha256),
        put(editor, part, Content_MD5=md5, Content_Digest=other_sha256),
        put(editor, part, Content_MD5="no base64!"),
    ]
    right = put(editor, part, Content_MD5=md5, Content_Digest=sha256)

    assert [(one.status_code, one.json()["code"]) for one in wrong] == [
        *[(422, "checksum-mismatch")] * 3,
        (400, "invalid"),
    ]
    assert right.status_code == 200


def test_a_whole_with_another_hash_is_refused_and_thrown_away(editor: APIClient) -> None:
    upload = begun(editor, sha256="0" * 64)
    put(editor, upload["parts"][0])

    response = completed(editor, upload)

    assert (response.status_code, response.json()["code"]) == (422, "checksum-mismatch")
    assert hashlib.sha256(GLB).hexdigest() in response.json()["detail"]
    assert (Upload.objects.count(), left_of(upload)) == (0, [])


def test_what_is_no_model_is_refused_and_thrown_away(editor: APIClient) -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    upload = begun(editor, size=len(page), name="chair.glb")
    put(editor, upload["parts"][0], page)

    response = completed(editor, upload)

    assert (response.status_code, response.json()["code"]) == (415, "unsupported-format")
    assert (Upload.objects.count(), left_of(upload)) == (0, [])


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": "a"}, "/size"),
        ({"size": 5}, "/name"),
        ({"name": "a", "size": 0}, "/size"),
        ({"name": "a", "size": -1}, "/size"),
        ({"name": "a", "size": "many"}, "/size"),
        ({"name": "a", "size": 2**60}, "/size"),
        ({"name": "a" * 256, "size": 5}, "/name"),
        ({"name": "a\x00b", "size": 5}, "/name"),
        ({"name": "a", "size": 5, "sha256": "0" * 63}, "/sha256"),
        ({"name": "a", "size": 5, "sha256": "g" * 64}, "/sha256"),
    ],
)
def test_a_bad_field_is_named_and_nothing_begins(
    editor: APIClient, fields: dict[str, Any], pointer: str
) -> None:
    response = editor.post("/api/uploads/", fields)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
    assert Upload.objects.count() == 0


def test_a_file_over_the_limit_is_refused_before_it_comes(editor: APIClient, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000

    response = editor.post("/api/uploads/", {"name": "a.glb", "size": 1001})

    assert response.status_code == 413
    assert all(said in response.json()["detail"] for said in ("1,000 bytes", "1,001", "MAX_UPLOAD_BYTES"))
    assert Upload.objects.count() == 0


def test_what_may_be_sent_is_known_before_it_is(editor: APIClient, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000

    told = editor.get("/api/uploads/").json()

    assert told["max_bytes"] == 1000
    assert {".glb", ".stl", ".zip"} < set(told["extensions"])


@pytest.mark.parametrize(
    ("size", "part_size", "parts"),
    [(1, 8, 1), (8 * MIB, 8, 1), (8 * MIB + 1, 8, 2), (500_000_000, 8, 60), (40_000_000_000, 39, 979)],
)
def test_parts_grow_with_the_file_and_stay_countable(
    editor: APIClient, settings: Settings, size: int, part_size: int, parts: int
) -> None:
    settings.MAX_UPLOAD_BYTES = 2**53

    upload = begun(editor, size=size)

    assert (upload["part_size"], len(upload["parts"])) == (part_size * MIB, parts)
    assert sum(part["size"] for part in upload["parts"]) == size


# --- Whose it is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.VIEWER, 403)])
def test_only_who_may_write_begins_an_upload(calling: Caller, role: Role | None, status: int) -> None:
    response = calling(role).post("/api/uploads/", {"name": "a.glb", "size": 5})

    assert (response.status_code, Upload.objects.count()) == (status, 0)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_another_s_upload_is_not_there(calling: Caller, editor: APIClient, role: Role) -> None:
    upload, whole, other = begun(editor), a_whole_upload(editor), calling(role)
    product = a_product()

    answers = [
        other.get(f"/api/uploads/{upload['id']}/"),
        put(other, upload["parts"][0]),
        completed(other, upload),
        other.delete(f"/api/uploads/{upload['id']}/"),
        other.post("/api/assets/3d/", {"name": "Mine", "upload_id": whole["id"]}),
        other.post(f"/api/assets/3d/{product.pk}/versions", {"upload_id": whole["id"]}),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "not-found")] * 6
    assert (Product.objects.count(), AssetVersion.objects.count()) == (1, 1)
    assert editor.get(f"/api/uploads/{upload['id']}/").json()["parts"] == upload["parts"]


def test_a_file_of_a_form_is_no_upload_to_resume(editor: APIClient) -> None:
    form = Upload.begin(None)
    Upload.objects.filter(pk=form.pk).update(created_by=a_user().pk)

    assert editor.get(f"/api/uploads/{form.pk}/").status_code == 404


def test_an_id_that_nobody_gave_is_not_there(editor: APIClient) -> None:
    assert editor.get(f"/api/uploads/{uuid4()}/").status_code == 404
    assert editor.get("/api/uploads/../products/").status_code == 404
    assert editor.post("/api/assets/3d/", {"name": "a", "upload_id": "../x"}).status_code == 400


def test_a_name_is_only_a_name(editor: APIClient) -> None:
    name = '../../etc/passwd\r\nSet-Cookie: a=b; filename="x.svg'

    response = editor.post("/api/uploads/", {"name": name, "size": 5})

    assert (response.status_code, response.json()["name"]) == (201, name)
    assert not any("Set-Cookie" in value or "passwd" in value for value in response.headers.values())
    assert Upload.objects.get().parts_id.isalnum()
