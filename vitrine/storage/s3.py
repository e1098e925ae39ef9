"""Blobs as objects in one bucket: Amazon S3, or whatever speaks its protocol."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

import boto3.session
from botocore.config import Config
from botocore.exceptions import ClientError

from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BadKey, Blob, BlobMissing, Key, check_key
from vitrine.storage.pieces import PIECE_BYTES, Pieces, no_pieces
from vitrine.storage.s3_faults import bucket_missing, code_of, explained, says_missing
from vitrine.storage.s3_upload import Bucket, Upload
from vitrine.storage.trial import try_out

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client

COPY_BYTES = (
    512 * 1024 * 1024
)  # S3 copies at most 5 GiB at once; smaller steps stay well within a read timeout


class S3Store:
    """A key is an object's name, from the bucket's root. Safe to share between threads and across a fork."""

    def __init__(self, bucket: Bucket, *, copy_bytes: int = COPY_BYTES) -> None:
        self._bucket = bucket
        self._copy_bytes = copy_bytes
        self._lock = Lock()
        self._connected: dict[tuple[int, bool], S3Client] = {}

    def put(self, key: Key, source: BinaryIO, *, media_type: str) -> Blob:
        upload = Upload(self._client(), self._bucket, check_key(key), media_type)
        with upload.writing() as file:
            shutil.copyfileobj(source, file, PIECE_BYTES)
        return self._arrived(key, upload.size)

    def write(self, key: Key, *, media_type: str) -> AbstractContextManager[BinaryIO]:
        return self._writing(check_key(key), media_type)

    @contextmanager
    def _writing(self, key: Key, media_type: str) -> Iterator[BinaryIO]:
        upload = Upload(self._client(), self._bucket, key, media_type)
        with upload.writing() as file:
            yield file
        self._arrived(key, upload.size)

    def _arrived(self, key: Key, size: int) -> Blob:
        """No server can be trusted to refuse a broken upload by itself: ask what it has now."""
        try:
            blob = self.stat(key)
        except BlobMissing as error:
            raise StoreFailed(f"{self._bucket.place} took {key} but does not have it. Try again.") from error
        if blob.size != size:
            self.delete(key)
            raise StoreFailed(
                f"{self._bucket.place} kept {blob.size} of {key}'s {size} bytes; deleted again. Try again."
            )
        return blob

    def open(self, key: Key, *, start: int = 0, end: int | None = None) -> Pieces:
        check_key(key)
        if start < 0:
            raise ValueError(f"start must not be negative; it is {start}")
        if end is not None and end <= start:
            self.stat(key)
            return no_pieces()
        span = f"bytes={start}-{'' if end is None else end - 1}"
        with self._explained():
            try:
                answer = self._client(quick=True).get_object(Bucket=self._bucket.name, Key=key, Range=span)
            except ClientError as error:
                if code_of(error) == "InvalidRange":  # begins beyond the end
                    return no_pieces()
                if says_missing(error):
                    raise BlobMissing(key) from error
                raise
        body, length = answer["Body"], answer["ContentLength"]

        def read(most: int) -> bytes:
            with self._explained():
                return body.read(most)

        told = answer.get("ContentRange") or "bytes 0-"
        if not told.startswith(f"bytes {start}-") or (end is not None and length > end - start):
            body.close()
            raise StoreFailed(
                f"{self._bucket.place} does not answer range requests (asked {span}). Use another."
            )
        return Pieces(read, body.close, length=length)

    def stat(self, key: Key) -> Blob:
        check_key(key)
        with self._explained():
            try:
                answer = self._client(quick=True).head_object(Bucket=self._bucket.name, Key=key)
            except ClientError as error:
                if not says_missing(error):
                    raise
                self._expect_bucket()
                raise BlobMissing(key) from error
        return Blob(key=key, size=answer["ContentLength"], etag=answer["ETag"].strip('"'))

    def _expect_bucket(self) -> None:
        """A HEAD's 404 does not say which of the two is missing."""
        try:
            self._client(quick=True).head_bucket(Bucket=self._bucket.name)
        except ClientError as error:
            if says_missing(error):
                raise StoreFailed(bucket_missing(self._bucket.name, self._bucket.place)) from error

    def delete(self, key: Key) -> None:
        check_key(key)
        with self._explained():
            self._client().delete_object(Bucket=self._bucket.name, Key=key)

    def move(self, source: Key, target: Key, *, media_type: str) -> Blob:
        """S3 has no rename: a copy inside the bucket, checked, then a delete."""
        check_key(target)
        try:
            before = self.stat(source)
        except BlobMissing as missing:
            try:
                return self.stat(target)
            except BlobMissing:
                raise missing from None
        if source == target:
            return before
        upload = Upload(self._client(), self._bucket, target, media_type)
        with self._explained(), upload.aborted_on_failure():
            upload.copy(source, before.size, step=self._copy_bytes)
        blob = self._arrived(target, before.size)
        self.delete(source)
        return blob

    def keys(self, prefix: str = "") -> Iterator[Key]:
        with self._explained():
            pages = (
                self._client()
                .get_paginator("list_objects_v2")
                .paginate(Bucket=self._bucket.name, Prefix=prefix)
            )
            for page in pages:
                yield from _keys_in(item["Key"] for item in page.get("Contents", []))

    def sweep_unfinished(self, *, older_than_s: float) -> int:
        oldest = datetime.now(UTC) - timedelta(seconds=older_than_s)
        swept = 0
        with self._explained():
            client = self._client()
            pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket.name)
            for page in pages:
                for begun in page.get("Uploads", []):
                    if begun["Initiated"] <= oldest:
                        client.abort_multipart_upload(
                            Bucket=self._bucket.name, Key=begun["Key"], UploadId=begun["UploadId"]
                        )
                        swept += 1
        return swept

    def check(self) -> None:
        try_out(self)

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self._bucket.name, self._bucket.place)

    def _client(self, *, quick: bool = False) -> "S3Client":
        """One a process: threads may share it, but a fork's two sides must not share its connections."""
        mine = (os.getpid(), quick)
        with self._lock:
            if mine not in self._connected:
                with self._explained():
                    self._connected[mine] = _connect(self._bucket, quick=quick)
            return self._connected[mine]


def _connect(bucket: Bucket, *, quick: bool) -> "S3Client":
    if (bucket.access_key_id is None) != (bucket.secret_access_key is None):  # boto3 would look elsewhere
        raise StoreFailed("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY both, or neither to use a role.")
    session = boto3.session.Session(
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=bucket.secret_access_key,
        aws_session_token=bucket.session_token,
        region_name=bucket.region,
    )
    config = Config(
        signature_version="s3v4",  # or us-east-1 gets links signed the old way
        connect_timeout=bucket.connect_timeout_s,
        read_timeout=min(bucket.read_timeout_s, bucket.quick_timeout_s) if quick else bucket.read_timeout_s,
        retries={
            "mode": "standard",  # waits grow, with jitter
            "total_max_attempts": min(2, bucket.attempts) if quick else bucket.attempts,
        },
        request_checksum_calculation="when_required",  # other servers do not know the newer ones
        response_checksum_validation="when_required",
        tcp_keepalive=True,
        max_pool_connections=64,
        s3={"addressing_style": "path" if bucket.endpoint_url else "auto"},
    )
    return session.client("s3", endpoint_url=bucket.endpoint_url, config=config)


def _keys_in(names: Iterable[str]) -> Iterator[Key]:
    """Objects of others, with names that are no keys of ours, are passed over."""
    for name in names:
        with suppress(BadKey):
            yield check_key(name)
