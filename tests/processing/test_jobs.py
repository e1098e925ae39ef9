"""The lease: who may work on a job, and what happens when they die."""

import asyncio
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from tests.builders import a_job
from vitrine.catalog import files
from vitrine.catalog.models import Product, Status
from vitrine.errors import Broken, ModelRejected
from vitrine.metrics.kinds import Cell, take
from vitrine.metrics.table import JOBS_GIVEN_UP, METRICS
from vitrine.pipeline.work import Format, Kind, Made, Work
from vitrine.processing import runner, upkeep
from vitrine.processing.models import Job, State
from vitrine.processing.watching import StepClock
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1), rung_at=None)


def test_a_queued_job_is_claimed_once() -> None:
    job = a_job()

    first, second = Job.claim(job.pk), Job.claim(job.pk)

    assert first is not None
    assert (first.state, first.attempts) == (State.PROCESSING, 1)
    assert second is None


def test_a_job_that_is_gone_cannot_be_claimed() -> None:
    assert Job.claim(uuid.uuid4()) is None


def test_a_job_whose_worker_died_is_claimed_again_and_the_dead_one_can_change_nothing() -> None:
    job = a_job()
    dead = Job.claim(job.pk)
    assert dead is not None
    expire(job)

    alive = Job.claim(job.pk)

    assert alive is not None
    assert alive.attempts == 2
    assert not dead.beat()
    assert not dead.note_step("optimize", 0.5)
    assert not dead.finish(job.version)
    assert not dead.fail(Broken("too late"))
    job.refresh_from_db()
    assert (job.state, job.token) == (State.PROCESSING, alive.token)


def test_a_lease_from_a_clock_that_has_been_set_back_since_is_over() -> None:
    job = a_job()
    assert Job.claim(job.pk) is not None
    ahead = timezone.now() + timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(lease_until=ahead, rung_at=ahead)

    rung, next_one, again = upkeep.ring_again(), Job.longest_waiting(), Job.claim(job.pk)

    assert (rung, next_one) == (1, job.pk)
    assert again is not None
    assert again.attempts == 2


def test_a_bell_that_was_rung_by_a_clock_that_went_ahead_is_rung_again() -> None:
    job = a_job(rung_at=timezone.now() + timedelta(hours=1))

    assert [upkeep.ring_again(), upkeep.ring_again()] == [1, 0]
    job.refresh_from_db()
    assert job.rung_at is not None
    assert job.rung_at < timezone.now() + timedelta(minutes=1)


def test_a_stranded_job_has_its_turn_before_younger_ones_that_wait() -> None:
    stranded, _ = a_job(), a_job()
    assert Job.claim(stranded.pk) is not None
    held = Job.longest_waiting()
    expire(stranded)

    assert held != stranded.pk
    assert Job.longest_waiting() == stranded.pk


def test_a_beat_holds_the_lease() -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    before = job.lease_until

    assert job.beat()

    job.refresh_from_db()
    assert before is not None
    assert job.lease_until is not None
    assert job.lease_until > before


def test_a_failed_job_says_why_and_its_product_failed_if_nothing_ever_passed() -> None:
    job = Job.claim(a_job(passed=False).pk)
    assert job is not None

    job.fail(ModelRejected("This file has 0 triangles."))
    job.version.product.note_failed()

    job.refresh_from_db()
    job.version.product.refresh_from_db()
    assert job.state == State.FAILED
    assert job.error == {
        "code": "model-rejected",
        "title": "The model cannot be used as it is",
        "detail": "This file has 0 triangles.",
    }
    assert job.version.product.status == Status.FAILED


def test_a_product_with_a_version_that_passed_stays_ready() -> None:
    job = a_job(passed=True)

    job.version.product.note_failed()

    job.version.product.refresh_from_db()
    assert job.version.product.status == Status.READY


def test_the_sweeper_rings_for_jobs_nobody_heard_of() -> None:
    job = a_job()

    assert (upkeep.ring_again(), upkeep.ring_again()) == (1, 0)

    job.refresh_from_db()
    assert job.rung_at is not None


