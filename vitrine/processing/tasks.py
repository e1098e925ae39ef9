"""Celery's door to the runner."""

from celery import shared_task
from celery.worker.request import Request
from kombu.transport.virtual import QoS

from vitrine.metrics.database import watch_database
from vitrine.metrics.sending import SENDER
from vitrine.processing import recall
from vitrine.processing.campaigns import feed
from vitrine.processing.doorbell import COOK
from vitrine.processing.models import Job
from vitrine.processing.runner import run
from vitrine.traces.sending import send_traces


class Bell(Request):
    """A message that counts as heard even when Redis hangs just then."""

    def acknowledge(self) -> None:
        super().acknowledge()
        if not self.message.acknowledged:
            # Celery lets it go with a line in the log, but kombu keeps its place: a worker that cooks one at a time
            # would take no message any more. Redis gives it out again after an hour, when it has long expired.
            QoS.ack(self.message.channel.qos, self.message.delivery_tag)


@shared_task(name=COOK, ignore_result=True, Request=Bell)  # type: ignore[call-overload, untyped-decorator]  # an attribute of the task, as Celery documents
def cook(job_id: str) -> None:
    """The id only says that there is something to do: whoever has waited longest goes first."""
    if recall.is_recalled():  # this worker goes; another one hears the next bell
        return
    watch_database()
    run(Job.longest_waiting() or job_id)
    feed()
    SENDER.send()  # a process that has cooked often enough ends without a word
    send_traces()
