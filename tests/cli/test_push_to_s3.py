"""`vitrine push` where files lie in S3: the parts go straight to the bucket, and no login with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Typist
from tests.storage.s3_server import rclone_bucket
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion
from vitrine.processing import uploads
from vitrine.storage.blobs import Key
from vitrine.storage.s3 import S3Store

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = b"glTF\x02\x00\x00\x00" + bytes(range(250)) * 40_000  # two parts


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    with rclone_bucket() as one:
        store = S3Store(one)
        monkeypatch.setattr(files, "store", lambda: store)
        yield store


def test_parts_go_past_the_service_to_the_bucket(
    at_home: Typist, bucket: S3Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chair.glb").write_bytes(MODEL)
    monkeypatch.delattr(uploads, "put_part")  # none comes to us

    told = at_home("push", tmp_path / "chair.glb")

    assert told.exit_code == 0, told.err
    assert b"".join(bucket.open(Key(AssetVersion.objects.get().key))) == MODEL
