"""The library as Chromium gets it: how many bytes come before it can be used, and when that is on a slow network."""

import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.console.asking import get
from bench.doors.serving import Held, Server
from bench.first_picture import NETWORKS
from tests.viewer.conftest import start_with_webgl

EMPTY, LIBRARY, PRODUCT = "an empty page", "the library", "a product's page"
BUDGET_BYTES, LONGEST_MS = 150_000, 1_000
RUNS = 5
NETWORK = NETWORKS[1]
_VIEWER, _PICTURES = "/viewer/", "/files/"
_KEY = re.compile(r'src="/files/[^/"]+/(models/[^"]+\.webp)"')

# Scripts have run when the document is complete; what was drawn first may come later.
_USABLE = """() => {
  const [navigation] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return navigation.domContentLoadedEventEnd && paint
    ? Math.max(navigation.domContentLoadedEventEnd, paint.startTime) : 0;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """`page_bytes`, with heads: all that comes until the page is loaded but pictures and the viewer. `usable_ms`: since
    the navigation began, until the page is drawn and its scripts listen; `found_ms`: from the last letter typed until
    the list has changed.
    """

    what: str
    requests: int
    page_bytes: int
    picture_bytes: int
    usable_ms: float
    found_ms: float | None


def visits(base: Held, server: Server, runs: int = RUNS) -> Iterator[Visited]:
    """Medians; the runs of the pages take turns. The pages' pictures are put into the store before."""
    library = get(server, base.session, "/")
    _put_pictures(base.folder, library)
    paths = {EMPTY: "/campaigns", LIBRARY: "/", PRODUCT: f"/products/{base.ids[0]}"}
    found: dict[str, list[Visited]] = {what: [] for what in paths}
    with sync_playwright() as playwright:
        browser = start_with_webgl(playwright)
        for run in range(runs + 1):  # the first one warms the server
            for what, path in paths.items():
                visited = _visit(browser, base, f"http://127.0.0.1:{server.port}{path}", what)
                if run:
                    found[what].append(visited)
        browser.close()
    return map(_median, found.values())


def _visit(browser: Browser, base: Held, address: str, what: str) -> Visited:
    """With nothing in any cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    name, _, value = base.session.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    came = _listen(context, page)
    page.goto(address, wait_until="commit")
    usable_ms = page.wait_for_function(_USABLE).json_value()
    page.wait_for_load_state()
    sizes = list(came.values())
    found_ms = _search(page) if what == LIBRARY else None
    context.close()
    pictures = [size for path, size in sizes if path.startswith(_PICTURES)]
    others = [size for path, size in sizes if not path.startswith((_PICTURES, _VIEWER))]
    return Visited(
        what=what,
        requests=len(others),
        page_bytes=sum(others),
        picture_bytes=sum(pictures),
        usable_ms=usable_ms,
        found_ms=found_ms,
    )


def _listen(context: BrowserContext, page: Page) -> Mapping[str, tuple[str, int]]:
    """Slows the network down; by each request's id its path and bytes, as they come."""
    addresses: dict[str, str] = {}
    came: dict[str, tuple[str, int]] = {}
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    bytes_s = NETWORK.bits_s / 8
    slow = {"latency": NETWORK.latency_ms, "downloadThroughput": bytes_s, "uploadThroughput": bytes_s}
    session.send("Network.emulateNetworkConditions", {"offline": False, **slow})
    session.on(
        "Network.requestWillBeSent",
        lambda told: addresses.update({told["requestId"]: told["request"]["url"]}),
    )

    def ended(told: Mapping[str, str | int]) -> None:
        address = urlsplit(addresses[str(told["requestId"])])
        if address.scheme == "http":
            came[str(told["requestId"])] = address.path, int(told["encodedDataLength"])

    session.on("Network.loadingFinished", ended)
    return came


def _search(page: Page) -> float:
    """By a word that fewer have; AssertionError when the list does not follow."""
    before = page.locator("#count").inner_text()
    page.locator("[name=q]").fill("armchair")
    began = page.evaluate("performance.now()")
    page.wait_for_function(
        "before => document.querySelector('#count')?.textContent.trim() !== before", arg=before
    )
    took = page.evaluate("performance.now()") - began
    assert "armchair" in page.locator("#count").inner_text()
    return float(took)


def _put_pictures(folder: Path, page: str) -> None:
    """Seeded products have no files. A thumbnail of usual weight for each that the page shows."""
    keys = _KEY.findall(page)
    assert keys, "the library shows no pictures"
    for number, key in enumerate(keys):
        path = folder / "files" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = Image.effect_noise((64, 64), 60 + number).resize((512, 512), Image.Resampling.BICUBIC)
        noise.convert("RGB").save(path, "WEBP", quality=80)


def _median(runs: Sequence[Visited]) -> Visited:
    found = [run.found_ms for run in runs if run.found_ms is not None]
    return Visited(
        what=runs[0].what,
        requests=round(statistics.median(run.requests for run in runs)),
        page_bytes=round(statistics.median(run.page_bytes for run in runs)),
        picture_bytes=round(statistics.median(run.picture_bytes for run in runs)),
        usable_ms=statistics.median(run.usable_ms for run in runs),
        found_ms=statistics.median(found) if found else None,
    )
