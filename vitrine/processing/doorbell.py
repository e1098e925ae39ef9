"""The doorbell: a message that carries a job's id and nothing else. Losing one costs seconds, never a job."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from vitrine.metrics.table import DOORBELL_UNHEARD
from vitrine.processing.models import Job

log = structlog.get_logger()

COOK = "vitrine.cook"
_MESSAGE_LIFE_S = 60  # an older message is worthless: the sweeper has rung again


def ring(job: Job) -> None:
    """Tell a worker. With the broker away nothing is lost: the sweeper rings later."""
    try:
        current_app.send_task(COOK, (str(job.pk),), expires=_MESSAGE_LIFE_S, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        DOORBELL_UNHEARD.count()
        log.warning("doorbell_unheard", job=str(job.pk), reason=str(error))
