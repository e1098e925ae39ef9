import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

from tests.storage.promise import *  # noqa: F403 -- every promise is a test of this store
from tests.storage.promise.acts import (
    CHAIR,
    MIB,
    all_of,
    joined_and_forgotten,
    keep,
    put_parts,
    some_bytes,
    write_in_steps,
)
from tests.storage.s3_server import a_bucket, a_client
from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BlobStore, key_of
from vitrine.storage.s3 import S3Store
from vitrine.storage.s3_upload import Bucket

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="session")
def client(s3_address: str) -> "S3Client":
    return a_client(s3_address)


@pytest.fixture(scope="session")
def shared_store(s3_address: str) -> S3Store:
    """One for all tests: making a client costs more than most tests."""
    return S3Store(a_bucket(s3_address))


@pytest.fixture
def bucket(s3_address: str, client: "S3Client") -> Bucket:
    """A new bucket in a server that has forgotten everything else."""
    with urlopen(Request(f"{s3_address}/moto-api/reset", method="POST")) as answer:  # noqa: S310 -- our own
        assert answer.status == 200
    client.create_bucket(Bucket="blobs")
    return a_bucket(s3_address)


@pytest.fixture
def store(bucket: Bucket, shared_store: S3Store) -> S3Store:
    _ = bucket
    return shared_store


def unfinished_in(client: "S3Client", bucket: Bucket) -> list[str]:
    return [upload["Key"] for upload in client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", [])]


@pytest.mark.parametrize("size", [5, 9 * MIB])
def test_objects_carry_their_type_and_may_be_cached_for_ever(
    store: BlobStore, client: "S3Client", bucket: Bucket, size: int
) -> None:
    key = keep(store, "models/chair.glb", some_bytes(size))

    told = client.head_object(Bucket=bucket.name, Key=key)

    assert told["ContentType"] == "model/gltf-binary"
    assert told["CacheControl"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("copy_bytes", [6 * MIB, 100 * MIB])
def test_a_moved_object_has_its_new_type_at_one_go_or_in_parts(
    client: "S3Client", bucket: Bucket, copy_bytes: int
) -> None:
    store = S3Store(bucket, copy_bytes=copy_bytes)
    blob = some_bytes(13 * MIB)
    source, target = keep(store, "uploads/1", blob), key_of("models/chair.usdz")

    store.move(source, target, media_type="model/vnd.usdz+zip")

    told = client.head_object(Bucket=bucket.name, Key=target)
    assert told["ContentType"] == "model/vnd.usdz+zip"
    assert told["CacheControl"] == "public, max-age=31536000, immutable"
    assert all_of(store, target) == blob
    assert unfinished_in(client, bucket) == []


@pytest.mark.parametrize(
    ("size", "parts"), [(0, None), (8 * MIB, None), (8 * MIB + 1, 2), (16 * MIB, 2), (17 * MIB, 3)]
)
def test_whatever_fits_in_one_part_is_one_request(
    store: BlobStore, client: "S3Client", bucket: Bucket, size: int, parts: int | None
) -> None:
    key = keep(store, "a", some_bytes(size))

    etag = client.head_object(Bucket=bucket.name, Key=key)["ETag"].strip('"')

    assert (int(etag.split("-")[1]) if "-" in etag else None) == parts


def run(script: str, bucket: Bucket) -> int:
    """The exit code of a child that has `store`. A fresh interpreter: forking one that has threads is unsafe."""
    code = (
        "import os\n"
        "from vitrine.storage.s3 import S3Store\n"
        "from vitrine.storage.s3_upload import Bucket\n"
        f"store = S3Store(Bucket(name={bucket.name!r}, region='us-east-1', endpoint_url={bucket.endpoint_url!r},\n"
        f"    access_key_id={bucket.access_key_id!r},\n"
        f"    secret_access_key={bucket.secret_access_key!r}))\n"
    )
    return subprocess.run([sys.executable, "-c", code + script], check=False).returncode


def test_a_writer_that_dies_leaves_parts_for_the_sweep(
    store: BlobStore, client: "S3Client", bucket: Bucket
) -> None:
    killed = run(
        "with store.write('b', media_type='x') as file:\n"
        "    file.write(bytes(17 * 1024 * 1024)); os.kill(os.getpid(), 9)\n",
        bucket,
    )
    left = unfinished_in(client, bucket)

    swept = [store.sweep_unfinished(older_than_s=0) for _ in range(2)]

    assert (killed, left) == (-9, ["b"])
    assert swept == [1, 0]
    assert list(store.keys()) == []


def test_a_forked_worker_makes_connections_of_its_own(store: BlobStore, bucket: Bucket) -> None:
    keep(store, "a", b"chair")

    ended = run(
        "read = lambda: b''.join(store.open('a'))\n"
        "assert read() == b'chair'\n"
        "before = store._client()\n"
        "child = os.fork()\n"
        "assert read() == b'chair'\n"
        "assert (store._client() is before) == (child != 0)\n"
        "if child: os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n",
        bucket,
    )

    assert ended == 0


def test_a_worker_forked_while_another_thread_connects_is_not_held_up(
    store: BlobStore, bucket: Bucket
) -> None:
    keep(store, "a", b"chair")

    ended = run(
        "import signal, threading\n"
        "from vitrine.storage import s3\n"
        "connect, at_it, on = s3._connect, threading.Event(), threading.Event()\n"
        "def slowly(*what, **how):\n"
        "    at_it.set(); on.wait(); return connect(*what, **how)\n"
        "s3._connect = slowly\n"
        "thread = threading.Thread(target=lambda: store._client(quick=True)); thread.start()\n"
        "at_it.wait()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    signal.alarm(30); s3._connect = connect\n"
        "    os._exit(b''.join(store.open('a')) != b'chair')\n"
        "on.set(); thread.join()\n"
        "os._exit(abs(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))\n",
        bucket,
    )

    assert ended == 0


def test_a_write_that_is_swept_while_it_lives_fails(store: BlobStore) -> None:
    with pytest.raises(StoreFailed):
        write_in_steps(
            store, key_of("b"), some_bytes(17 * MIB), lambda: store.sweep_unfinished(older_than_s=0)
        )

    assert list(store.keys()) == []


def test_objects_that_no_key_names_are_not_listed(
    store: BlobStore, client: "S3Client", bucket: Bucket
) -> None:
    kept = keep(store, "models/chair.glb")
    for name in ("models/", "a b", ".hidden"):
        client.put_object(Bucket=bucket.name, Key=name, Body=b"")

    assert list(store.keys()) == [kept]


def test_parts_that_were_joined_or_forgotten_take_no_more(store: BlobStore) -> None:  # type: ignore[no-redef]  # this server's way
    """moto breaks down where S3 and rclone say NoSuchUpload."""
    for parts_id in joined_and_forgotten(store):
        with pytest.raises(StoreFailed, match="failed UploadPart"):
            put_parts(store, parts_id, b"table", 1)

    assert all_of(store, CHAIR) == b"chair"
