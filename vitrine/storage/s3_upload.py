"""One object on its way into a bucket."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from vitrine.storage.blobs import Key
from vitrine.storage.pieces import written_through
from vitrine.storage.s3_faults import code_of, explained

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 8 * 1024 * 1024  # S3 takes 10,000 parts of at least 5 MiB: 78 GiB a blob
CACHE_CONTROL = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where the bucket is and how to reach it. Without keys, boto3 asks its own chain (a machine's role)."""

    name: str
    region: str | None = None
    endpoint_url: str | None = None
    upload_url: str | None = None
    """Where others put parts to, when that is not `endpoint_url`: a signature holds for one host only."""
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    connect_timeout_s: float = 5
    read_timeout_s: float = 60
    attempts: int = 4
    quick_timeout_s: float = 10
    """For an answer to what somebody waits for: that a file is there, and its first byte. Tried twice at most."""
    tags_of: Callable[[Key], Mapping[str, str]] | None = None
    """What to tag a moved object with. Not every server knows tags, and Amazon's wants a permission for them."""

    @property
    def place(self) -> str:
        return self.endpoint_url or "Amazon S3"


class Upload:
    """A single PUT while everything fits into one part, multipart from the first byte beyond.

    One part is held in memory and sent at a time. Nothing is visible before `writing` or `copy` ends well.
    """

    def __init__(self, client: "S3Client", bucket: Bucket, key: Key, media_type: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._media_type = media_type
        self._part = bytearray()
        self._parts: list[CompletedPartTypeDef] = []
        self._upload_id: str | None = None
        self.size = 0

    @contextmanager
    def writing(self) -> Iterator[BinaryIO]:
        with self.aborted_on_failure():
            with written_through(self._take) as file:
                yield file
            with explained(self._bucket.name, self._bucket.place):
                self._finish()

    @contextmanager
    def aborted_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self._upload_id is not None:
                with suppress(
                    ClientError, BotoCoreError
                ):  # the first failure is the one to tell; a sweep clears up
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket.name, Key=self._key, UploadId=self._upload_id
                    )
            raise

    def copy(self, source: Key, size: int, *, step: int) -> None:
        """From another key of the same bucket, inside S3, at most `step` bytes at once."""
        if size <= step:
            self._client.copy_object(
                Bucket=self._bucket.name,
                Key=self._key,
                CopySource={"Bucket": self._bucket.name, "Key": source},
                MetadataDirective="REPLACE",
                ContentType=self._media_type,
                CacheControl=CACHE_CONTROL,
            )
            return
        for start in range(0, size, step):
            self._copy_part(source, start, min(start + step, size))
        self._complete()

    def _copy_part(self, source: Key, start: int, end: int) -> None:
        number = len(self._parts) + 1
        answer = self._client.upload_part_copy(
            Bucket=self._bucket.name,
            Key=self._key,
            CopySource={"Bucket": self._bucket.name, "Key": source},
            CopySourceRange=f"bytes={start}-{end - 1}",
            PartNumber=number,
            UploadId=self.begun(),
        )
        self._parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})

    def _take(self, view: memoryview) -> None:
        self.size += len(view)
        while view:
            if len(self._part) == PART_BYTES:  # and there is more: only now is it sure to be a part
                with explained(self._bucket.name, self._bucket.place):
                    self._send_part()
            room = PART_BYTES - len(self._part)
            self._part += view[:room]
            view = view[room:]

    def _send_part(self) -> None:
        number = len(self._parts) + 1
        answer = self._client.upload_part(
            Bucket=self._bucket.name,
            Key=self._key,
            PartNumber=number,
            UploadId=self.begun(),
            Body=bytes(self._part),
        )
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        self._part.clear()

    def begun(self) -> str:
        """The id of the upload in parts, which begins now if it has not yet."""
        if self._upload_id is None:
            answer = self._client.create_multipart_upload(
                Bucket=self._bucket.name,
                Key=self._key,
                ContentType=self._media_type,
                CacheControl=CACHE_CONTROL,
            )
            self._upload_id = answer["UploadId"]
        return self._upload_id

    def _finish(self) -> None:
        if self._upload_id is not None:
            self._send_part()
            self._complete()
            return
        self._client.put_object(
            Bucket=self._bucket.name,
            Key=self._key,
            Body=bytes(self._part),
            ContentType=self._media_type,
            CacheControl=CACHE_CONTROL,
        )

    def _complete(self) -> None:
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket.name,
                Key=self._key,
                UploadId=self.begun(),
                MultipartUpload={"Parts": self._parts},
            )
        except ClientError as error:
            if (
                code_of(error) != "NoSuchUpload"
            ):  # a repeat whose first answer was lost: the size check will tell
                raise
