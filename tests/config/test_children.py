"""Processes that are looked after: started again with growing pauses, and ended with all they started."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.lives import processes_with, until
from vitrine.config.celery import broker_url
from vitrine.config.children import Child
from vitrine.config.environment import for_child


def a_child(folder: Path, program: str, *arguments: str) -> Child:
    return Child(
        "helper",
        [sys.executable, "-c", program, *arguments],
        folder / "helper.log",
        for_child(),
        patience_s=5.0,
        pause_s=0.05,
    )


def test_one_that_dies_is_told_of_and_started_again_later(tmp_path: Path) -> None:
    child = a_child(tmp_path, "import sys; sys.exit('it rained')")
    child.start()
    first = child.process
    assert first is not None
    first.wait()

    said = child.mend()

    assert said is not None
    assert said.startswith("The helper ended with exit code 1: it rained (all of it: ")
    assert "started again in 0.05 s" in said
    assert child.mend() is None
    assert until(lambda: child.mend() is None and child.process is not None)
    child.end()
    assert child.pause_s == 0.1


_BORN_TOO_LATE = """
import os, signal
from vitrine.config.embedded.process import dies_with_parent

signal.signal(signal.SIGTERM, lambda *_: None)
before_exec = dies_with_parent(signal.SIGTERM)
parent = os.fork()
if parent == 0:
    child = os.fork()
    if child == 0:
        before_exec()
        os._exit(3)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    os._exit(0)
os.waitpid(parent, 0)
"""


def test_one_whose_parent_was_killed_while_it_was_born_ends(tmp_path: Path) -> None:
    """Though it still has its parent's handler, which takes the signal and goes on."""
    ran = subprocess.run(
        [sys.executable, "-c", _BORN_TOO_LATE],
        env=for_child(DATA_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(ran.stdout) == -signal.SIGTERM


def test_ending_it_ends_what_it_started(tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    nap = "import sys, time; time.sleep(600)"
    program = "import subprocess, sys; subprocess.Popen([sys.executable, *sys.argv[1:]]).wait()"
    child = a_child(tmp_path, program, "-c", nap, mark)
    child.start()
    assert until(lambda: len(processes_with(mark)) == 2)

    child.end()

    assert until(lambda: processes_with(mark) == [])


def test_a_log_that_grew_long_is_cut_and_the_old_one_kept(tmp_path: Path) -> None:
    child = a_child(tmp_path, "pass")
    child.log.write_bytes(b"x" * 10_000_001)

    child.shorten_log()

    assert child.log.stat().st_size == 0
    assert (tmp_path / "helper.log.1").stat().st_size == 10_000_001


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("rediss://cache:6380/1", "rediss://cache:6380/1?ssl_cert_reqs=required"),
        (
            "rediss://cache:6380/1?ssl_ca_certs=/a",
            "rediss://cache:6380/1?ssl_ca_certs=/a&ssl_cert_reqs=required",
        ),
        ("rediss://cache:6380/1?ssl_cert_reqs=none", "rediss://cache:6380/1?ssl_cert_reqs=none"),
    ],
)
def test_celery_is_told_to_look_at_certificates_unless_somebody_says_otherwise(said: str, told: str) -> None:
    assert broker_url(said) == told


def test_a_socket_s_address_is_told_to_celery_in_its_own_words() -> None:
    assert broker_url("unix:///tmp/a/valkey.sock?db=0") == "redis+socket:///tmp/a/valkey.sock?virtual_host=0"
    assert broker_url("redis://:secret@cache:6380/1") == "redis://:secret@cache:6380/1"
