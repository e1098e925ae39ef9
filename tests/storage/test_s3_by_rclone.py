"""The S3 store before a server that checks signatures and when they end, and answers ranges with 200."""

import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
import pytest

from tests.storage.promise import *  # noqa: F403 -- every promise is a test of this store
from tests.storage.promise.acts import CHAIR, GLB, PART, all_of, keep, put_parts, some_bytes
from tests.storage.s3_server import ACCESS_KEY_ID, SECRET, rclone_bucket
from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BlobStore, key_of
from vitrine.storage.s3 import S3Store
from vitrine.storage.s3_upload import Bucket

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with rclone_bucket() as bucket:
        yield bucket


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


def test_deleting_a_folder_s_name_deletes_nothing(store: BlobStore) -> None:  # type: ignore[no-redef]  # this server's way
    """Here a folder is one: the server fails instead of having nothing to do. No key of ours is another's folder."""
    chair = keep(store, "models/chair.glb")

    with pytest.raises(StoreFailed, match="failed DeleteObject"):
        store.delete(key_of("models"))

    assert all_of(store, chair) == b"chair"


def test_a_part_that_comes_again_replaces_the_first(store: BlobStore) -> None:  # type: ignore[no-redef]  # this server's way
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


def sent(address: str, content: bytes, *, method: str = "PUT") -> int:
    """The status of sending `content` there with nothing but the address: no login, no header of ours."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", content)
        return connection.getresponse().status
    finally:
        connection.close()


def an_address(store: BlobStore, parts_id: str, number: int = 1, *, size: int = 5, life_s: int = 60) -> str:
    address = store.url_to_put_part(CHAIR, parts_id, number, size=size, life_s=life_s)
    assert address is not None
    return address


def test_parts_come_straight_to_the_bucket_by_their_addresses(store: BlobStore) -> None:
    blob = some_bytes(PART + 7)
    parts_id = store.begin_parts(CHAIR, media_type=GLB)

    statuses = [
        sent(an_address(store, parts_id, number, size=len(piece)), piece)
        for number, piece in ((2, blob[PART:]), (1, blob[:PART]))
    ]

    assert statuses == [200, 200]
    assert store.join_parts(CHAIR, parts_id, count=2).size == len(blob)
    assert all_of(store, CHAIR) == blob


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (r"X-Amz-Signature=[0-9a-f]{4}", "X-Amz-Signature=0000"),
        (r"partNumber=1", "partNumber=2"),
        (r"X-Amz-Expires=60", "X-Amz-Expires=6000"),
        (r"/incoming/chair", "/models/chair"),
        (r"X-Amz-Credential=a-key", "X-Amz-Credential=b-key"),
        (r"\?.*", "?partNumber=1"),
    ],
    ids=["signature", "part", "expiry", "key", "credential", "no signature"],
)
def test_an_address_that_was_changed_takes_nothing(store: BlobStore, was: str, becomes: str) -> None:
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    changed = re.sub(was, becomes, an_address(store, parts_id))

    assert sent(changed, b"chair") in {400, 403}
    assert store.parts(CHAIR, parts_id) == []


def test_an_address_takes_nothing_after_its_life(store: BlobStore) -> None:
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    address = an_address(store, parts_id, life_s=1)
    time.sleep(2.1)

    assert sent(address, b"chair") in {400, 403}
    assert store.parts(CHAIR, parts_id) == []
    assert sent(an_address(store, parts_id), b"chair") == 200


def test_an_address_takes_no_more_than_its_part_has(store: BlobStore) -> None:
    parts_id = store.begin_parts(CHAIR, media_type=GLB)

    assert sent(an_address(store, parts_id), b"chairs and more") in {400, 403}
    assert store.parts(CHAIR, parts_id) == []


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_an_address_is_good_for_putting_only(store: BlobStore, method: str) -> None:
    parts_id = store.begin_parts(CHAIR, media_type=GLB)

    assert sent(an_address(store, parts_id), b"chair", method=method) in {400, 403}
    assert store.parts(CHAIR, parts_id) == []


def test_an_address_holds_no_secret(store: BlobStore) -> None:
    parts_id = store.begin_parts(CHAIR, media_type=GLB)

    assert SECRET not in an_address(store, parts_id)
