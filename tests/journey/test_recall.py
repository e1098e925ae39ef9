"""Two real workers, one of which is told to go by TERM: what it cooks, the other one finishes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.config.lives import Life, a_life
from tests.gltf_builders import a_plain_ball
from tests.journey.processes import command_of, descendants, is_alive, wait_until
from vitrine.config.environment import ROOT, for_child

pytestmark = pytest.mark.journey

PROMISE_S = 120
"""What a spot machine is told before it is taken away."""
_QUEUE = """
import io, json, sys
import django
django.setup()
from tests.builders import a_user
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Format
from vitrine.processing.intake import Arrived, Wishes, accept_product
from vitrine.processing.models import Upload
import hashlib, uuid
model, user = sys.stdin.buffer.read(), a_user(username=uuid.uuid4().hex)
upload = Upload.begin(user)
files.store().put(files.incoming_key(upload.pk), io.BytesIO(model), media_type="model/gltf-binary")
arrived = Arrived(upload=upload, size=len(model), sha256=hashlib.sha256(model).hexdigest(), format=Format.GLB)
print(accept_product(Product(name="Ball"), arrived, Wishes(), by=user).pk)
"""


@dataclass(slots=True)
class Workshop:
    """Embedded servers, a store, and workers. A lease lasts an hour: nobody takes up what is not given back."""

    folder: Path
    life: Life
    stack: ExitStack
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, name: str = "") -> dict[str, str]:
        return for_child(
            DATA_DIR=str(self.folder),
            DATABASE_URL=self.life.servers.database_url,
            REDIS_URL=self.life.servers.redis_url,
            DJANGO_SETTINGS_MODULE="vitrine.config.settings",
            PYTHONPATH=str(ROOT),
            JOB_LEASE_S="3600",
            WORKER_CONCURRENCY="1",
            TMPDIR=str(self.folder / name),
        )

    def employ(self, name: str) -> None:
        (self.folder / name).mkdir()
        (self.folder / name).chmod(0o1777)
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning")
        with (self.folder / f"{name}.log").open("wb") as log:
            worker = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "vitrine.config.celery", "worker"),
                    "-n",
                    name,
                    *quiet,
                ],
                cwd=ROOT,
                env=self.environment(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers[name] = worker
        self.stack.callback(_end, worker)

    def queue(self) -> str:
        """The id of the job of a model that was just sent."""
        done = subprocess.run(
            [sys.executable, "-c", _QUEUE],
            cwd=ROOT,
            env=self.environment(),
            input=a_plain_ball().bytes(),
            stdout=subprocess.PIPE,
            check=True,
        )
        return done.stdout.decode().split()[-1]

    def job(self, job_id: str) -> tuple[str, int]:
        """Its state, and how often it was tried."""
        with psycopg.connect(self.life.servers.database_url) as connection:
            found = connection.execute("SELECT state, attempts FROM processing_job WHERE id = %s", [job_id])
            state, attempts = found.fetchone() or ("", 0)
        return state, attempts

    def engines(self, name: str) -> list[int]:
        return [pid for pid in descendants(self.workers[name].pid) if _is_engine(command_of(pid))]

    def who_cooks(self) -> tuple[str, list[int]]:
        """One worker, and its engine, which stands still from now on: the model is not done however long one waits."""
        found: list[tuple[str, list[int]]] = []

        def there() -> bool:
            found[:] = [(name, engines) for name in self.workers if (engines := self.engines(name))]
            for _, engines in found:
                for pid in engines:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGSTOP)
            return bool(found) and all(is_alive(pid) for pid in found[0][1])

        assert wait_until(there, limit_s=PROMISE_S, pause_s=0.02), self.said()
        return found[0]

    def said(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))


def _is_engine(command: str) -> bool:
    """Itself: what launches it becomes it, having seen to it that it dies with its worker."""
    return "vitrine-engine" in command and "launcher.py" not in command


def _end(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is None:
        for pid in [*descendants(worker.pid), worker.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        worker.wait(60)


@pytest.fixture
def workshop(open_folder: Path) -> Iterator[Workshop]:
    life = a_life(open_folder)
    with ExitStack() as stack:
        stack.callback(life.go)
        yield Workshop(open_folder, life, stack)


def test_a_worker_on_term_puts_its_job_back_and_another_finishes_it(workshop: Workshop) -> None:
    workshop.employ("first")
    workshop.employ("second")
    job = workshop.queue()
    goes, engines = workshop.who_cooks()

    workshop.workers[goes].send_signal(signal.SIGTERM)

    assert workshop.workers[goes].wait(PROMISE_S) == 0, workshop.said()
    assert not any(is_alive(pid) for pid in engines)
    assert wait_until(lambda: workshop.job(job)[0] == "done", limit_s=PROMISE_S), workshop.said()
    assert workshop.job(job) == ("done", 1)
    told = [
        json.loads(line) for line in (workshop.folder / f"{goes}.log").read_text().splitlines() if "{" in line
    ]
    assert "job_given_back" in [line.get("event") for line in told]


def test_a_worker_whose_process_hangs_goes_all_the_same(workshop: Workshop) -> None:
    workshop.employ("only")
    workshop.queue()
    _, engines = workshop.who_cooks()
    hanging = [pid for pid in descendants(workshop.workers["only"].pid) if "celery" in command_of(pid)]
    for pid in hanging:
        os.kill(pid, signal.SIGSTOP)

    workshop.workers["only"].send_signal(signal.SIGTERM)

    workshop.workers["only"].wait(PROMISE_S)
    assert not any(is_alive(pid) for pid in [*hanging, *engines])
