"""A small web server on 127.0.0.1: the built element, one product, its files, and pages that show it."""

import io
import json
import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from PIL import Image

from tests.viewer.models import GREEN, RED, a_slab

DIST = Path(__file__).parents[2] / "viewer" / "dist"
PRODUCT_ID = "5f0f4a52-3d6c-4d50-9d34-0a4c0a6f7a11"
BLUE = (0, 0, 255)

# What a careful shop allows; model-viewer needs each part (its one inline style by hash).
STRICT_CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'sha256-PXtZZkJMMyc18o/DN1ZEFOJ2qEGq95IQbVaJFMOXOb0='; img-src 'self'; "
    "connect-src 'self' blob:; worker-src blob:; base-uri 'none'; object-src 'none'"
)


@dataclass
class Shop:
    """What the server hands out; tests change it.

    `held` paths wait for their event, `dropped` get no answer, `halved` break off half-way, at their event.
    """

    product: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    element: str = f'<vitrine-viewer product="{PRODUCT_ID}"></vitrine-viewer>'
    script_origin: str = ""
    head: str = ""
    csp: str | None = None
    cached: bool = False
    """Whether browsers may keep the files, and are told how the files came."""
    held: dict[str, threading.Event] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    halved: dict[str, threading.Event] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    batches: list[dict[str, Any]] = field(default_factory=list)
    """What the element told to /api/events/, each with the headers it came with."""
    address: str = ""

    def hold(self, path: str) -> threading.Event:
        self.held[path] = threading.Event()
        return self.held[path]

    def halve(self, path: str) -> threading.Event:
        self.halved[path] = threading.Event()
        return self.halved[path]

    def page(self) -> bytes:
        return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Slab</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">{self.head}
<link rel="stylesheet" href="/page.css">
<script type="module" src="{self.script_origin}/viewer/vitrine-viewer.js"></script></head>
<body>{self.element}<p id="after">after</p></body></html>""".encode()


def a_poster() -> bytes:
    """A blue square: no model is blue."""
    out = io.BytesIO()
    Image.new("RGB", (256, 256), BLUE).save(out, "WEBP", lossless=True)
    return out.getvalue()


def a_shop(address: str, **product: Any) -> Shop:
    """One published product: blue poster, red preview, green full models."""
    files = {
        "/files/poster.webp": a_poster(),
        "/files/preview.glb": a_slab(RED),
        "/files/web.glb": a_slab(GREEN, padding=200_000),
        "/files/mobile.glb": a_slab(GREEN, padding=100_000),
        "/files/android.glb": a_slab(GREEN),
        "/files/ios.usdz": b"a usdz",
        "/page.css": b"body{margin:0} vitrine-viewer{width:400px;max-width:100%;--vitrine-radius:0}",
    }
    variants = {
        path.removeprefix("/files/").split(".")[0]: {
            "url": address + path,
            "format": path.rsplit(".", 1)[1],
            "size": len(content),
            "triangles": 12,
            "proof": None,
        }
        for path, content in files.items()
        if path.startswith("/files/")
    }
    whole: dict[str, Any] = {
        "id": PRODUCT_ID,
        "name": "Slab",
        "alt": "An upright slab",
        "model_3d_url": f"{address}/files/android.glb",
        "format": "glb",
        "size": len(files["/files/android.glb"]),
        "ar_enabled": True,
        "dimensions_m": [0.6, 1.0, 0.2],
        "status": "ready",
        "published": True,
        "variants": variants,
        "metadata": {},
    }
    return Shop(product=whole | product, files=files, address=address)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    shop: Shop

    def handle_error(self, *_: object) -> None:
        """A browser that goes away in the middle of an answer is no news."""


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        shop = cast("_Server", self.server).shop
        path = self.path.split("?")[0]
        shop.asked.append(path)
        if path in shop.held:
            shop.held[path].wait(timeout=30)
        if path in shop.dropped:
            self.close_connection = True
            return
        found = self._find(shop, path)
        content = found if found is not None else b"nothing here"
        self.send_response(200 if found is not None else 404)
        self.send_header("Content-Type", self._media_type(path))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Access-Control-Allow-Origin", "*")
        cached = shop.cached and path.startswith("/files/")
        self.send_header("Cache-Control", "max-age=600" if cached else "no-store")
        if cached:
            self.send_header("Server-Timing", 'cdn;dur=4.2;desc="HIT from edge"')
        if shop.csp and path == "/":
            self.send_header("Content-Security-Policy", shop.csp)
        self.end_headers()
        broken = shop.halved.pop(path, None)
        if broken:
            self.wfile.write(content[: len(content) // 2])
            broken.wait(timeout=30)
            self.close_connection = True
            return
        self.wfile.write(content)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/events/":
            cast("_Server", self.server).shop.batches.append(
                {"headers": dict(self.headers), "batch": json.loads(body)}
            )
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    @staticmethod
    def _find(shop: Shop, path: str) -> bytes | None:
        name = path.removeprefix("/viewer/")
        built = DIST / str(json.loads((DIST / "manifest.json").read_text()).get(name, name))
        answers: dict[str, Callable[[], bytes]] = {
            "/": shop.page,
            f"/api/assets/3d/{PRODUCT_ID}/": lambda: json.dumps(shop.product).encode(),
        }
        if path in answers:
            return answers[path]()
        if path.startswith("/viewer/") and built.is_file():
            return built.read_bytes()
        return shop.files.get(path)

    @staticmethod
    def _media_type(path: str) -> str:
        if path == "/":
            return "text/html; charset=utf-8"
        return mimetypes.guess_type(path)[0] or "application/octet-stream"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Quiet: a test that fails says what it saw."""


@contextmanager
def serving() -> Iterator[Shop]:
    """A shop of its own, on a free port."""
    server = _Server(("127.0.0.1", 0), _Door)
    server.shop = a_shop(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.shop
    finally:
        for event in server.shop.held.values():
            event.set()
        server.shutdown()
        server.server_close()
        thread.join()
