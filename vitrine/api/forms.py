"""A model file in a form: streamed into the store while it comes, never on our own disk or whole in memory."""

import hashlib
from contextlib import AbstractContextManager
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from vitrine.access.roles import Action
from vitrine.api.authentication import caller, calling
from vitrine.api.shapes import ModelForm, ProductForm, VersionForm
from vitrine.catalog import files
from vitrine.errors import Fault, InvalidRequest, NotAllowed, Refused, TooLarge
from vitrine.pipeline.formats import HEAD_BYTES, sniff
from vitrine.processing import uploads
from vitrine.processing.intake import Arrived
from vitrine.processing.models import Upload

_FORM_BYTES = 2_000_000  # what a form may hold around its file


class VersionOrder(VersionForm):
    """A VersionForm as JSON, of an upload that is complete."""

    model_file = None  # type: ignore[assignment]  # DRF's way of leaving a field out


class ProductOrder(ProductForm):
    """A ProductForm as JSON, of an upload that is complete."""

    model_file = None  # type: ignore[assignment]  # DRF's way of leaving a field out


class StoredFile(UploadedFile):  # type: ignore[type-arg]  # generic only in its stubs
    """A file of a form that lies in the store already. Closing it, as Django does when the request ends in
    whatever way, forgets the bytes that nothing was made of."""

    def __init__(self, upload: Upload, name: str, size: int, sha256: str, head: bytes) -> None:
        super().__init__(name=name, size=size)
        self.upload, self.sha256, self.head = upload, sha256, head

    def close(self) -> None:
        if (
            self.upload.pk is not None and not self.upload.kept_key
        ):  # else a product has them, or upkeep looks after them
            files.store().delete(files.incoming_key(self.upload.pk))
            self.upload.delete()


class StreamToStore(FileUploadHandler):
    """Django's upload handler for `model_file`. Refuses while it streams; what came until then is forgotten."""

    chunk_size = 1024 * 1024

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._writing: AbstractContextManager[BinaryIO] | None = None

    def handle_raw_input(
        self,
        input_data: object,
        META: dict[str, str],  # noqa: N803  # Django's name for it
        content_length: int,
        *args: object,
        **kwargs: object,
    ) -> None:
        if content_length > settings.MAX_UPLOAD_BYTES + _FORM_BYTES:
            raise too_large(content_length)

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, handed through
        caller = calling(self.request) if self.request is not None else None
        if caller is None or not caller.may(Action.WRITE):
            # The check of a session's CSRF token reads the form before anybody has asked what the caller may do.
            raise NotAllowed("Only editors and admins may upload.")
        self._upload = Upload.begin(caller.person)
        self._digest, self._size, self._head = hashlib.sha256(), 0, b""
        self._writing = files.store().write(
            files.incoming_key(self._upload.pk), media_type="application/octet-stream"
        )
        self._file = self._writing.__enter__()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > settings.MAX_UPLOAD_BYTES:
            error = too_large(self._size)
            self._forget(error)
            raise error
        self._digest.update(raw_data)
        self._head += raw_data[: max(0, HEAD_BYTES - len(self._head))]
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> StoredFile:
        assert self._writing is not None, "a file that is complete was begun"
        writing, self._writing = self._writing, None
        writing.__exit__(None, None, None)
        return StoredFile(
            self._upload, self.file_name or "", self._size, self._digest.hexdigest(), self._head
        )

    def upload_complete(self) -> None:
        """Servers end a body early, without an error, when its sender goes away: what stood after the file is lost."""
        body: Any = getattr(self.request, "_stream", None)
        came = getattr(body, "_pos", None)  # Django counts, but does not tell
        if isinstance(body, LimitedStream) and came is not None and came < body.limit:
            raise InvalidRequest(
                f"Only {came:,} of the {body.limit:,} bytes of this form came. Send it again."
            )

    def upload_interrupted(self) -> None:
        self._forget(ConnectionError("the sender went away"))

    def _forget(self, error: Exception) -> None:
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.__exit__(type(error), error, None)
            self._upload.delete()


def read_form(request: Request, shape: type[ModelForm]) -> tuple[dict[str, Any], Arrived]:
    """The form's fields, checked, and its model file, wholly stored. A refusal forgets what came."""
    try:
        form = shape(data=request.data)
        form.is_valid(raise_exception=True)
        return form.validated_data, _arrived(request, form.validated_data.get("upload_id"))
    except (Refused, ValidationError):
        _forget_files(request)
        raise


def _arrived(request: Request, upload_id: UUID | None) -> Arrived:
    sent = request.FILES.get("model_file")
    if upload_id is not None:
        user = caller(request)
        assert user is not None, "only people with a login may write"
        if sent is not None:
            raise _missing("Send either `model_file` or `upload_id`, not both.")
        return uploads.arrived(upload_id, by=user)
    if not isinstance(sent, StoredFile):
        raise _missing(
            "Send the model as the form's file field `model_file`, or name a complete `upload_id`."
        )
    if sent.size == 0:
        raise _missing(f"The file {sent.name!r} is empty (0 bytes).")
    found = sniff(sent.head, sent.name or "", converts=settings.PIPELINE.converts)
    return Arrived(upload=sent.upload, size=sent.size or 0, sha256=sent.sha256, format=found)


def _forget_files(request: Request) -> None:
    for sent in request.FILES.values():
        if isinstance(sent, StoredFile):
            sent.close()


def too_large(size: int) -> TooLarge:
    limit = settings.MAX_UPLOAD_BYTES
    return TooLarge(
        f"The file is larger than {limit:,} bytes (at least {size:,} were sent). The limit is MAX_UPLOAD_BYTES."
    )


def _missing(detail: str) -> InvalidRequest:
    return InvalidRequest(detail, faults=[Fault("/model_file", detail)])
