"""A worker that cooks nothing while jobs wait is deaf; one that is busy, or for whom nobody waits, is not."""

from collections.abc import Iterator

import pytest
from celery.worker import state
from pytest_django import Settings

from tests.builders import a_job
from vitrine.processing.hearing import Hearing
from vitrine.processing.models import Job, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_idle(settings: Settings) -> Hearing:
    hearing = Hearing()
    hearing.idle_since -= 6 * settings.JOB_RING_AGAIN_S
    return hearing


class Cooked:
    id = "1"


@pytest.fixture
def busy() -> Iterator[None]:
    request = Cooked()
    state.active_requests.add(request)
    yield
    state.active_requests.discard(request)


def test_a_worker_that_was_idle_while_a_job_waited_is_deaf(long_idle: Hearing) -> None:
    Job.objects.filter(pk=a_job().pk).update(state=State.QUEUED)

    assert long_idle.is_lost()


def test_a_worker_for_whom_nobody_waits_is_not(long_idle: Hearing) -> None:
    assert not long_idle.is_lost()


@pytest.mark.usefixtures("busy")
def test_a_busy_worker_is_not(long_idle: Hearing) -> None:
    Job.objects.filter(pk=a_job().pk).update(state=State.QUEUED)

    assert not long_idle.is_lost()
