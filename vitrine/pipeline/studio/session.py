"""One open browser and the page in it."""

import base64
import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Route
from playwright.sync_api import Error as PlaywrightError

from vitrine.errors import StudioFailed
from vitrine.pipeline.studio import browser
from vitrine.pipeline.studio.views import Camera, ModelView, Picture, ViewSpec

ORIGIN = "http://studio.invalid/"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm"}


class BrowserLost(Exception):
    """The browser hung, crashed or lost its GL. Another browser may do."""


class ModelUnreadable(StudioFailed):
    """The viewer cannot show this model, in any browser."""


class Session:
    """A browser with the viewer's page. Ends with the studio's block; not for a second thread."""

    def __init__(
        self, context: BrowserContext, *, home: Path, gl: str, scene: Mapping[str, Any], limit_s: float
    ) -> None:
        self._page = context.pages[0] if context.pages else context.new_page()
        self._home = home
        self.gl = gl
        self._scene = dict(scene)
        self._limit_s = limit_s
        self._complaints: list[str] = []
        self._page.on("console", self._hear)
        self._cpu_s = 0.0
        self.renderer = ""

    def enter(self) -> None:
        """Open the page."""
        with self._within(self._limit_s, "opening the studio's page"):
            self._page.goto(ORIGIN)
            self._page.wait_for_function("self.studio !== undefined", timeout=self._limit_s * 1000)
            self.renderer = self._page.evaluate("studio.renderer()") or ""
        if not self.renderer:
            raise BrowserLost("the browser has no WebGL 2")

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self._complaints.append(said.text)

    def open(self, model: Path) -> ModelView:
        """Show a GLB. ModelUnreadable when the viewer cannot."""
        copy = self._home / "model.glb"
        shutil.copyfile(model, copy)  # the browser runs as somebody who may not read the job's folder
        copy.chmod(0o644)
        self._complaints.clear()
        with self._within(3 * self._limit_s, f"loading {model.name}"):
            self._page.set_input_files("#model", copy)
            found = self._page.evaluate("scene => studio.open(scene)", self._scene)
        if "failed" in found:
            why = "; ".join(self._complaints[-2:]) or found["failed"]
            raise ModelUnreadable(f"The viewer cannot show {model.name}: {why[:500]}")
        return ModelView(
            first=Camera.of(found["first"]),
            nearest_radius=found["near"]["radius"],
            nearest_fov=found["near"]["fov"],
            animations=found["clips"],
            colourways=tuple(found["colourways"]),
        )

    def used(self) -> dict[str, float | int]:
        """For the report: CPU seconds that the browser used since this was last asked, and bytes of memory at most."""
        found = browser.used(self._home)
        since, self._cpu_s = found.cpu_s - self._cpu_s, found.cpu_s
        return {"browser_cpu_s": round(since, 2), "browser_peak_bytes": found.peak_bytes}

    def rest(self) -> None:
        """Put the model away: its memory may be needed by what comes before the next one."""
        with self._within(self._limit_s, "putting the model away"):
            self._page.evaluate("studio.rest()")

    def shoot(self, view: ViewSpec) -> Picture:
        """One picture of the open model."""
        asked = {**asdict(view), "camera": asdict(view.camera) if view.camera else None}
        with self._within(self._limit_s, f"rendering the view {view.name!r}"):
            found = self._page.evaluate("([scene, view]) => studio.shoot(scene, view)", [self._scene, asked])
        return Picture(base64.b64decode(found.partition(",")[2]))

    def camera(self) -> Camera:
        """The one that the last picture was taken with."""
        with self._within(self._limit_s, "reading the camera"):
            return Camera.of(self._page.evaluate("studio.camera()"))

    def touch(self, pixels: Sequence[tuple[int, int]]) -> list[tuple[float, float, float] | None]:
        """The surface's points, in metres, under pixels (x, y) of the last picture; None where there is none."""
        with self._within(self._limit_s, "finding points on the surface"):
            found = self._page.evaluate("pixels => studio.touch(pixels)", [list(one) for one in pixels])
        return [(one[0], one[1], one[2]) if one else None for one in found]

    def textures(self) -> list[tuple[str, int, int]]:
        """Name, width and height in px of each texture of the open model."""
        with self._within(self._limit_s, "listing the textures"):
            found = self._page.evaluate("studio.textures()")
        return [(name, width, height) for name, width, height in found]

    def soften(self, texture: str, scale: float) -> None:
        """Show the texture of that name at a part of its size, and all others whole."""
        with self._within(self._limit_s, f"softening the texture {texture}"):
            self._page.evaluate("([name, scale]) => studio.soften(name, scale)", [texture, scale])

    @contextmanager
    def _within(self, limit_s: float, doing: str) -> Iterator[None]:
        """Kill the browser when it takes longer: a hanging GL blocks its page, and Playwright waits for ever."""
        late = threading.Event()
        limit_s *= max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))  # a busy machine is no hanging one

        def stop() -> None:
            late.set()
            browser.kill(self._home)

        timer = threading.Timer(limit_s, stop)
        timer.daemon = True
        timer.start()
        try:
            yield
        except PlaywrightError as error:
            why = f"no answer within {limit_s:.0f} s" if late.is_set() else error.message.splitlines()[0]
            raise BrowserLost(f"{doing}: {why}") from error
        finally:
            timer.cancel()


def serve(context: BrowserContext, files: Mapping[str, Path]) -> None:
    """Answer requests from `files` (a path or, ending in a slash, a folder's); nothing else gets an answer."""

    def answer(route: Route) -> None:
        url = route.request.url
        path = url.removeprefix(ORIGIN).split("?")[0] if url.startswith(ORIGIN) else None
        file = None if path is None else _file_for(path, files)
        if file is None:
            route.abort("blockedbyclient")
        else:
            body = file.read_bytes()
            route.fulfill(body=body, content_type=_TYPES.get(file.suffix, "application/octet-stream"))

    context.route("**/*", answer)


def _file_for(path: str, files: Mapping[str, Path]) -> Path | None:
    if path in files:
        return files[path]
    folder, _, name = path.rpartition("/")
    file = files.get(f"{folder}/", Path("/nonexistent")) / name
    return file if name and name not in {".", ".."} and file.is_file() else None


def scene_from(file: Path) -> dict[str, Any]:
    """The light and camera that element and studio share."""
    scene: dict[str, Any] = json.loads(file.read_text())
    return scene
