"""When a shopper sees something: poster, first 3D, full model; ours beside plain model-viewer, on slow networks.

Everything comes from a real Vitrine of its own; the pages and the originals from a server beside it, so that each page
pays for the same two origins.
"""

import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.heavy import MAKER
from tests.journey.service import Service
from tests.viewer.conftest import start_with_webgl

RUNS = 5
OURS, ON_ORIGINAL, ON_OPTIMIZED = "ours", "model-viewer, original", "model-viewer, optimized"
_LONGEST_MS = 600_000

_WATCH = """
window.seen = {};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.poster ??= entry.renderTime || entry.loadTime;
}).observe({ type: 'element', buffered: true });
addEventListener('vitrine-stage', ({ detail: { stage } }) => {
  if (stage === 'preview' || stage === 'full') seen.first ??= performance.now();
  if (stage === 'full') seen.full ??= performance.now();
}, true);
addEventListener('model-visibility', ({ target, detail }) => {
  if (detail.visible && target === document.querySelector('model-viewer'))
    seen.first = seen.full = seen.full ?? performance.now();
}, true);
"""

_SEEN = "seen.full && (seen.poster || performance.now() - seen.full > 2000)"
"""A model that stands before its poster was painted hides it, and Chromium never tells of it: then the model was the
first picture."""


@dataclass(frozen=True, slots=True)
class Network:
    """As Chromium emulates it: bits a second and milliseconds for each request."""

    name: str
    bits_s: int
    latency_ms: int


NETWORKS = (Network("1.6 Mbit/s, 150 ms", 1_600_000, 150), Network("9 Mbit/s, 60 ms", 9_000_000, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Milliseconds since the navigation began."""

    poster: float
    first: float
    full: float

    @classmethod
    def median(cls, runs: Iterable["Moments"]) -> "Moments":
        known = list(runs)
        return cls(
            poster=statistics.median(run.poster for run in known),
            first=statistics.median(run.first for run in known),
            full=statistics.median(run.full for run in known),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One model on one network: the medians of each page, by its name. `size` is the original's, in bytes."""

    model: str
    size: int
    network: str
    pages: Mapping[str, Moments]


@contextmanager
def made(name: str) -> Iterator[Path]:
    """A demo model, made by its script and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        subprocess.run([sys.executable, str(MAKER), folder, name], check=True, capture_output=True)
        yield Path(folder) / f"{name}.glb"


def first_pictures(models: Iterable[Path], runs: int = RUNS) -> Iterator[Shown]:
    """Uploads each model to a Vitrine of its own and measures it. AssertionError for one that is not taken."""
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL and Chromium run as others when we are root
        with Service(folder) as service:
            for model in models:
                sent = service.upload(model.read_bytes(), name=model.stem)
                task = service.wait_for_end(sent["id"])
                assert task["status"] == "done", task
                yield from measured(service.url, service.product(sent["id"]), model, runs)


def measured(vitrine: str, product: Mapping[str, Any], original: Path, runs: int) -> Iterator[Shown]:
    """The runs of the pages take turns, so that a busy minute is nobody's alone."""
    with pages_for(vitrine, product, original) as pages, sync_playwright() as playwright:
        browser = start_with_webgl(playwright)
        for network in NETWORKS:
            found: dict[str, list[Moments]] = {name: [] for name in pages}
            for _ in range(runs):
                for name, address in pages.items():
                    found[name].append(moments_of(browser, address, network))
            medians = {name: Moments.median(each) for name, each in found.items()}
            size = original.stat().st_size
            yield Shown(model=original.name, size=size, network=network.name, pages=medians)
        browser.close()


def moments_of(browser: Browser, address: str, network: Network | None) -> Moments:
    """One visit with nothing in any cache."""
    context = browser.new_context(viewport={"width": 800, "height": 800})
    context.add_init_script(_WATCH)
    page = context.new_page()
    if network:
        emulated = {"offline": False, "latency": network.latency_ms, "downloadThroughput": network.bits_s / 8}
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", {**emulated, "uploadThroughput": network.bits_s / 8})
    page.goto(address, wait_until="commit")
    page.wait_for_function(_SEEN, timeout=_LONGEST_MS)
    seen = page.evaluate("seen")
    context.close()
    return Moments(poster=seen.get("poster", seen["full"]), first=seen["first"], full=seen["full"])


@contextmanager
def pages_for(vitrine: str, product: Mapping[str, Any], original: Path) -> Iterator[dict[str, str]]:
    """Address by name of three pages that differ in nothing but how they show the product."""
    variants = product["variants"]
    poster = f'<img slot="poster" elementtiming="poster" src="{variants["poster"]["url"]}" alt="">'
    ours = (
        f'<script type="module" src="{vitrine}/viewer/vitrine-viewer.js"></script>'
        f'<vitrine-viewer product="{product["id"]}">{poster}</vitrine-viewer>'
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "original.glb").write_bytes(original.read_bytes())
        bodies = {
            OURS: ours,
            ON_ORIGINAL: _plain(vitrine, "original.glb", poster),
            ON_OPTIMIZED: _plain(vitrine, variants["android"]["url"], poster),
        }
        for number, body in enumerate(bodies.values()):
            (folder / f"{number}.html").write_text(_HEAD + body)
        handler = partial(_Quiet, directory=name)
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            base = f"http://127.0.0.1:{server.server_port}"
            yield {page: f"{base}/{number}.html" for number, page in enumerate(bodies)}
            server.shutdown()


_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Product</title><style>
body { margin: 0 } vitrine-viewer, model-viewer { display: block; width: 600px; height: 600px }
img { width: 100%; height: 100%; object-fit: contain }</style>"""


def _plain(vitrine: str, source: str, poster: str) -> str:
    return (
        f'<script type="module" src="{vitrine}/viewer/model-viewer.min.js"></script>'
        f'<model-viewer src="{escape(source)}" camera-controls>{poster}</model-viewer>'
    )


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the parent's name for it
        pass
