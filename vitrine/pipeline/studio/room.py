"""The studio: a fresh browser for what is asked of it, and a second one on another GL when the first is lost."""

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar

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
    """`root` is the folder that holds `viewer/` and `node_modules/`; `limit_s` is for one view on an idle machine.

    `size_px` is a picture's side, at least 96: Chromium draws a smaller window once a second.
    """

    chromium: Path
    root: Path = ROOT
    size_px: int = 1024
    limit_s: float = 20.0
    shared: "Sitting | None" = None

    def version(self) -> str:
        """Of the browser, as it tells it itself; asked once a process."""
        return browser.version(self.chromium)

    @contextmanager
    def sitting(self) -> Iterator[Self]:
        """The same studio, with one browser for all that is asked of it until the block ends."""
        sitting = Sitting()
        try:
            yield replace(self, shared=sitting)
        finally:
            sitting.end()

    def run(self, job: Callable[[Session], T]) -> T:
        """Do `job` in a browser; when that one is lost, the whole job once more on SwiftShader.

        llvmpipe is two to three times faster and hangs once in a while; SwiftShader always answers.
        """
        if self.shared is None:
            with self.sitting() as studio:
                return studio.run(job)
        try:
            return self.shared.do(job, self)
        except BrowserLost as first:
            try:
                return self.shared.do(job, self, gl=browser.SWIFTSHADER)
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


class Sitting:
    """One browser for several jobs, opened for the first of them. Not for a second thread."""

    def __init__(self) -> None:
        self._room: AbstractContextManager[Session] | None = None
        self._session: Session | None = None

    def do(self, job: Callable[[Session], T], studio: Studio, *, gl: str = browser.LLVMPIPE) -> T:
        """BrowserLost when it hangs or crashes: the next job gets a new one."""
        if self._session is None:
            room = studio.session(gl=gl)
            self._session, self._room = room.__enter__(), room
        try:
            found = job(self._session)
            self._session.rest()
        except BaseException:
            self._leave(*sys.exc_info())
            raise
        return found

    def end(self) -> None:
        self._leave(None, None, None)

    def _leave(self, *fault: Any) -> None:
        """Out of the room; a fault comes back as the room tells it."""
        room, self._room, self._session = self._room, None, None
        if room is not None:
            room.__exit__(*fault)


def sweep() -> None:
    """Remove the homes of browsers whose worker was killed: those that nothing has touched for an hour."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if home.stat().st_mtime < time.time() - LEFT_BEHIND_S:
                shutil.rmtree(home, ignore_errors=True)
