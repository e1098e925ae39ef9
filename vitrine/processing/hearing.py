"""Whether this worker still hears the doorbell. Celery may go deaf after one of its processes was killed or Redis
hung: it lives, cooks nothing, and says nothing of it."""

import time
from dataclasses import dataclass, field

from celery.worker import state
from django.conf import settings

from vitrine.processing.models import Job, State


@dataclass(slots=True)
class Hearing:
    """Ask it once a round. Bells are rung again each JOB_RING_AGAIN_S, so one that is free hears one of several."""

    idle_since: float = field(default_factory=time.monotonic)

    def is_lost(self) -> bool:
        """Jobs have waited all the time that this worker had nothing to do."""
        if state.active_requests or not _somebody_waits():
            self.idle_since = time.monotonic()
        return time.monotonic() - self.idle_since > _patience_s()


def _patience_s() -> float:
    return float(5 * settings.JOB_RING_AGAIN_S)


def _somebody_waits() -> bool:
    return Job.objects.filter(state=State.QUEUED, attempts__lt=settings.JOB_ATTEMPTS).exists()
