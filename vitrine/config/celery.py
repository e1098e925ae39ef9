"""The Celery app: a doorbell for jobs. `celery -A vitrine.config.celery worker` starts a worker.

The job's row is the truth; a message that is lost costs seconds. So messages are acknowledged at once, no
results are kept, and every worker sweeps up what was stranded.
"""

import os
import signal
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from celery import Celery, bootsteps
from celery.signals import setup_logging, worker_process_init
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from vitrine.config.alive import PULSE, PULSE_EVERY_S
from vitrine.config.environment import ENVIRONMENT, choose_settings
from vitrine.config.telling import begin_telling
from vitrine.metrics.database import watch_database
from vitrine.metrics.table import WORKER_ROUNDS, WORKER_ROUNDS_FAILED
from vitrine.processing.recall import Recaller

choose_settings()
log = structlog.get_logger()


def broker_url(redis_url: str) -> str:
    """Celery's words for a Redis URL: it names sockets in its own way, and takes any certificate unless told."""
    parts = urlsplit(redis_url)
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in parse_qs(parts.query):
        return f"{redis_url}{'&' if parts.query else '?'}ssl_cert_reqs=required"
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


class Pulse(bootsteps.StartStopStep):
    """Touches a file every few seconds, from the loop that takes jobs: `config/alive.py` looks at it."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.file = settings.DATA_DIR / PULSE

    def start(self, parent: Any) -> None:
        self.file.touch()
        parent.timer.call_repeatedly(PULSE_EVERY_S, self.file.touch)

    def stop(self, parent: Any) -> None:
        self.file.unlink(missing_ok=True)


class Sweeper(bootsteps.StartStopStep):
    """A thread of each worker that takes up what was stranded."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.stopped = threading.Event()

    def start(self, parent: Any) -> None:
        begin_telling()
        threading.Thread(target=self._sweep_until_stopped, name="sweeper", daemon=True).start()

    def stop(self, parent: Any) -> None:
        self.stopped.set()

    def _sweep_until_stopped(self) -> None:
        from vitrine.config.rounds import ROUNDS  # noqa: PLC0415  # needs Django's apps to be ready
        from vitrine.processing.hearing import Hearing  # noqa: PLC0415  # the same

        hearing = Hearing()
        while not self.stopped.wait(settings.JOB_SWEEP_S):
            for one in ROUNDS:
                try:
                    watch_database()
                    one()
                except Exception:
                    WORKER_ROUNDS_FAILED.count(one.__name__)
                    # The outermost edge of a worker: whatever failed now is tried again with the next round.
                    log.exception("sweep_failed", round=one.__name__)
                finally:
                    close_old_connections()
            WORKER_ROUNDS.count()
            self._end_if_deaf(hearing)
        connections.close_all()  # this thread's own

    def _end_if_deaf(self, hearing: Any) -> None:
        """Whoever keeps this worker starts it again, and a new one hears."""
        try:
            if hearing.is_lost():
                log.error("worker_deaf")
                self.stopped.set()
                os.kill(os.getpid(), signal.SIGTERM)
        except DatabaseError:  # then nobody can tell
            hearing.idle_since = time.monotonic()
        finally:
            close_old_connections()


class Carrier(bootsteps.StartStopStep):
    """A thread of each worker that sends webhooks."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.stopped = threading.Event()

    def start(self, parent: Any) -> None:
        from vitrine.outreach.courier import Courier  # noqa: PLC0415  # needs Django's apps to be ready
        from vitrine.outreach.posting import Network  # noqa: PLC0415  # the same

        courier = Courier(Network.of_settings())
        threading.Thread(target=courier.run_until, args=[self.stopped], name="courier", daemon=True).start()

    def stop(self, parent: Any) -> None:
        self.stopped.set()


@setup_logging.connect
def _leave_logging_alone(**_: Any) -> None:
    """Celery would set the log up anew, and jobs' own lines would be lost."""


@worker_process_init.connect
def _tell_metrics(**_: Any) -> None:
    """Each process that cooks counts for itself."""
    begin_telling()


app = Celery("vitrine", broker=broker_url(settings.REDIS_URL), set_as_current=True)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_concurrency=ENVIRONMENT.worker_concurrency,
    worker_hijack_root_logger=False,
    worker_max_tasks_per_child=50,
    # Without them, an upload hangs for seconds while the broker is away, and for ever while it hangs.
    broker_transport_options={"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 3},
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
)
app.autodiscover_tasks(["vitrine.processing"])
app.steps["worker"].add(Pulse)
app.steps["worker"].add(Sweeper)
app.steps["worker"].add(Carrier)
app.steps["worker"].add(Recaller)
