"""The studio: opens a fresh browser for each job, and a second one on another GL when the first is lost."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from vitrine.errors import StudioFailed
from vitrine.pipeline.studio import browser
from vitrine.pipeline.studio.session import BrowserLost, Session, scene_from, serve

T = TypeVar("T")
PREFIX = "vitrine-studio-"
LEFT_BEHIND_S = 3600.0
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """`root` is the folder that holds `viewer/` and `node_modules/`; `limit_s` is for one view on an idle machine."""

    chromium: Path
    root: Path = ROOT
    size_px: int = 1024
    limit_s: float = 20.0

    def version(self) -> str:
        """Of the browser, as it tells it itself; asked once a process."""
        return browser.version(self.chromium)

    def run(self, job: Callable[[Session], T]) -> T:
        """Do `job` in a fresh browser; when that one is lost, the whole job once more on SwiftShader.

        llvmpipe is two to three times faster and hangs once in a while; SwiftShader always answers.
        """
        try:
            with self.session() as session:
                return job(session)
        except BrowserLost as first:
            try:
                with self.session(gl=browser.SWIFTSHADER) as session:
                    return job(session)
            except BrowserLost as second:
                raise StudioFailed(f"Two browsers were lost: first {first}; then {second}.") from second

    @contextmanager
    def session(self, *, gl: str = browser.LLVMPIPE) -> Iterator[Session]:
        """One browser, ended with the block. BrowserLost when it hangs or crashes."""
        sweep()
        home = Path(tempfile.mkdtemp(prefix=PREFIX))
        slow = 1 if gl == browser.LLVMPIPE else 3
        try:
            with sync_playwright() as playwright:
                context = browser.launch(
                    playwright, chromium=self.chromium, home=home, gl=gl, size_px=self.size_px
                )
                try:
                    serve(context, self._files())
                    scene = scene_from(self.root / "viewer/src/scene.json")
                    session = Session(context, home=home, gl=gl, scene=scene, limit_s=self.limit_s * slow)
                    session.enter()
                    yield session
                    context.close()
                finally:
                    browser.kill(home)
        except PlaywrightError as error:
            raise BrowserLost(error.message.splitlines()[0]) from error
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def _files(self) -> dict[str, Path]:
        modules, page = self.root / "node_modules", self.root / "viewer/studio"
        return {
            "": page / "studio.html",
            "studio.js": page / "studio.js",
            "meshopt.js": page / "meshopt.js",
            "model-viewer.js": modules / "@google/model-viewer/dist/model-viewer.min.js",
            "draco/": modules / "three/examples/jsm/libs/draco/gltf",
            "basis/": modules / "three/examples/jsm/libs/basis",
        }


def sweep() -> None:
    """Remove the homes of browsers whose worker was killed: those that nothing has touched for an hour."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if home.stat().st_mtime < time.time() - LEFT_BEHIND_S:
                shutil.rmtree(home, ignore_errors=True)
