"""What carries deliveries out of a worker: one thread that asks the database, and one for each request on its way.

There is no doorbell: a message would wait behind the models that are being cooked. Asking costs one look at an index
a second, and a receiver that hangs holds a thread of its own, never a worker.
"""

import queue
import threading

import structlog
from django.db import close_old_connections

from vitrine.outreach.deliver import Letter, Outcome, send, settle
from vitrine.outreach.models import Delivery, fan_out
from vitrine.outreach.posting import Network

log = structlog.get_logger()

AT_ONCE = 8
"""Requests under way in one worker."""
EACH_AT_ONCE = 2
"""Requests under way to one endpoint, whichever workers they come from."""
_EVERY_S = 1.0


class Courier:
    """Carries until told to stop. Only this thread uses the database; those that send need none."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._under_way = 0
        self._done: queue.SimpleQueue[tuple[Delivery, Outcome]] = queue.SimpleQueue()

    def run_until(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                self._rest(busy=self.round())
            except Exception:
                # The outermost edge of a worker: whatever failed now is tried again with the next round.
                log.exception("courier_failed")
                stopped.wait(_EVERY_S)
            finally:
                close_old_connections()

    def round(self) -> int:
        """Pass on what was announced, and start what is due. How many were started."""
        fan_out()
        claimed = Delivery.claim(AT_ONCE - self._under_way, each=EACH_AT_ONCE)
        for delivery in claimed:
            self._start(delivery)
        return len(claimed)

    def finish(self) -> None:
        """Wait for all that is under way, and write down how it ended."""
        while self._under_way:
            self._settle(self._done.get())

    def _start(self, delivery: Delivery) -> None:
        carrying = threading.Thread(
            target=self._carry,
            args=(delivery, Letter.of(delivery)),
            name=f"webhook-{delivery.pk}",
            daemon=True,  # a worker that ends does not wait: what was under way is due again later
        )
        self._under_way += 1
        carrying.start()

    def _carry(self, delivery: Delivery, letter: Letter) -> None:
        try:
            outcome = send(letter, self._network)
        except Exception:  # a thread's outermost edge: its place must be free again
            log.exception("webhook_crashed", endpoint=str(delivery.endpoint_id))
            outcome = Outcome(
                None, "It failed in a way nobody foresaw. The worker's log has the details.", "", 0
            )
        self._done.put((delivery, outcome))

    def _rest(self, *, busy: int) -> None:
        """Until something under way has ended or a second has passed; not at all while there is more to start."""
        more = busy and self._under_way < AT_ONCE
        try:
            self._settle(self._done.get(timeout=0.01 if more else _EVERY_S))
            while True:
                self._settle(self._done.get_nowait())
        except queue.Empty:
            return

    def _settle(self, done: tuple[Delivery, Outcome]) -> None:
        self._under_way -= 1
        settle(*done)
