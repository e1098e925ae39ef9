"""/api/uploads/ twice, at once, and after whatever broke on the way."""

import hashlib
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

from tests.api.sending import GLB, MIB, a_whole_upload, begun, broken_off, completed, left_of, put, put_bytes
from tests.builders import a_user
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.errors import Conflict, StoreFailed
from vitrine.processing import intake, upkeep, uploads
from vitrine.processing.models import Upload
from vitrine.storage.blobs import BlobMissing, Key

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
