"""A worker that is told to go (TERM: a spot machine is taken away, a release is rolled out, Ctrl-C) gives back what it
cooks, and another one has it a moment later.

A model that is nearly done gets `GRACE_S`. Then the main process says so in a byte that all its processes share; each
looks at it once a second, puts its job's row back and rings. The row's token is gone with that, so the next word of the
cook to it ends the cook, and the child with it. A process that still does not come to its end is killed `LET_GO_S`
later, and its job is taken up when its lease runs out.
"""

import mmap
import os
import signal
import threading
import time
from contextlib import suppress
from typing import Any

import structlog
from celery import bootsteps
from celery.worker import state

log = structlog.get_logger()

GRACE_S = 10.0
LET_GO_S = 7.0
"""Together less than the 20 s that `make run` gives a worker."""
LOOK_EVERY_S = 1.0

_asked = mmap.mmap(
    -1, 1
)  # one page, the same one in every process forked from this one; no lock that could be held


def recall() -> None:
    """From now on, whoever cooks in this worker gives its job back, and none begins another."""
    _asked[0] = 1


def forget() -> None:
    """As if nobody had asked."""
    _asked[0] = 0


def is_recalled() -> bool:
    return bool(_asked[0])


class Recaller(bootsteps.StartStopStep):
    """A thread of each worker's main process that waits for it to be told to go, however that is told."""

    def start(self, parent: Any) -> None:
        forget()
        threading.Thread(target=_wait_and_recall, name="recaller", daemon=True).start()

    def stop(self, parent: Any) -> None:
        """It ends with the process: it is needed while the others stop."""


def _wait_and_recall() -> None:
    while not _told_to_go():
        time.sleep(LOOK_EVERY_S / 2)
    _wait_while_it_cooks(GRACE_S)
    recall()
    _wait_while_it_cooks(LET_GO_S)
    for request in tuple(state.active_requests):
        log.error("recalled_in_vain", task=request.id, pid=request.worker_pid)
        if request.worker_pid:
            with suppress(ProcessLookupError):
                os.kill(request.worker_pid, signal.SIGKILL)


def _told_to_go() -> bool:
    """The exit code stands there then, which may be 0."""
    told: list[object] = [state.should_stop, state.should_terminate]
    return any(one is not None for one in told)


def _wait_while_it_cooks(most_s: float) -> None:
    until = time.monotonic() + most_s
    while state.active_requests and time.monotonic() < until:
        time.sleep(0.1)
