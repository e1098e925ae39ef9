"""Celery's door to the runner."""

from celery import shared_task

from vitrine.metrics.database import watch_database
from vitrine.metrics.sending import SENDER
from vitrine.processing.campaigns import feed
from vitrine.processing.doorbell import COOK
from vitrine.processing.models import Job
from vitrine.processing.runner import run
from vitrine.traces.sending import send_traces


@shared_task(name=COOK, ignore_result=True)
def cook(job_id: str) -> None:
    """The id only says that there is something to do: whoever has waited longest goes first."""
    watch_database()
    run(Job.longest_waiting() or job_id)
    feed()
    SENDER.send()  # a process that has cooked often enough ends without a word
    send_traces()
