"""What is said when a start goes wrong: one line, with the cure."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from vitrine.config.environment import ROOT, for_child
from vitrine.config.fault import SetupFault
from vitrine.config.only_one import only_one
from vitrine.config.port import check_port
from vitrine.config.progress import cure, run_step


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("npm error code ENOSPC\nnpm error nospc", "the disk is full. Free about 2 GB"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full. Free about 2 GB"),
        ("WARNING: Retrying after NewConnectionError(...)\nERROR: none", "no registry can be reached"),
        ("npm error code EAI_AGAIN", "no registry can be reached"),
        ("npm error code EACCES", "cannot be written to. Use a checkout that is your own"),
        (
            "npm error code EUSAGE\nnpm error the lock file is old\nnpm error by",
            "failed: npm error the lock file is old",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n",
            "failed: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES",
        ),
        ("", "failed: no reason was given (all of it: 'setup.log')"),
    ],
)
def test_a_step_s_failure_is_told_with_its_cure(printed: str, said: str) -> None:
    line = cure("Installing", printed, Path("setup.log"))

    assert said in line
    assert "\n" not in line


def test_a_failing_step_keeps_what_it_printed_in_the_log(tmp_path: Path) -> None:
    program = "import sys; print('much'); sys.exit('error: the reason is this')"

    with pytest.raises(SetupFault, match="Trying failed: error: the reason is this"):
        run_step(
            "Trying",
            [sys.executable, "-c", program],
            log=tmp_path / "log",
            environment=for_child(),
            folder=tmp_path,
        )

    assert "much\n" in (tmp_path / "log").read_text()


def test_a_taken_port_is_told_with_another_to_take() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]

        with pytest.raises(
            SetupFault, match=f"^Port {port} on 127.0.0.1 is taken. Choose another: make run PORT="
        ):
            check_port("127.0.0.1", port)


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(SetupFault, match=r"^HOST is '192\.0\.2\.1', which this machine cannot listen on"):
        check_port("192.0.2.1", 8000)


def test_one_folder_is_for_one_vitrine(tmp_path: Path) -> None:
    with (
        only_one(tmp_path),
        pytest.raises(SetupFault, match=r"in use by another Vitrine \(process \d+\)"),
        only_one(tmp_path),
    ):
        pass

    with only_one(tmp_path):
        pass


def test_reset_deletes_what_is_ours_and_nothing_else(tmp_path: Path) -> None:
    for name in ("files/models", "static", "logs", "somebody-elses"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "letter.txt").write_text("dear")

    done = reset(tmp_path, "yes\n")

    assert done.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt", "somebody-elses"]


def test_reset_asks_first(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()

    done = reset(tmp_path, "y\n")

    assert done.returncode == 1
    assert done.stderr == "Nothing was deleted.\n"
    assert (tmp_path / "files").is_dir()


def test_reset_refuses_while_it_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()

    with only_one(tmp_path):
        done = reset(tmp_path, "yes\n")

    assert done.returncode == 1
    assert "is in use by another Vitrine" in done.stderr
    assert (tmp_path / "files").is_dir()


def reset(data_dir: Path, answer: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vitrine.config.reset"],
        input=answer,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=for_child(DATA_DIR=str(data_dir)),
    )


def test_manage_py_tells_a_fault_of_the_environment_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=for_child(DATA_DIR=str(tmp_path), PORT="many"),
    )

    assert done.returncode == 1
    assert done.stderr == "Vitrine cannot start. PORT is 'many'; expected a whole number from 1 to 65535.\n"
