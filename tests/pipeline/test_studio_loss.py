"""What happens when a browser hangs, does not start, or loses its worker: each test has browsers of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.gltf_builders import a_plain_ball
from tests.pipeline.studios import a_file, a_studio
from vitrine.errors import StudioFailed
from vitrine.pipeline.studio import BrowserLost, Session, Studio, ViewSpec
from vitrine.pipeline.studio.browser import SWIFTSHADER
from vitrine.pipeline.studio.room import sweep

pytestmark = pytest.mark.browser


def test_a_hanging_page_is_ended_and_said_to_be_lost() -> None:
    homes: list[Path] = []

    def spin() -> None:
        with a_studio().session() as session, session._within(0.5, "spinning"):
            homes.append(session._home)
            session._page.evaluate("() => { for (;;); }")

    with pytest.raises(BrowserLost, match="spinning: no answer within"):
        spin()

    assert not homes[0].exists()


def test_a_job_whose_browser_is_lost_is_done_again_on_the_other_gl(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_plain_ball().bytes())
    tried: list[str] = []

    def job(session: Session) -> int:
        tried.append(session.gl)
        if len(tried) == 1:
            raise BrowserLost("the first one hung")
        session.open(path)
        return int(session.shoot(ViewSpec(name="front")).rgba()[64, 64, 3])

    assert a_studio().run(job) == 255
    assert tried == ["llvmpipe", SWIFTSHADER]


def test_jobs_of_one_sitting_share_a_browser_until_it_is_lost(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_plain_ball().bytes())
    homes: list[Path] = []

    def job(session: Session) -> int:
        homes.append(session._home)
        if len(homes) == 3:
            os.killpg(int((session._home / "pid").read_text()), signal.SIGKILL)
        session.open(path)
        return int(session.shoot(ViewSpec(name="front")).rgba()[64, 64, 3])

    with a_studio().sitting() as studio:
        seen = [studio.run(job) for _ in range(4)]
        assert homes[-1].exists()

    assert seen == [255, 255, 255, 255]
    assert homes[0] == homes[1] == homes[2]
    assert homes[3] == homes[4] != homes[0]
    assert not homes[0].exists()
    assert not homes[4].exists()


def test_two_lost_browsers_are_our_failure() -> None:
    def job(session: Session) -> None:
        raise BrowserLost(f"{session.gl} hung")

    with pytest.raises(StudioFailed, match="first llvmpipe hung; then swiftshader hung"):
        a_studio().run(job)


def test_a_browser_that_does_not_start_is_our_failure(tmp_path: Path) -> None:
    impostor = a_file(tmp_path, b"#!/bin/sh\nexit 3\n", "chromium")
    impostor.chmod(0o755)

    with pytest.raises(StudioFailed, match=r"did not start.*name another browser"):
        Studio(chromium=impostor).run(lambda session: session.gl)


def test_killing_the_worker_ends_its_browser() -> None:
    chromium = a_studio().chromium
    program = (
        "import sys, time; from pathlib import Path; from vitrine.pipeline.studio import Studio\n"
        f"with Studio(chromium=Path({str(chromium)!r})).session() as session:\n"
        "    print((session._home / 'pid').read_text().strip(), session._home, flush=True); time.sleep(600)"
    )
    worker = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    group, home = worker.stdout.readline().split()

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()

    assert _is_gone_within(int(group), seconds=60)
    subprocess.run(["rm", "-rf", home], check=True)


def _is_gone_within(group: int, *, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_the_home_that_a_killed_worker_left_is_swept_away_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, new, foreign = (tmp_path / name for name in ("vitrine-studio-a", "vitrine-studio-b", "other-c"))
    for folder in (old, new, foreign):
        (folder / "profile").mkdir(parents=True)
    for folder in (old, foreign):
        os.utime(folder, (0, 0))

    sweep()

    assert (old.exists(), new.exists(), foreign.exists()) == (False, True, True)
