"""/api/uploads/: files that come in parts, in any order, and go on after whatever broke."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import UnreadablePostError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.fields import Words
from vitrine.api.products import writer
from vitrine.api.repeats import repeatable
from vitrine.api.shapes import base_url
from vitrine.errors import ChecksumMismatch, InvalidRequest, TooLarge
from vitrine.pipeline.formats import extensions
from vitrine.pipeline.work import Format
from vitrine.processing import uploads
from vitrine.processing.models import Upload

_PIECE_BYTES = 64 * 1024  # a web server hands over what is asked for in one piece of memory
_SHA256 = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


class UploadFields(serializers.Serializer[Any]):
    """`name` is the file's, `size` in bytes. With `sha256` (of all of it, in hexadecimal) the whole is checked."""

    name = Words(max_length=255)
    size = serializers.IntegerField(min_value=1, max_value=2**53)
    sha256 = serializers.RegexField(r"^[0-9A-Fa-f]{64}$", required=False)


class PartOut(serializers.Serializer[Any]):
    """PUT the bytes from `offset`, `size` of them, to `url`; it is null for a part that has arrived."""

    number = serializers.IntegerField()
    offset = serializers.IntegerField()
    size = serializers.IntegerField()
    received = serializers.BooleanField()
    url = serializers.URLField(allow_null=True)


class UploadOut(serializers.Serializer[Any]):
    """`direct`: the parts' addresses lead past us to the store, and hold their own leave for an hour: send no login
    there. `sha256` and `format` are null until it is complete."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["open", "complete"])
    sha256 = serializers.CharField(allow_null=True)
    format = serializers.ChoiceField(choices=[one.value for one in Format], allow_null=True)
    part_size = serializers.IntegerField()
    direct = serializers.BooleanField()
    expires_at = serializers.DateTimeField()
    parts = PartOut(many=True)


class UploadLimitsOut(serializers.Serializer[Any]):
    """What may be sent, to be known before it is: the bytes of one file, and the ends of the names that are taken."""

    max_bytes = serializers.IntegerField()
    extensions = serializers.ListField(child=serializers.CharField())


class PutOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    size = serializers.IntegerField()


class Uploads(APIView):
    @extend_schema(operation_id="read_upload_limits", responses=UploadLimitsOut)
    def get(self, request: Request) -> Response:
        taken = extensions(converts=settings.PIPELINE.converts)
        shape = {"max_bytes": settings.MAX_UPLOAD_BYTES, "extensions": list(taken)}
        return private(shape)

    @extend_schema(operation_id="create_upload", request=UploadFields, responses={201: UploadOut})
    @repeatable
    def post(self, request: Request) -> Response:
        fields = UploadFields(data=request.data)
        fields.is_valid(raise_exception=True)
        said = fields.validated_data
        sha256 = said.get("sha256", "").lower()
        upload = uploads.begin(said["name"], said["size"], sha256=sha256, by=writer(request))
        shape = upload_shape(upload, base_url(request))
        location = f"{base_url(request)}/api/uploads/{upload.pk}/"
        return private(shape, status=201, headers={"Location": location})


class OneUpload(APIView):
    @extend_schema(operation_id="read_upload", responses=UploadOut)
    def get(self, request: Request, upload_id: UUID) -> Response:
        upload = uploads.find(upload_id, by=writer(request))
        return private(upload_shape(upload, base_url(request)))

    @extend_schema(operation_id="delete_upload", responses={204: None})
    def delete(self, request: Request, upload_id: UUID) -> Response:
        uploads.give_up(uploads.find(upload_id, by=writer(request)))
        return Response(status=204)


class OnePart(APIView):
    @extend_schema(
        operation_id="put_part",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=PutOut,
        parameters=[
            OpenApiParameter(name, str, OpenApiParameter.HEADER, description=said)
            for name, said in (
                ("Content-Digest", "`sha-256=:…:` of this part (RFC 9530)."),
                ("Content-MD5", "The MD5 of this part in base64; S3 checks it too."),
            )
        ],
    )
    def put(self, request: Request, upload_id: UUID, number: int) -> Response:
        upload = uploads.find(upload_id, by=writer(request))
        size = uploads.size_of_part(upload, number)
        uploads.put_part(upload, number, PartBody(request, number, size))
        return private({"number": number, "size": size})


class Complete(APIView):
    @extend_schema(operation_id="complete_upload", request=None, responses=UploadOut)
    def post(self, request: Request, upload_id: UUID) -> Response:
        upload = uploads.complete(uploads.find(upload_id, by=writer(request)))
        return private(upload_shape(upload, base_url(request)))


def upload_shape(upload: Upload, base: str) -> Mapping[str, Any]:
    places = uploads.places(upload)
    here = f"{base}/api/uploads/{upload.pk}/parts"
    return {
        "id": str(upload.pk),
        "name": upload.name,
        "size": upload.size,
        "status": "complete" if upload.complete else "open",
        "sha256": upload.sha256 or None,
        "format": upload.format or None,
        "part_size": upload.part_size,
        "direct": any(place.url for place in places),
        "expires_at": upload.expires_at,
        "parts": [
            {
                "number": place.number,
                "offset": place.offset,
                "size": place.size,
                "received": place.received,
                "url": None if place.received else place.url or f"{here}/{place.number}",
            }
            for place in places
        ],
    }


class PartBody:
    """A request's body as it comes, which gives exactly the bytes of its part or raises: nothing else is kept."""

    def __init__(self, request: Request, number: int, size: int) -> None:
        self._left, self._number, self._size = size, number, size
        self._expected = _digests(request.headers)
        self._digests = {name: hashlib.new(name, usedforsecurity=False) for name in self._expected}
        self._check_length(request.META.get("CONTENT_LENGTH") or "")
        self._body = request.stream

    def read(self, size: int, /) -> bytes:
        try:
            piece: bytes = self._body.read(min(size, _PIECE_BYTES, self._left))
        except UnreadablePostError:
            piece = b""
        if not piece:
            self._check_whole()
        self._left -= len(piece)
        for digest in self._digests.values():
            digest.update(piece)
        return piece

    def _check_length(self, told: str) -> None:
        if not told.isdecimal():
            raise InvalidRequest(f"Say in Content-Length that part {self._number} has {self._size:,} bytes.")
        if int(told) > self._size:
            raise TooLarge(f"Part {self._number} has {self._size:,} bytes; {int(told):,} were announced.")
        if int(told) < self._size:
            raise InvalidRequest(
                f"Part {self._number} has {self._size:,} bytes; only {int(told):,} were announced."
            )

    def _check_whole(self) -> None:
        if self._left:
            came = self._size - self._left
            raise InvalidRequest(
                f"Only {came:,} of the {self._size:,} bytes of part {self._number} came. Send it again."
            )
        for name, digest in self._digests.items():
            if digest.digest() != self._expected[name]:
                raise ChecksumMismatch(f"Part {self._number} came with another {name}. Send it again.")


def _digests(headers: Mapping[str, str]) -> dict[str, bytes]:
    """What the sender says of the part, by hash. What cannot be read is refused: it was meant to be checked."""
    said = {}
    try:
        if "Content-MD5" in headers:
            said["md5"] = base64.b64decode(headers["Content-MD5"], validate=True)
        if found := _SHA256.search(headers.get("Content-Digest", "")):
            said["sha256"] = base64.b64decode(found[1], validate=True)
    except binascii.Error as error:
        raise InvalidRequest("Content-MD5 and Content-Digest hold base64; this does not.") from error
    return said
