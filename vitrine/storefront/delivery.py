"""/files/…: a product's files, streamed from the store. What is not published is not there for strangers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_http_methods

from vitrine.catalog import files
from vitrine.catalog.signatures import Audience, Leave, is_signed
from vitrine.pipeline.packing import PACKABLE
from vitrine.pipeline.work import Format
from vitrine.storage.blobs import BadKey, Blob, BlobMissing, Key
from vitrine.storefront.encodings import takes_brotli
from vitrine.storefront.ranges import decide
from vitrine.storefront.readers import reads_unpublished

FOR_EVER = "public, max-age=31536000, immutable"
PRIVATE = "private, no-store"

_OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag, Server-Timing",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
_PACKED = {"Content-Encoding": "br", "Vary": "Accept-Encoding", "Accept-Ranges": "none"}
_PREFLIGHT = {
    **_OPEN_TO_ALL,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def file(request: HttpRequest, key: str) -> HttpResponseBase:
    """All of a file or a part of it; 404, never 403, for who may not read it."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=_PREFLIGHT)
    timing = _Timing()
    with timing.of("leave"):
        key, caching = _readable(request, key)
    with timing.of("store"):
        blob, encoding = _chosen(request, key)
    headers = {**_OPEN_TO_ALL, **encoding, "Cache-Control": caching, "Server-Timing": timing.as_field()}
    return _answer(request, blob, headers)


def _readable(request: HttpRequest, path: str) -> tuple[str, str]:
    """The key of the file that was asked for, and who may keep it: a signature alone shows nothing that was taken
    back, so the database is asked each time. Looks at the login only where that matters, so that public answers stay
    the same for everybody."""
    now = time.time()
    leave = files.key_ring().read(path, now=now)
    if leave is None and is_signed(path):
        raise Http404
    key = path if leave is None else leave.key
    owned = files.owner_of(key)
    if owned is None:
        raise Http404
    _, public = owned
    if not _may_read(request, leave, public=public):
        raise Http404
    return key, _caching(leave, now, public=public)


def _may_read(request: HttpRequest, leave: Leave | None, *, public: bool) -> bool:
    if leave is not None and leave.audience is Audience.STAFF:
        return True
    addressed = leave is not None or settings.FILE_URLS == "plain"
    return (addressed and public) or reads_unpublished(request)


def _caching(leave: Leave | None, now: float, *, public: bool) -> str:
    """No cache keeps a file for longer than its address holds."""
    if not public:
        return PRIVATE
    if leave is None:
        return FOR_EVER if settings.FILE_URLS == "plain" else PRIVATE
    return f"public, max-age={max(0, leave.expires - int(now) - 1)}, immutable"


def _chosen(request: HttpRequest, key: str) -> tuple[Blob, dict[str, str]]:
    """The file as it is, or packed for who takes that; and the fields that say which it is.

    A part is always one of the plain file: of the packed one it would be good for nothing that a browser does.
    """
    if Format(key.rpartition(".")[2]) not in PACKABLE:
        return _stored(key), {}
    asked = request.headers
    if "Range" not in asked and takes_brotli(asked.get("Accept-Encoding", "")):
        with suppress(BlobMissing):
            return files.store().stat(files.packed_key(key)), _PACKED
    return _stored(key), {"Vary": "Accept-Encoding"}


def _stored(key: str) -> Blob:
    try:
        return files.store().stat(Key(key))
    except (BlobMissing, BadKey) as error:
        raise Http404 from error


def _answer(request: HttpRequest, blob: Blob, headers: dict[str, str]) -> HttpResponseBase:
    """All, a part, or nothing new, as the request asks."""
    answer = decide(blob.size, blob.etag, method=request.method or "GET", headers=request.headers)
    headers = {**answer.headers, **headers, "Content-Disposition": "inline"}
    if answer.status == 416:
        headers["Cache-Control"] = "no-store"  # a refusal is not the file
    media_type = Format(files.plain_key(blob.key).rpartition(".")[2]).media_type
    if not answer.has_body:
        return HttpResponse(status=answer.status, content_type=media_type, headers=headers)
    pieces = files.store().open(blob.key, start=answer.start, end=answer.end)
    return StreamingHttpResponse(pieces, status=answer.status, content_type=media_type, headers=headers)


@dataclass(slots=True)
class _Timing:
    """What took how long, for the Server-Timing field: milliseconds."""

    parts: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.parts.append((name, (time.perf_counter() - began) * 1000))

    def as_field(self) -> str:
        return ", ".join(f"{name};dur={took:.1f}" for name, took in self.parts)
