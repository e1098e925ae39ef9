"""How answers are sent: who may keep them, and what they are called (ETag)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.cache import patch_vary_headers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

PUBLIC = "public, max-age=30, stale-while-revalidate=300"
PRIVATE = "private, no-store"


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
    asked = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    same = request.method in {"GET", "HEAD"} and (etag in asked or "*" in asked)
    response = Response(None if same else shape, status=304 if same else status)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = PUBLIC if public else PRIVATE
    if public:
        response.headers["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Authorization", "Cookie"])
    return response
