"""What a bucket's lifecycle rules do to originals: they know them by a tag, and what they archived is asked back."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.storage.promise.acts import GLB, keep
from tests.storage.s3_server import a_bucket, a_client
from vitrine.catalog.files import tags_of
from vitrine.errors import StoreFailed
from vitrine.storage.blobs import key_of
from vitrine.storage.s3 import S3Store
from vitrine.storage.s3_upload import Bucket

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client

PRODUCT = "0190a5e2-8f3c-7d21-9a44-5b6c7d8e9f00"
ORIGINAL = key_of("models", PRODUCT, f"{'a' * 64}.glb")
VARIANT = key_of("models", PRODUCT, f"web-{'a' * 32}.glb")


@pytest.fixture
def bucket(s3_address: str, client: "S3Client") -> Bucket:
    client.create_bucket(Bucket="archive")
    return replace(a_bucket(s3_address, name="archive"), tags_of=tags_of)


@pytest.fixture(scope="module")
def client(s3_address: str) -> "S3Client":
    return a_client(s3_address)


def tags(client: "S3Client", bucket: Bucket, key: str) -> list[tuple[str, str]]:
    told = client.get_object_tagging(Bucket=bucket.name, Key=key)["TagSet"]
    return [(one["Key"], one["Value"]) for one in told]


def test_an_accepted_original_is_tagged_and_nothing_else_is(client: "S3Client", bucket: Bucket) -> None:
    store = S3Store(bucket)
    incoming = keep(store, "incoming/1", b"glTF")
    keep(store, VARIANT, b"glTF")

    store.move(incoming, ORIGINAL, media_type=GLB)

    assert tags(client, bucket, ORIGINAL) == [("vitrine", "original")]
    assert tags(client, bucket, VARIANT) == []


def test_without_the_setting_no_permission_for_tags_is_needed(client: "S3Client", bucket: Bucket) -> None:
    store = S3Store(replace(bucket, tags_of=None))

    another = key_of("models", PRODUCT, f"{'b' * 64}.glb")
    store.move(keep(store, "incoming/3", b"glTF"), another, media_type=GLB)

    assert tags(client, bucket, another) == []


def test_what_lies_in_an_archive_is_asked_back_and_says_how_long_that_takes(
    client: "S3Client", bucket: Bucket
) -> None:
    client.put_object(Bucket=bucket.name, Key=ORIGINAL, Body=b"glTF", StorageClass="GLACIER")
    store = S3Store(bucket)

    with pytest.raises(StoreFailed, match="was asked back"):
        store.open(ORIGINAL)

    assert 'ongoing-request="' in client.head_object(Bucket=bucket.name, Key=ORIGINAL)["Restore"]
    assert b"".join(store.open(ORIGINAL)) == b"glTF"
