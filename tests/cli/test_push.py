"""`vitrine push`: sent whatever breaks, made once."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from tests.builders import a_product
from tests.cli.conftest import GLB, ROOT, Typist
from tests.gltf_builders import a_plain_ball
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.cli.unfinished import Unfinished
from vitrine.config.environment import for_child
from vitrine.errors import ModelRejected
from vitrine.processing import intake, runner, uploads
from vitrine.processing.models import Job, Upload
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db(transaction=True)


def stored(version: AssetVersion) -> bytes:
    return b"".join(files.store().open(Key(version.key)))


class Line:
    """Between whoever sends and the store: tells the parts that came, loses some, and stalls after a number of them."""

    def __init__(self) -> None:
        self.came: list[int] = []
        self.loses: set[int] = set()
        self.most: int | None = None
        self.stalled, self.freed = threading.Event(), threading.Event()
        self._put, self._lock, self._begun = uploads.put_part, threading.Lock(), 0

    def put_part(self, upload: Upload, number: int, source: Any) -> None:
        with self._lock:
            self._begun += 1
            stalls = self.most is not None and self._begun > self.most
        if stalls:
            self._tell()
            self.freed.wait(60)
            return
        if number in self.loses:
            self.loses.discard(number)
            while source.read(1024):
                pass
        else:
            self._put(upload, number, source)
        with self._lock:
            self.came.append(number)
        self._tell()

    def _tell(self) -> None:
        """Stalled: one waits, and those before it have arrived."""
        with self._lock:
            if self.most is not None and self._begun > self.most == len(self.came):
                self.stalled.set()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    laid = Line()
    monkeypatch.setattr(uploads, "put_part", laid.put_part)
    yield laid
    laid.freed.set()


@pytest.mark.usefixtures("small_parts")
def test_files_become_products(at_home: Typist, chair: Path, tmp_path: Path, line: Line) -> None:
    (tmp_path / "table.glb").write_bytes(GLB + b"table")

    told = at_home("push", chair, tmp_path / "table.glb", "--tag", "oak", "--no-publish", "--quality", "0.97")

    assert told.exit_code == 0, told.err
    products = Product.objects.order_by("name")
    assert [(one.name, one.tags, one.publish_wished) for one in products] == [
        ("chair", ["oak"], False),
        ("table", ["oak"], False),
    ]
    assert [stored(one.shown_version) for one in products] == [GLB, GLB + b"table"]
    assert {job.options["quality"] for job in Job.objects.all()} == {0.97}
    assert all(str(one.pk) in told.out for one in products)
    assert sorted(line.came) == sorted([*range(1, 14), *range(1, 15)])


@pytest.mark.usefixtures("small_parts")
def test_json_is_one_document_and_progress_goes_elsewhere(at_home: Typist, chair: Path) -> None:
    told = at_home("push", chair, "--name", "Lounge chair", "--metadata", '{"sku": "C-1"}', "--json")

    (result,) = told.json()["results"]
    assert (result["status"], result["product"]["name"]) == ("done", "Lounge chair")
    assert result["product"]["metadata"] == {"sku": "C-1"}
    assert "chair.glb: sent 208 B" in told.err


@pytest.mark.usefixtures("small_parts")
def test_a_push_that_was_killed_goes_on_where_it_was(
    at_home: Typist, chair: Path, home: Path, line: Line
) -> None:
    line.most = 8
    argv = [sys.executable, "-m", "vitrine.cli", "push", str(chair)]
    env = for_child(XDG_CONFIG_HOME=str(home / "config"), XDG_STATE_HOME=str(home / "state"))
    with subprocess.Popen(argv, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as pushing:
        assert line.stalled.wait(60)
        pushing.kill()
    there, line.most, line.came = set(line.came), None, []
    told = at_home("push", chair)

    assert (pushing.returncode, len(there)) == (-signal.SIGKILL, 8)
    assert told.exit_code == 0, told.err
    assert "of 208 B are there already" in told.err
    assert not there & set(line.came)
    assert stored(Product.objects.get().shown_version) == GLB


@pytest.mark.usefixtures("small_parts")
def test_ctrl_c_ends_it_with_130_and_says_how_to_go_on(
    chair: Path, at_home: Typist, home: Path, line: Line
) -> None:
    line.most = 2
    argv = [sys.executable, "-m", "vitrine.cli", "push", str(chair), "--json"]
    env = for_child(XDG_CONFIG_HOME=str(home / "config"), XDG_STATE_HOME=str(home / "state"))
    with subprocess.Popen(
        argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as pushing:
        assert line.stalled.wait(60)
        pushing.send_signal(signal.SIGINT)
        out, err = pushing.communicate(timeout=60)

    assert (pushing.returncode, json.loads(out)["error"]["code"]) == (130, "stopped")
    assert "Run the same again" in err
    assert Product.objects.count() == 0


@pytest.mark.usefixtures("small_parts")
def test_parts_that_got_lost_are_sent_again(at_home: Typist, chair: Path, line: Line) -> None:
    line.loses = {2, 13}

    told = at_home("push", chair)

    assert told.exit_code == 0, told.err
    assert sorted(line.came) == sorted([*range(1, 14), 2, 13])
    assert stored(Product.objects.get().shown_version) == GLB


def test_an_answer_that_got_lost_makes_no_second_product(
    at_home: Typist, chair: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = Unfinished(home / "state" / "vitrine", "unused")
    monkeypatch.setattr(Unfinished, "forget", lambda self, sha256: None)  # killed just before it would
    first, second = at_home("push", chair), at_home("push", chair)

    assert (first.exit_code, second.exit_code, Product.objects.count()) == (0, 0, 1)
    assert "made by an earlier try" in second.out
    assert unfinished.find(len(GLB), "0" * 64) is None


def test_what_is_refused_is_told_readably_and_the_rest_is_made(
    at_home: Typist, chair: Path, tmp_path: Path
) -> None:
    (tmp_path / "page.glb").write_text("<!doctype html><script>alert(1)</script>")

    told = at_home("push", tmp_path / "page.glb", chair)
    again = at_home("push", tmp_path / "page.glb", chair)

    assert (told.exit_code, again.exit_code) == (1, 1)
    assert 'page.glb: We do not take this kind of file: "page.glb" is not a model that we take.' in told.err
    assert "1 of 2 failed" in told.err
    assert [one.name for one in Product.objects.all()] == ["chair"]
    assert "made by an earlier try" in again.out


def test_a_field_at_fault_is_named_and_what_arrived_is_used_next_time(
    at_home: Typist, chair: Path, line: Line
) -> None:
    refused = at_home("push", chair, "--quality", "3")
    line.came.clear()
    taken = at_home("push", chair, "--quality", "0.95")

    assert refused.exit_code == 1
    assert "quality: " in refused.err
    assert (taken.exit_code, line.came) == (0, [])


def test_a_file_over_the_limit_is_refused_before_it_is_sent(
    at_home: Typist, chair: Path, settings: Settings, line: Line
) -> None:
    settings.MAX_UPLOAD_BYTES = 100

    told = at_home("push", chair)

    assert told.exit_code == 1
    assert "A file may have 100 bytes; this one has 208." in told.err
    assert (line.came, Upload.objects.count()) == ([], 0)


def test_a_file_can_be_the_next_version(at_home: Typist, chair: Path) -> None:
    product = a_product()

    told = at_home("push", chair, "--to", str(product.pk)[:8], "--no-publish")

    assert told.exit_code == 0, told.err
    newest = AssetVersion.objects.filter(product=product).latest("number")
    assert (newest.number, stored(newest)) == (2, GLB)
    assert not Job.objects.get().publish


def test_waiting_ends_when_the_product_is_ready(
    at_home: Typist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ball.glb").write_bytes(a_plain_ball().bytes())
    monkeypatch.setattr(intake, "ring", lambda job: runner.run(job.pk))

    told = at_home("push", tmp_path / "ball.glb", "--no-optimize", "--wait", "--json")

    (result,) = told.json()["results"]
    assert (told.exit_code, result["task"]["status"]) == (0, "done")
    assert result["product"]["published"]


def test_waiting_for_a_job_that_fails_ends_with_1_and_why(
    at_home: Typist, chair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(job: Job) -> None:
        claimed = Job.claim(job.pk)
        assert claimed is not None
        claimed.fail(ModelRejected("This file has 0 triangles."))

    monkeypatch.setattr(intake, "ring", fails)

    told = at_home("push", chair, "--wait")

    assert told.exit_code == 1
    assert "chair.glb: The model cannot be used as it is: This file has 0 triangles." in told.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.glb"], "There is no file none.glb. Nothing was sent."),
        (["--name", "Chair", "a.glb", "b.glb"], "--name and --to are for one file"),
        (["--tag", "oak", "--to", "abcd", "a.glb"], "--tag: a new version changes the model only"),
        (["--metadata", "[1]", "a.glb"], "give a JSON object"),
        ([], "FILE"),
    ],
)
def test_wrong_use_is_exit_code_2(at_home: Typist, arguments: list[str], said: str) -> None:
    told = at_home("push", *arguments)

    assert (told.exit_code, said in told.err) == (2, True)
    assert Upload.objects.count() == 0
