"""How static files and pages travel: packed, as far as whoever asks can unpack them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from vitrine.pipeline.engine import Engine
from vitrine.pipeline.packing import pack

_NOT_OURS = ("drf_spectacular_sidecar/", "rest_framework/")
"""Megabytes that only readers of the API's pages ask for: gzip will do."""


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it comes without types
    """WhiteNoise packs with gzip, and serves a `.br` beside a file; these are made by the engine."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        names = sorted(paths)
        yield from super().compress_files(names)
        ours = {Path(self.path(name)): name for name in names if not name.startswith(_NOT_OURS)}
        with TemporaryDirectory(prefix="vitrine-static-") as folder:
            for plain, packed in pack(Engine(), ours, folder=Path(folder)).items():
                Path(f"{plain}.br").write_bytes(packed.read_bytes())
                yield ours[plain], f"{ours[plain]}.br"


class PackedPages(GZipMiddleware):
    """Pages only: files are packed once, streams must not wait. Django adds some random bytes, and masks the CSRF
    token, so that the size of a page tells nothing of what is secret in it (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page:
            return response
        return super().process_response(request, response)
