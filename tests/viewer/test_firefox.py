"""The element in another engine than Chromium's: it loads, turns, and falls back. Firefox needs no driver for that."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.viewer.shop import Shop

pytestmark = pytest.mark.browser

Said = list[dict[str, Any]]
Visit = Callable[..., Said]

# The page says by itself what became of it, where its shop listens for events.
_SAY = """
const say = what => fetch('/api/events/', { method: 'POST', body: JSON.stringify({ said: what }) });
const inside = () => document.querySelector('vitrine-viewer').shadowRoot;
const orbit = () => inside().querySelector('model-viewer.view').getCameraOrbit().theta;
addEventListener('vitrine-error', ({ detail: { kind } }) =>
  setTimeout(() => {
    say({ error: kind, words: inside().textContent, poster: !!inside().querySelector('img') });
  }, 500), true);
addEventListener('vitrine-stage', ({ detail: { stage } }) => {
  if (stage !== 'full') return say({ stage });
  const before = orbit();
  inside().querySelector('button[aria-label="Rotate left"]').click();
  setTimeout(() => say({ stage, turned: orbit() - before }), 1500);
}, true);
"""


@pytest.fixture
def firefox(shop: Shop, tmp_path: Path) -> Visit:
    """Opens the shop's page until it has said what is waited for, and gives all that it said."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    display = shutil.which("xvfb-run")  # without a display it has no WebGL
    if program is None or display is None:
        pytest.skip("Firefox and xvfb-run are not both installed here")

    def visit(wanted: dict[str, Any], *, webgl: bool = True) -> Said:
        preference = "force-enabled" if webgl else "disabled"
        (tmp_path / "user.js").write_text(f'user_pref("webgl.{preference}", true);')
        shop.files["/say.js"] = _SAY.encode()
        shop.head = '<script src="/say.js"></script>'
        browser = subprocess.Popen(
            [display, "-a", program, "--no-remote", "--profile", str(tmp_path), f"{shop.address}/"],
            env={**os.environ, "HOME": str(tmp_path), "LIBGL_ALWAYS_SOFTWARE": "1"},  # noqa: TID251  # its home is not ours
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return _heard(shop, wanted, browser)
        finally:
            os.killpg(browser.pid, signal.SIGTERM)
            browser.wait(timeout=30)

    return visit


def _heard(shop: Shop, wanted: dict[str, Any], browser: subprocess.Popen[bytes]) -> Said:
    deadline = time.monotonic() + 90
    while True:
        said: Said = [each["batch"]["said"] for each in list(shop.batches) if "said" in each["batch"]]
        if any(wanted.items() <= one.items() for one in said):
            return said
        assert browser.poll() is None, "Firefox ended"
        assert time.monotonic() < deadline, f"heard only {json.dumps(said)}"
        time.sleep(0.1)


def test_it_loads_and_turns(firefox: Visit) -> None:
    said = firefox({"stage": "full"})

    assert [told["stage"] for told in said] == ["poster", "loading", "preview", "full"]
    assert said[-1]["turned"] == pytest.approx(3.14159 / 6, abs=0.02)


def test_without_webgl_the_picture_stays_and_says_why(shop: Shop, firefox: Visit) -> None:
    said = firefox({"error": "webgl"}, webgl=False)

    assert said[-1]["poster"]
    assert "This browser cannot show 3D" in said[-1]["words"]
    assert not [path for path in shop.asked if path.endswith(".glb")]
