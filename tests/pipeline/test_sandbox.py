"""A child keeps to its limits, and does not outlive its parent."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from vitrine.pipeline.limits import Caps
from vitrine.pipeline.sandbox import LAUNCHER, Outcome, run_confined

CAPS = Caps(wall_s=20, cpu_s=20, memory_bytes=500_000_000, file_bytes=1_000_000)


def python(code: str, folder: Path, caps: Caps = CAPS, stdin: bytes = b"") -> Outcome:
    return run_confined([sys.executable, "-I", "-S", "-c", code], caps=caps, folder=folder, stdin=stdin)


def test_it_gets_its_input_and_its_output_comes_back(tmp_path: Path) -> None:
    outcome = python("import sys; print(sys.stdin.read().upper())", tmp_path, stdin=b"hello" * 100_000)

    assert outcome.returncode == 0
    assert outcome.stdout == b"HELLO" * 100_000 + b"\n"


def test_it_is_ended_at_its_wall_time_with_all_its_children(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(p.pid, flush=True); time.sleep(60)"
    )

    outcome = python(code, tmp_path, replace(CAPS, wall_s=1.5))

    assert outcome.timed_out
    assert "its time limit" in outcome.reason()
    assert _ends(int(outcome.stdout))


def test_it_is_ended_at_its_cpu_time(tmp_path: Path) -> None:
    outcome = python("while True: pass", tmp_path, replace(CAPS, cpu_s=1))

    assert outcome.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_it_gets_no_more_memory_than_its_limit(tmp_path: Path) -> None:
    outcome = python("bytearray(600_000_000)", tmp_path)

    assert outcome.returncode == 1
    assert "MemoryError" in outcome.stderr


def test_it_writes_no_file_over_its_limit(tmp_path: Path) -> None:
    outcome = python("open('big', 'wb').write(bytes(2_000_000))", tmp_path)

    assert outcome.returncode != 0
    assert (tmp_path / "big").stat().st_size <= 1_000_000


def test_it_is_ended_when_it_says_too_much(tmp_path: Path) -> None:
    outcome = python("while True: print('x' * 10000)", tmp_path, replace(CAPS, output_bytes=100_000))

    assert outcome.flooded


def test_it_has_no_network(tmp_path: Path) -> None:
    code = "print(open('/proc/self/net/route').read())"

    outcome = python(code, tmp_path)

    if "network-open" in {notice.code for notice in outcome.notices}:
        pytest.skip("this kernel gives no network namespaces")
    assert outcome.stdout.decode().strip().splitlines()[1:] == []


def test_it_gains_no_rights_and_sees_no_environment(tmp_path: Path) -> None:
    code = "import os; print(open('/proc/self/status').read()); print(sorted(os.environ))"

    said = python(code, tmp_path).stdout.decode()

    assert "NoNewPrivs:\t1" in said
    assert (
        "['HOME', 'LANG', 'LC_CTYPE', 'PATH', 'TMPDIR']" in said
        or "['HOME', 'LANG', 'PATH', 'TMPDIR']" in said
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_as_root_it_runs_as_nobody_where_nobody_can_reach_everything(tmp_path: Path) -> None:
    folder = Path("/var/tmp") / f"vitrine-{os.getpid()}"  # noqa: S108  # a place that nobody can reach
    folder.mkdir(mode=0o700)
    try:
        outcome = run_confined(["/usr/bin/id", "-u"], caps=CAPS, folder=folder)
    finally:
        folder.rmdir()

    assert outcome.stdout == b"65534\n"
    assert outcome.notices == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somewhere that nobody cannot reach")
def test_as_root_it_says_when_it_stays_root(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "job").mkdir()

    outcome = run_confined(["/usr/bin/id", "-u"], caps=CAPS, folder=closed / "job")

    assert outcome.stdout == b"0\n"
    assert "child-is-root" in {notice.code for notice in outcome.notices}


def test_it_hears_of_progress_and_time_passing(tmp_path: Path) -> None:
    lines: list[str] = []
    ticks: list[float] = []
    code = "import sys, time; print('{\"progress\": 0.5}', file=sys.stderr, flush=True); time.sleep(2.5)"

    run_confined(
        [sys.executable, "-c", code],
        caps=CAPS,
        folder=tmp_path,
        on_line=lines.append,
        on_tick=lambda: ticks.append(time.monotonic()),
    )

    assert lines == ['{"progress": 0.5}']
    assert len(ticks) >= 2


def test_an_error_in_a_callback_ends_the_child(tmp_path: Path) -> None:
    started = time.monotonic()

    def stop() -> None:
        raise KeyError("lost the lease")

    with pytest.raises(KeyError, match="lost the lease"):
        run_confined(
            [sys.executable, "-c", "import time; time.sleep(60)"], caps=CAPS, folder=tmp_path, on_tick=stop
        )

    assert time.monotonic() - started < 20


def test_it_dies_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from vitrine.pipeline.limits import ENGINE; from vitrine.pipeline.sandbox import run_confined\n"
        "run_confined([sys.executable, '-c', 'import os, sys, time; print(\\'{\"pid\": %d}\\' % os.getpid(), "
        "file=sys.stderr, flush=True); time.sleep(100)'], caps=ENGINE, folder=Path(sys.argv[2]), "
        "on_line=lambda line: print(line, flush=True))"
    )
    root = str(LAUNCHER.parents[2])
    parent = subprocess.Popen([sys.executable, "-c", code, root, str(tmp_path)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline().split()[1].strip(b"}"))

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert _ends(child)


def _ends(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
