"""Blobs as objects in one bucket: Amazon S3, or whatever speaks its protocol."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO
from weakref import WeakSet

import boto3.session
from botocore.config import Config
from botocore.exceptions import ClientError

from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BadKey, Blob, BlobMissing, Key, Part, check_key
from vitrine.storage.pieces import PIECE_BYTES, Pieces, Source, all_of, no_pieces
from vitrine.storage.s3_faults import bucket_missing, code_of, explained, says_missing
from vitrine.storage.s3_upload import Bucket, Upload
from vitrine.storage.trial import try_out

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client

COPY_BYTES = (
    512 * 1024 * 1024
)  # S3 copies at most 5 GiB at once; smaller steps stay well within a read timeout

_BACK_DAYS = 7


_stores: "WeakSet[S3Store]" = WeakSet()


def _renew_locks() -> None:
    """In a process that was just forked: another thread may have held a lock, to connect, and is not here to let go.
    The parent's clients are left as they are, since their pools have such locks, too."""
    for store in _stores:
        store._lock = Lock()  # noqa: SLF001  # this module's own


os.register_at_fork(after_in_child=_renew_locks)


class S3Store:
    """A key is an object's name, from the bucket's root. Safe to share between threads and across a fork."""

    def __init__(self, bucket: Bucket, *, copy_bytes: int = COPY_BYTES) -> None:
        self._bucket = bucket
        self._copy_bytes = copy_bytes
        self._lock = Lock()
        self._connected: dict[tuple[int, str], S3Client] = {}
        _stores.add(self)

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
                if code_of(error) == "InvalidObjectState":
                    raise self._asked_back(key) from error
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

    def _asked_back(self, key: Key) -> StoreFailed:
        """A lifecycle rule sent it to an archive. It stays in reach for some days after it has come back."""
        try:
            self._client(quick=True).restore_object(
                Bucket=self._bucket.name,
                Key=key,
                RestoreRequest={"Days": _BACK_DAYS, "GlacierJobParameters": {"Tier": "Standard"}},
            )
        except ClientError as error:
            if code_of(error) != "RestoreAlreadyInProgress":
                raise
        return StoreFailed(
            f"{key} lies in an archive of {self._bucket.place} and was asked back. That takes up to 5 hours, from an "
            f"archive of the deepest kind up to 12; then it is in reach for {_BACK_DAYS} days. Try again later."
        )

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
            # Within: an answer that was cut in the middle of its head comes without them.
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
        self._tag(target)
        self.delete(source)
        return blob

    def _tag(self, key: Key) -> None:
        if self._bucket.tags_of is not None and (tags := self._bucket.tags_of(key)):
            with self._explained():
                self._client().put_object_tagging(
                    Bucket=self._bucket.name,
                    Key=key,
                    Tagging={"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]},
                )

    def keys(self, prefix: str = "") -> Iterator[Key]:
        with self._explained():
            pages = (
                self._client()
                .get_paginator("list_objects_v2")
                .paginate(Bucket=self._bucket.name, Prefix=prefix)
            )
            for page in pages:
                _ = page["Name"]  # an answer without its body would say that nothing is there
                names = (item["Key"] for item in page.get("Contents", []))
                # Asked for "/", rclone lists all.
                yield from _keys_in(name for name in names if name.startswith(prefix))

    def begin_parts(self, key: Key, *, media_type: str) -> str:
        upload = Upload(self._client(), self._bucket, check_key(key), media_type)
        with self._explained():
            return upload.begun()

    def put_part(self, key: Key, parts_id: str, number: int, source: Source) -> Part:
        content = all_of(source)  # a part fits into memory, and seldom comes this way
        with self._parts_explained(key):
            self._client().upload_part(
                Bucket=self._bucket.name, Key=key, UploadId=parts_id, PartNumber=number, Body=content
            )
        return Part(number=number, size=len(content))

    def url_to_put_part(self, key: Key, parts_id: str, number: int, *, size: int, life_s: int) -> str | None:
        """Its length is signed as well: S3 takes no other."""
        named = {"Bucket": self._bucket.name, "Key": check_key(key), "UploadId": parts_id}
        with self._explained():
            return self._signer().generate_presigned_url(
                "upload_part",
                Params={**named, "PartNumber": number, "ContentLength": size},
                ExpiresIn=life_s,
            )

    def parts(self, key: Key, parts_id: str) -> list[Part]:
        return [
            Part(number=number, size=size) for number, (size, _) in self._arrived_parts(key, parts_id).items()
        ]

    def join_parts(self, key: Key, parts_id: str, *, count: int) -> Blob:
        try:
            there = self._arrived_parts(key, parts_id)
        except BlobMissing:
            return self.stat(key)
        if not set(range(1, count + 1)) <= there.keys():
            raise BlobMissing(key)
        named = {number: etag for number, (_, etag) in there.items() if number <= count}
        try:
            with self._parts_explained(key):
                self._client().complete_multipart_upload(
                    Bucket=self._bucket.name,
                    Key=key,
                    UploadId=parts_id,
                    MultipartUpload={
                        "Parts": [{"PartNumber": number, "ETag": etag} for number, etag in named.items()]
                    },
                )
        except BlobMissing:  # joined from another side meanwhile, or the first answer was lost
            return self.stat(key)
        return self._joined(key, sum(there[number][0] for number in named))

    def _joined(self, key: Key, size: int) -> Blob:
        """Never deleted, whatever is told of it: the parts are gone, and no other copy is left."""
        try:
            blob = self.stat(key)
        except BlobMissing as error:
            raise StoreFailed(
                f"{self._bucket.place} joined {key} but does not have it. Try again."
            ) from error
        if blob.size != size:
            raise StoreFailed(f"{self._bucket.place} tells {blob.size} of {key}'s {size} bytes. Try again.")
        return blob

    def forget_parts(self, key: Key, parts_id: str) -> None:
        with suppress(BlobMissing), self._parts_explained(key):
            self._client().abort_multipart_upload(Bucket=self._bucket.name, Key=key, UploadId=parts_id)

    def _arrived_parts(self, key: Key, parts_id: str) -> dict[int, tuple[int, str]]:
        """Size and etag by number."""
        with self._parts_explained(key):
            pages = (
                self._client()
                .get_paginator("list_parts")
                .paginate(Bucket=self._bucket.name, Key=check_key(key), UploadId=parts_id)
            )
            found: dict[int, tuple[int, str]] = {}
            for page in pages:
                _ = page["UploadId"]  # an answer without its body would say that none has arrived
                found |= {part["PartNumber"]: (part["Size"], part["ETag"]) for part in page.get("Parts", [])}
            return found

    @contextmanager
    def _parts_explained(self, key: Key) -> Iterator[None]:
        with self._explained():
            try:
                yield
            except ClientError as error:
                if code_of(error) == "NoSuchUpload":
                    raise BlobMissing(key) from error
                raise

    def sweep_unfinished(self, *, older_than_s: float) -> int:
        oldest = datetime.now(UTC) - timedelta(seconds=older_than_s)
        swept = 0
        with self._explained():
            for key, upload_id, begun in self._unfinished():
                if begun <= oldest:
                    self._client().abort_multipart_upload(
                        Bucket=self._bucket.name, Key=key, UploadId=upload_id
                    )
                    swept += 1
        return swept

    def _unfinished(self) -> list[tuple[str, str, datetime]]:
        """Key, id and beginning of each upload in parts that has not ended."""
        pages = self._client().get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket.name)
        try:
            return [
                (begun["Key"], begun["UploadId"], begun["Initiated"])
                for page in pages
                for begun in page.get("Uploads", [])
            ]
        except ClientError as error:
            if code_of(error) == "NoSuchUpload":  # so rclone says that there are none
                return []
            raise

    def check(self) -> None:
        try_out(self)

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self._bucket.name, self._bucket.place)

    def _signer(self) -> "S3Client":
        """Signs addresses for others, who may know the bucket by another one; nothing is sent by it."""
        outside = self._bucket.upload_url or self._bucket.endpoint_url
        return self._one("signer", lambda: _connect(replace(self._bucket, endpoint_url=outside), quick=False))

    def _client(self, *, quick: bool = False) -> "S3Client":
        return self._one("quick" if quick else "patient", lambda: _connect(self._bucket, quick=quick))

    def _one(self, what: str, connect: "Callable[[], S3Client]") -> "S3Client":
        """One a process: threads may share it, but a fork's two sides must not share its connections."""
        mine = (os.getpid(), what)
        with self._lock:
            if mine not in self._connected:
                with self._explained():
                    self._connected[mine] = connect()
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
