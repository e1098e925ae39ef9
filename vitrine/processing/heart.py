"""What holds a job's lease while it is cooked, and gives the job back when its worker has to go."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from vitrine.processing import recall
from vitrine.processing.doorbell import ring
from vitrine.processing.models import Job

log = structlog.get_logger()


def _beats(job: Job) -> bool:
    """Whether the lease is still ours. A database that is away for a moment does not take it from us."""
    try:
        return job.beat()
    except DatabaseError as error:
        log.warning("beat_missed", job=str(job.pk), reason=str(error))
        connection.close()
        return True


def _given_back(job: Job) -> bool:
    """Whether the row is put back, or was lost before. Without a database it is neither, and tried again."""
    try:
        if job.give_back():
            ring(job)
    except DatabaseError as error:
        log.warning("not_given_back", job=str(job.pk), reason=str(error))
        connection.close()
        return False
    return True


@contextmanager
def held(job: Job) -> Iterator[threading.Event]:
    """Hold the job's lease from a thread of its own for as long as the block lasts, or until this worker has to go:
    then the job is given back. What it yields is set once the lease is lost or given back."""
    stop, lost = threading.Event(), threading.Event()

    def beat() -> None:
        due, ours = time.monotonic(), True
        every_s = settings.JOB_LEASE_S / 3
        try:
            while not stop.wait(min(recall.LOOK_EVERY_S, every_s)):
                if recall.is_recalled():
                    ours = not _given_back(job)
                elif time.monotonic() - due >= every_s:
                    due, ours = time.monotonic(), _beats(job)
                if not ours:
                    lost.set()
                    return
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        stop.set()
        thread.join()
