"""A job that is given back, as the worker's own process does it. With real workers: tests/journey/test_recall.py."""

import threading
from collections.abc import Iterator

import pytest
from celery.worker import state

from tests.builders import a_job
from tests.journey.processes import wait_until
from vitrine.processing import recall, runner, tasks
from vitrine.processing.heart import held
from vitrine.processing.models import Job, State
from vitrine.processing.runner import LeaseLost
from vitrine.processing.watching import StepClock


@pytest.fixture(autouse=True)
def not_recalled() -> Iterator[None]:
    recall.forget()
    yield
    recall.forget()


@pytest.mark.django_db
def test_what_is_given_back_waits_as_if_it_had_never_been_begun() -> None:
    job = a_job()
    claimed = Job.claim(job.pk)
    assert claimed is not None
    claimed.note_step("optimize", 0.5)

    given = claimed.give_back()

    job.refresh_from_db()
    assert given
    assert (job.state, job.attempts, job.step, job.progress) == (State.QUEUED, 0, "", 0.0)
    assert (claimed.give_back(), claimed.beat(), claimed.note_step("proof", 0.9)) == (False, False, False)


@pytest.mark.django_db
def test_a_job_that_another_worker_has_is_not_given_back() -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    Job.objects.filter(pk=job.pk).update(token=None, state=State.DONE, attempts=2)

    given = job.give_back()

    job.refresh_from_db()
    assert (given, job.state, job.attempts) == (False, State.DONE, 2)


@pytest.mark.django_db(transaction=True)
def test_the_heart_gives_the_job_back_and_the_next_word_of_the_cook_ends_it() -> None:
    job = Job.claim(a_job().pk)
    assert job is not None

    def cook() -> None:
        with held(job), StepClock(runner.log) as clock:
            recall.recall()
            assert wait_until(lambda: Job.objects.get(pk=job.pk).state == State.QUEUED, limit_s=30)
            runner._Progress(job, clock)("optimize", 0.5)

    with pytest.raises(LeaseLost):
        cook()
    job.refresh_from_db()
    assert (job.attempts, job.rung_at is not None) == (0, True)


@pytest.mark.django_db
def test_a_bell_that_is_heard_after_it_begins_no_job() -> None:
    job = a_job()
    recall.recall()

    tasks.cook(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.QUEUED, 0)


def test_an_idle_worker_is_recalled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "should_stop", 0)
    monkeypatch.setattr(recall, "GRACE_S", 3600.0)

    told = threading.Thread(target=recall._wait_and_recall)
    told.start()
    told.join(30)

    assert (told.is_alive(), recall.is_recalled()) == (False, True)
