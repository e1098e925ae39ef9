"""/api/uploads/: files that come in parts, whatever breaks on the way."""

import base64
import hashlib
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.builders import a_product, a_user
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.errors import Conflict, StoreFailed
from vitrine.processing import intake, upkeep, uploads
from vitrine.processing.models import Job, Upload
from vitrine.storage.blobs import BlobMissing, Key

MIB = 1024 * 1024
GLB = b"glTF\x02\x00\x00\x00" + bytes(200)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three parts of GLB: 80, 80 and 48 bytes."""
    monkeypatch.setattr(uploads, "PART_BYTES", 80)
    monkeypatch.setattr(uploads, "_MIB", 1)


@pytest.fixture
def editor(calling: Caller) -> APIClient:
    return calling(a_user(Role.EDITOR))


def begun(
    client: APIClient, *, size: int = len(GLB), name: str = "chair.glb", **fields: Any
) -> dict[str, Any]:
    response = client.post("/api/uploads/", {"name": name, "size": size, **fields})
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


def put(client: APIClient, part: dict[str, Any], content: bytes = GLB, **headers: str) -> Any:
    """That part of `content`, to its address."""
    piece = content[part["offset"] : part["offset"] + part["size"]]
    return put_bytes(client, part["url"], piece, **headers)


def put_bytes(client: APIClient, url: str, piece: bytes, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.put(url, piece, content_type="application/octet-stream", headers=named)


def completed(client: APIClient, upload: dict[str, Any]) -> Any:
    return client.post(f"/api/uploads/{upload['id']}/complete")


def a_whole_upload(client: APIClient, **fields: Any) -> dict[str, Any]:
    upload = begun(client, **fields)
    for part in upload["parts"]:
        assert put(client, part).status_code == 200
    body: dict[str, Any] = completed(client, upload).json()
    return body


def left_of(upload: dict[str, Any]) -> list[str]:
    return list(files.store().keys(f"incoming/{upload['id']}"))


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


def broken_off(client: APIClient, part: dict[str, Any], came: int) -> Any:
    """The part announced whole, of which only `came` bytes come."""
    surroundings: dict[str, Any] = {
        "CONTENT_LENGTH": str(part["size"]),
        "wsgi.input": io.BytesIO(bytes(came)),
    }
    return client.generic("PUT", part["url"], "", content_type="application/octet-stream", **surroundings)


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


# --- Once, twice, at once ---------------------------------------------------------------------------------------


def test_completing_twice_is_harmless_and_no_part_is_taken_after_it(editor: APIClient) -> None:
    upload = begun(editor)
    put(editor, upload["parts"][0])

    first, second = completed(editor, upload), completed(editor, upload)
    late = put(editor, upload["parts"][0])

    assert (first.status_code, second.json()) == (200, first.json())
    assert (late.status_code, "complete" in late.json()["detail"]) == (409, True)


def test_a_complete_that_died_after_its_join_is_taken_up(editor: APIClient) -> None:
    upload = begun(editor)
    put(editor, upload["parts"][0])
    row = Upload.objects.get()
    files.store().join_parts(files.incoming_key(row.pk), row.parts_id, count=1)

    between = editor.get(f"/api/uploads/{upload['id']}/").json()
    response = completed(editor, upload)

    assert [part["received"] for part in between["parts"]] == [True]
    assert (response.status_code, response.json()["status"]) == (200, "complete")


def test_an_upload_is_used_once(editor: APIClient) -> None:
    upload = a_whole_upload(editor)

    statuses = [
        editor.post("/api/assets/3d/", {"name": "Chair", "upload_id": upload["id"]}).status_code
        for _ in range(2)
    ]

    assert (statuses, Product.objects.count()) == ([201, 404], 1)


def test_a_refused_product_leaves_the_upload_for_another_try(editor: APIClient) -> None:
    upload = a_whole_upload(editor)

    refused = editor.post("/api/assets/3d/", {"name": "", "upload_id": upload["id"]})
    taken = editor.post("/api/assets/3d/", {"name": "Chair", "upload_id": upload["id"]})

    assert (refused.status_code, taken.status_code) == (400, 201)


def test_both_a_file_and_an_upload_are_one_too_many(editor: APIClient) -> None:
    upload = a_whole_upload(editor)
    form = {"name": "a", "upload_id": upload["id"], "model_file": SimpleUploadedFile("chair.glb", GLB)}

    response = editor.post("/api/assets/3d/", form, format="multipart")

    assert (response.status_code, "not both" in response.json()["detail"]) == (400, True)
    assert (Product.objects.count(), Upload.objects.count()) == (0, 1)


def test_giving_up_forgets_every_byte_and_twice_is_404(editor: APIClient) -> None:
    open_one, whole = begun(editor), a_whole_upload(editor)
    put(editor, open_one["parts"][0])
    row = Upload.objects.get(pk=open_one["id"])

    statuses = [editor.delete(f"/api/uploads/{one['id']}/").status_code for one in (open_one, whole, whole)]

    assert statuses == [204, 204, 404]
    assert (left_of(open_one), left_of(whole), Upload.objects.count()) == ([], [], 0)
    with pytest.raises(BlobMissing):
        files.store().parts(files.incoming_key(row.pk), row.parts_id)


def test_abandoned_uploads_are_swept_with_their_parts(editor: APIClient, settings: Settings) -> None:
    old, young = begun(editor), begun(editor)
    put(editor, old["parts"][0])
    rows = {str(row.pk): row for row in Upload.objects.all()}
    life = timedelta(seconds=settings.UPLOAD_LIFE_S + 1)
    Upload.objects.filter(pk=old["id"]).update(created_at=timezone.now() - life)

    assert upkeep.sweep_uploads() == 1

    assert [str(row.pk) for row in Upload.objects.all()] == [young["id"]]
    with pytest.raises(BlobMissing):
        files.store().parts(files.incoming_key(UUID(old["id"])), rows[old["id"]].parts_id)
    assert files.store().parts(files.incoming_key(UUID(young["id"])), rows[young["id"]].parts_id) == []


def accepted(upload: dict[str, Any]) -> Product:
    row = Upload.objects.get(pk=upload["id"])
    product = Product(name="Chair")
    assert row.created_by is not None
    arrived = uploads.arrived(row.pk, by=row.created_by)
    intake.accept_product(product, arrived, intake.Wishes(), by=row.created_by)
    return product


def test_an_attempt_that_failed_after_it_had_moved_the_bytes_can_be_made_again(
    editor: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = a_whole_upload(editor)
    with monkeypatch.context() as failing:
        failing.setattr(intake, "_record", lambda *_: (_ for _ in ()).throw(StoreFailed("away")))
        with pytest.raises(StoreFailed):
            accepted(upload)
    moved = Upload.objects.get().kept_key

    product = accepted(upload)

    assert b"".join(files.store().open(Key(product.shown_version.key))) == GLB
    with pytest.raises(BlobMissing):
        files.store().stat(Key(moved))
    assert left_of(upload) == []


def test_a_second_try_takes_no_bytes_from_a_version_that_has_the_same(
    editor: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = editor.post("/api/assets/3d/", {"name": "a", "upload_id": a_whole_upload(editor)["id"]}).json()
    upload = a_whole_upload(editor)
    with monkeypatch.context() as failing:
        failing.setattr(intake, "_record", lambda *_: (_ for _ in ()).throw(StoreFailed("away")))
        response = editor.post(f"/api/assets/3d/{first['id']}/versions", {"upload_id": upload["id"]})
    assert response.status_code == 503

    other = accepted(upload)

    for product in (Product.objects.get(pk=first["id"]), other):
        assert b"".join(files.store().open(Key(product.shown_version.key))) == GLB


def test_whoever_claims_it_keeps_the_others_out_until_that_is_long_ago(editor: APIClient) -> None:
    upload = a_whole_upload(editor)
    row = Upload.objects.get()
    Upload.objects.update(claim=uuid4(), claimed_at=timezone.now())

    busy = editor.post("/api/assets/3d/", {"name": "a", "upload_id": upload["id"]})
    Upload.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
    later = editor.post("/api/assets/3d/", {"name": "a", "upload_id": upload["id"]})

    assert (busy.status_code, "just now" in busy.json()["detail"], later.status_code) == (409, True, 201)
    with pytest.raises(Exception, match="used already"):
        row.spend()


def test_a_slow_first_makes_nothing_once_another_has_claimed_it(editor: APIClient) -> None:
    upload = a_whole_upload(editor)
    row = Upload.objects.get()

    def too_slow() -> None:
        with row.claimed():
            Upload.objects.update(claim=uuid4())
            row.spend()

    with pytest.raises(Conflict):
        too_slow()

    assert Upload.objects.filter(pk=upload["id"]).exists()


# --- On the train -----------------------------------------------------------------------------------------------


@pytest.fixture
def at_once(transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    """Threads that call the API at once, each with a database connection of its own."""
    with ThreadPoolExecutor(2, initializer=connections.close_all) as pool:
        yield pool
        list(pool.map(lambda _: connections.close_all(), range(8)))


@pytest.mark.usefixtures("small_parts")
def test_two_resumes_that_race_end_with_one_right_file(at_once: ThreadPoolExecutor) -> None:
    user = a_user(Role.EDITOR)

    def calls() -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    upload = begun(calls(), sha256=hashlib.sha256(GLB).hexdigest())

    def resume(_: int) -> tuple[int, int]:
        client = calls()
        for part in client.get(f"/api/uploads/{upload['id']}/").json()["parts"]:
            if not part["received"]:
                put(client, part)
        done = completed(client, upload).status_code
        made = client.post("/api/assets/3d/", {"name": "Chair", "upload_id": upload["id"]}).status_code
        connections.close_all()
        return done, made

    ended = list(at_once.map(resume, range(2)))

    assert sorted(made for _, made in ended) in ([201, 404], [201, 409])
    assert {done for done, _ in ended} <= {200, 404}
    version = AssetVersion.objects.get()
    assert b"".join(files.store().open(Key(version.key))) == GLB
    assert (Upload.objects.count(), left_of(upload)) == (0, [])


def test_half_a_gigabyte_arrives_over_five_interruptions(editor: APIClient) -> None:
    """The bytes repeat, so that only one part is ever in memory; they travel and are kept all the same."""
    piece = b"glTF\x02\x00\x00\x00" + bytes(range(256)) * (8 * MIB // 256)
    piece = piece[: 8 * MIB]
    size = 500_000_000
    whole = hashlib.sha256()
    for start in range(0, size, len(piece)):
        whole.update(memoryview(piece)[: size - start])
    upload = begun(editor, size=size, sha256=whole.hexdigest())

    sent = 0
    for _ in range(5):
        waiting = [
            part for part in editor.get(f"/api/uploads/{upload['id']}/").json()["parts"] if part["url"]
        ]
        for part in waiting[:10]:
            assert put_bytes(editor, part["url"], piece[: part["size"]]).status_code == 200
            sent += 1
        assert broken_off(editor, waiting[10], 3 * MIB).status_code == 400
    left = [part for part in editor.get(f"/api/uploads/{upload['id']}/").json()["parts"] if part["url"]]
    for part in left:
        assert put_bytes(editor, part["url"], piece[: part["size"]]).status_code == 200
        sent += 1
    told = completed(editor, upload)

    assert sent == len(upload["parts"]) == 60
    assert (told.status_code, told.json()["sha256"]) == (200, whole.hexdigest())
    assert editor.delete(f"/api/uploads/{upload['id']}/").status_code == 204
