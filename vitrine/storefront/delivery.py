"""/files/…: a product's files, streamed from the store. What is not published is not there for strangers."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_http_methods

from vitrine.catalog import files
from vitrine.pipeline.work import Format
from vitrine.storage.blobs import BadKey, Blob, BlobMissing, Key
from vitrine.storefront.ranges import decide
from vitrine.storefront.readers import reads_unpublished

FOR_EVER = "public, max-age=31536000, immutable"
PRIVATE = "private, no-store"

_OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
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
    public = _readable(request, key)
    return _answer(request, _stored(key), {**_OPEN_TO_ALL, "Cache-Control": FOR_EVER if public else PRIVATE})


def _readable(request: HttpRequest, key: str) -> bool:
    """Whether strangers may read it too. Looks at the login only where that matters, so that public answers
    stay the same for everybody."""
    owned = files.owner_of(key)
    if owned is None:
        raise Http404
    _, public = owned
    if not public and not reads_unpublished(request):
        raise Http404
    return public


def _stored(key: str) -> Blob:
    try:
        return files.store().stat(Key(key))
    except (BlobMissing, BadKey) as error:
        raise Http404 from error


def _answer(request: HttpRequest, blob: Blob, headers: dict[str, str]) -> HttpResponseBase:
    """All, a part, or nothing new, as the request asks."""
    answer = decide(blob.size, blob.etag, method=request.method or "GET", headers=request.headers)
    headers = {**headers, **answer.headers, "Content-Disposition": "inline"}
    if answer.status == 416:
        headers["Cache-Control"] = "no-store"  # a refusal is not the file
    media_type = Format(blob.key.rpartition(".")[2]).media_type
    if not answer.has_body:
        return HttpResponse(status=answer.status, content_type=media_type, headers=headers)
    pieces = files.store().open(blob.key, start=answer.start, end=answer.end)
    return StreamingHttpResponse(pieces, status=answer.status, content_type=media_type, headers=headers)