def test_the_sweeper_gives_up_on_a_job_that_killed_its_worker_three_times() -> None:
    job = a_job(passed=False)
    for _ in range(3):
        assert Job.claim(job.pk) is not None
        expire(job)

    assert Job.claim(job.pk) is None
    take(METRICS)
    assert (upkeep.give_up(), upkeep.ring_again()) == (1, 0)

    assert take(METRICS)[Cell(JOBS_GIVEN_UP.name, "", ())] == 1
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "died 3 times" in job.error["detail"]


def test_an_equal_order_returns_the_job_that_runs() -> None:
    job = a_job()

    same, new = Job.enqueue(job.version, recipe="standard", options={}, options_key=job.options_key)

    assert (same.pk, new) == (job.pk, False)


def test_an_equal_order_after_the_end_is_a_new_job() -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    job.finish(job.version)

    other, new = Job.enqueue(job.version, recipe="standard", options={}, options_key=job.options_key)

    assert new
    assert other.pk != job.pk


def test_a_fault_in_a_models_own_unkeepable_words_is_kept_all_the_same() -> None:
    job = Job.claim(a_job().pk)
    assert job is not None

    assert job.fail(ModelRejected("The node 'a\x00\ud800' is wild."))

    job.refresh_from_db()
    assert job.error["detail"] == "The node 'a\N{REPLACEMENT CHARACTER}?' is wild."


def test_what_was_stored_for_a_product_purged_meanwhile_goes_with_it(tmp_path: Path) -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    web = tmp_path / "web.glb"
    web.write_bytes(b"a model")
    packed = tmp_path / "web.glb.br"
    packed.write_bytes(b"a packed model")
    made = Made(kind=Kind.WEB, path=web, format=Format.GLB)
    work = Work(source=web, source_format=Format.GLB, folder=tmp_path, variants={made.kind: made})
    Product.objects.filter(pk=job.version.product_id).delete()

    with pytest.raises(runner.LeaseLost):
        runner.store(job, work, {web: packed})

    assert list(files.store().keys(f"models/{job.version.product_id}/web")) == []


def test_pictures_go_with_the_sent_version_before_anything_else_is_made(tmp_path: Path) -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    pictures = {}
    for kind in (Kind.POSTER, Kind.THUMBNAIL):
        path = tmp_path / f"{kind}.webp"
        path.write_bytes(kind.encode())
        pictures[kind] = Made(kind=kind, path=path, format=Format.WEBP, width_px=8, height_px=8)
    work = Work(source=tmp_path, source_format=Format.GLB, folder=tmp_path)

    for variants in ({}, pictures, pictures):
        runner.show_pictures(job, replace(work, variants=variants))

    shown = {variant.kind: variant for variant in job.version.variants.all()}
    assert set(shown) == {Kind.POSTER, Kind.THUMBNAIL}
    assert b"".join(files.store().open(Key(shown[Kind.POSTER].key))) == b"poster"
    assert not job.version.product.published


def test_pictures_are_not_shown_by_a_worker_that_lost_its_job(tmp_path: Path) -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    expire(job)
    Job.claim(job.pk)
    poster = tmp_path / "poster.webp"
    poster.write_bytes(b"a picture")
    made = Made(kind=Kind.POSTER, path=poster, format=Format.WEBP)
    work = Work(source=poster, source_format=Format.GLB, folder=tmp_path, variants={made.kind: made})

    with pytest.raises(runner.LeaseLost):
        runner.show_pictures(job, work)

    assert not job.version.variants.exists()


def test_whoever_has_waited_longest_is_next() -> None:
    first, second = a_job(), a_job()

    assert Job.longest_waiting() == first.pk

    Job.claim(first.pk)
    assert Job.longest_waiting() == second.pk


@pytest.mark.django_db(transaction=True)
def test_progress_is_written_while_a_browser_is_open_though_the_database_was_restarted() -> None:
    """Playwright's event loop runs in the job's thread then, and Django has another connection for that."""
    job = Job.claim(a_job().pk)
    assert job is not None
    outside = connection.connection
    progress = runner._Progress(job, StepClock(runner.log))

    async def with_a_browser() -> bool:
        progress("render", 0.1)
        own = connection.connection
        with connection.cursor() as cursor, suppress(OperationalError):
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        progress("proof", 0.5)
        connection.close()
        return own is not outside

    another = asyncio.run(with_a_browser())

    job.refresh_from_db()
    assert (another, job.step, job.progress) == (True, "proof", 0.5)
