"""/viewer/…: the element, model-viewer and the decoders, as `viewer/build.ts` made them."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vitrine.storage.blobs import BadKey, check_key

FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300, stale-while-revalidate=86400"

_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
}
_NAMED_BY_CONTENT = re.compile(r"-(?:\d+\.\d+\.\d+|[A-Z0-9]{8}|[0-9a-f]{10,})(?=[./]|$)")
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class Built:
    """A file of the build: `plain` as it is, `packed` with brotli when that is there and asked for."""

    content: bytes
    etag: str
    encoding: str | None


@require_safe
def viewer_file(request: HttpRequest, name: str) -> HttpResponse:
    """The file, or the one that the build's manifest gives for its plain name (`model-viewer.min.js`)."""
    path = _path_of(name)
    built = _built(path, brotli="br" in request.headers.get("Accept-Encoding", ""))
    headers = {**_HEADERS, "ETag": built.etag, "Cache-Control": FOR_EVER if is_immutable(name) else A_WHILE}
    if built.encoding:
        headers["Content-Encoding"] = built.encoding
    if built.etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(built.content, content_type=_MEDIA_TYPES[path.suffix], headers=headers)


def is_immutable(name: str) -> bool:
    """Whether the name holds a version or a hash, and so never gets other bytes."""
    return _NAMED_BY_CONTENT.search(name) is not None


def _path_of(name: str) -> Path:
    """A file inside the build, whatever was asked; Http404 for anything else."""
    root = settings.VIEWER_DIST.resolve()
    for asked in (name, _manifest(root).get(name)):
        if asked is None:
            continue
        path = _inside(root, asked)
        if path.suffix in _MEDIA_TYPES and path.is_file():
            return path
    raise Http404


def _inside(root: Path, name: str) -> Path:
    try:
        path = (root / check_key(name)).resolve()
    except BadKey as error:
        raise Http404 from error
    if not path.is_relative_to(root):
        raise Http404
    return path


def _manifest(root: Path) -> dict[str, str]:
    file = root / "manifest.json"
    if not file.is_file():
        return {}
    found: dict[str, str] = _json(file, file.stat().st_mtime_ns)
    return found


@lru_cache(maxsize=4)
def _json(file: Path, _changed_ns: int) -> Any:
    return json.loads(file.read_text())


def _built(path: Path, *, brotli: bool) -> Built:
    packed = path.with_name(path.name + ".br")
    if brotli and packed.is_file():
        return _read(packed, packed.stat().st_mtime_ns, "br")
    return _read(path, path.stat().st_mtime_ns, None)


@lru_cache(maxsize=64)
def _read(path: Path, _changed_ns: int, encoding: str | None) -> Built:
    """Kept in memory: the whole build is a few megabytes."""
    content = path.read_bytes()
    return Built(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"', encoding)
