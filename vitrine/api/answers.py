"""How answers are sent: who may keep them, and what they are called (ETag)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from vitrine.access.addresses import HasMeta

PUBLIC = "public, max-age=30, stale-while-revalidate=300"
PRIVATE = "private, no-store"


def private(shape: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """For the caller alone, and for no cache."""
    return Response(shape, status=status, headers={"Cache-Control": PRIVATE, **(headers or {})})


def tagged(
    request: Request,
    shape: Mapping[str, Any],
    *,
    status: int = 200,
    public: bool = False,
    etag: str | None = None,
) -> Response:
    """An answer with a strong ETag, over its body where none is given; 304 when the caller has it already
    (RFC 9110, 13.1.2)."""
    etag = etag or '"' + hashlib.sha256(JSONRenderer().render(shape)).hexdigest()[:32] + '"'
    same = request.method in {"GET", "HEAD"} and has(request, etag)
    response = Response(None if same else shape, status=304 if same else status)
    manners(response, etag, public=public)
    return response


def has(request: HasMeta, etag: str) -> bool:
    """Whether the caller says that this is the answer it has."""
    said = request.META.get("HTTP_IF_NONE_MATCH")
    if said is None:
        return False
    asked = {one.strip().removeprefix("W/") for one in said.split(",")}
    return etag in asked or "*" in asked


def manners(response: HttpResponse, etag: str, *, public: bool) -> None:
    """The headers of an answer that has an ETag."""
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = PUBLIC if public else PRIVATE
    if public:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Timing-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Authorization", "Cookie"])
