"""What nobody needs any more is swept, and nothing else."""

import io
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.builders import a_job, a_product
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Kind
from vitrine.processing import upkeep
from vitrine.processing.models import Job, State, Upload
from vitrine.processing.scratch import scratch_folder, sweep_scratch
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db


def an_upload(*, kept_key: str = "", days_old: int) -> Upload:
    upload = Upload.begin(None)
    Upload.objects.filter(pk=upload.pk).update(
        created_at=timezone.now() - timedelta(days=days_old), kept_key=kept_key
    )
    return upload


def store(key: str) -> Key:
    files.store().put(Key(key), io.BytesIO(b"bytes"), media_type="model/gltf-binary")
    return Key(key)


def stored(key: str) -> bool:
    return key in set(files.store().keys(key))


def test_an_abandoned_upload_goes_and_a_young_one_stays() -> None:
    old, young = an_upload(days_old=2), an_upload(days_old=0)
    keys = [store(files.incoming_key(upload.pk)) for upload in (old, young)]

    assert upkeep.sweep_uploads() == 1

    assert [stored(key) for key in keys] == [False, True]
    assert list(Upload.objects.all()) == [young]
    files.store().delete(keys[1])


def test_bytes_kept_for_a_version_that_never_came_go_too() -> None:
    key = store("models/00000000-0000-0000-0000-000000000000/abc.glb")
    an_upload(kept_key=key, days_old=2)

    upkeep.sweep_uploads()

    assert not stored(key)


def test_bytes_that_a_version_uses_stay() -> None:
    product = a_product()
    an_upload(kept_key=product.shown_version.key, days_old=2)

    upkeep.sweep_uploads()

    assert stored(product.shown_version.key)


def test_what_a_failed_job_had_stored_goes() -> None:
    product = a_product(variants=(Kind.WEB,))
    used = product.shown_version.variants.get().key
    packed, left = store(files.packed_key(used)), store(f"models/{product.pk}/web-left.glb.br")
    job = a_job()
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, stored_keys=[used, packed, left])

    assert (upkeep.sweep_leftovers(), upkeep.sweep_leftovers()) == (1, 0)

    assert (stored(used), stored(packed), stored(left)) == (True, True, False)


def test_a_deleted_product_keeps_its_bytes_for_a_while() -> None:
    product = a_product()
    product.remove()

    assert upkeep.sweep_deleted() == 0
    assert upkeep.sweep_deleted(older_than=timedelta(0)) == 1

    assert not stored(f"models/{product.pk}/")
    assert Product.objects.count() == 0


def test_a_purge_that_died_halfway_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    product = a_product()
    product.remove()
    with monkeypatch.context() as dying:
        dying.setattr(Product, "delete", lambda _: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            upkeep.purge(product)

    upkeep.sweep_deleted(older_than=timedelta())

    assert not Product.objects.exists()
    assert list(files.store().keys(f"models/{product.pk}/")) == []


def test_a_killed_workers_folder_goes_and_a_living_ones_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = tmp_path / "vitrine-job-dead"
    dead.mkdir()

    with scratch_folder() as living:
        swept = sweep_scratch(older_than_s=0)

        assert (swept, dead.exists(), living.exists()) == (1, False, True)
