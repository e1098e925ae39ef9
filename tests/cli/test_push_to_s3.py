"""`vitrine push` where files lie in S3: the parts go straight to the bucket, and no login with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Typist
from tests.storage.s3_server import rclone_server
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion
from vitrine.processing import uploads
from vitrine.storage.blobs import Key
from vitrine.storage.s3 import S3Store
from vitrine.storage.s3_upload import Bucket

pytestmark = pytest.mark.django_db(transaction=True)

ACCESS_KEY_ID, SECRET = "a-key-of-16-and-more", "a-secret-for-testing"
MODEL = b"glTF\x02\x00\x00\x00" + bytes(range(250)) * 40_000  # two parts


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    with rclone_server(ACCESS_KEY_ID, SECRET) as address:
        store = S3Store(
            Bucket(
                name="blobs",
                region="us-east-1",
                endpoint_url=address,
                access_key_id=ACCESS_KEY_ID,
                secret_access_key=SECRET,
                attempts=2,
            )
        )
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
