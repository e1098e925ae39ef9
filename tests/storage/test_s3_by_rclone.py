"""The S3 store before a server that checks signatures and when they end, and answers ranges with 200."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest

from tests.storage.promise import *  # noqa: F403 -- every promise is a test of this store
from tests.storage.promise import CHAIR, GLB, PART, all_of, keep, put_parts, some_bytes
from tests.storage.s3_server import rclone_server
from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BlobStore, key_of
from vitrine.storage.s3 import S3Store
from vitrine.storage.s3_upload import Bucket

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client

ACCESS_KEY_ID = "a-key-of-16-and-more"
SECRET = "a-secret-for-testing"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with rclone_server(ACCESS_KEY_ID, SECRET) as address:
        yield Bucket(
            name="blobs",
            region="us-east-1",
            endpoint_url=address,
            access_key_id=ACCESS_KEY_ID,
            secret_access_key=SECRET,
            attempts=2,
        )


@pytest.fixture(scope="module")
def client(bucket: Bucket) -> "S3Client":
    return boto3.client(
        "s3",
        endpoint_url=bucket.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET,
    )


@pytest.fixture(scope="module")
def shared_store(bucket: Bucket) -> S3Store:
    """One for all tests: making a client costs more than most tests."""
    return S3Store(bucket)


@pytest.fixture
def store(shared_store: S3Store) -> S3Store:
    """Emptied of what the test before left."""
    for key in list(shared_store.keys()):
        shared_store.delete(key)
    shared_store.sweep_unfinished(older_than_s=0)
    return shared_store


def test_deleting_a_folder_s_name_deletes_nothing(store: BlobStore) -> None:
    """Here a folder is one: the server fails instead of having nothing to do. No key of ours is another's folder."""
    chair = keep(store, "models/chair.glb")

    with pytest.raises(StoreFailed, match="failed DeleteObject"):
        store.delete(key_of("models"))

    assert all_of(store, chair) == b"chair"


def test_a_part_that_comes_again_replaces_the_first(store: BlobStore) -> None:
    """Here only with the same bytes: the first ones are on the disk already. Others are refused, and change nothing."""
    blob = some_bytes(PART + 7)
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    put_parts(store, parts_id, blob, 1, 2, 1)

    with pytest.raises(StoreFailed, match="cannot be replaced with different contents"):
        put_parts(store, parts_id, some_bytes(PART, seed=2), 1)

    store.join_parts(CHAIR, parts_id, count=2)
    assert all_of(store, CHAIR) == blob


def test_a_range_comes_with_200_and_is_the_right_one(
    store: BlobStore, client: "S3Client", bucket: Bucket
) -> None:
    key = keep(store, "a", b"0123456789")

    told = client.get_object(Bucket=bucket.name, Key=key, Range="bytes=3-6")

    assert told["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert told["ContentRange"] == "bytes 3-6/10"
    assert all_of(store, key, start=3, end=7) == b"3456"
